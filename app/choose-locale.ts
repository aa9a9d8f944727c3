"use server";

import { cookies, headers } from "next/headers";
import { isLocale, LOCALE_COOKIE } from "@/i18n/locale";
import { isHttps } from "@/lib/auth/public-origin";

const YEAR_S = 365 * 24 * 3_600;

/** Stores this browser's language; an unknown one changes nothing. */
export async function chooseLocale(locale: string): Promise<void> {
  if (!isLocale(locale)) return;
  (await cookies()).set(LOCALE_COOKIE, locale, {
    maxAge: YEAR_S,
    sameSite: "lax",
    path: "/",
    secure: isHttps(await headers()),
  });
}

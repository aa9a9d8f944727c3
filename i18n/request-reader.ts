/**
 * Language and time zone of who sent the request. Route handlers ask here: next-intl's own functions would bring every
 * message of both languages along.
 * @module
 */
import { cookies, headers } from "next/headers";
import { teamAppearance } from "@/app/team-appearance";
import {
  isLocale,
  LOCALE_COOKIE,
  type Locale,
  pickLocale,
  pickTimeZone,
  TIME_ZONE_COOKIE,
} from "./locale";

export async function requestLocale(): Promise<Locale> {
  const [cookieJar, requestHeaders] = await Promise.all([cookies(), headers()]);
  const chosen = cookieJar.get(LOCALE_COOKIE)?.value;
  return pickLocale(
    isLocale(chosen) ? chosen : (await teamAppearance()).language,
    requestHeaders.get("accept-language"),
  );
}

export async function requestTimeZone(): Promise<string> {
  return pickTimeZone((await cookies()).get(TIME_ZONE_COOKIE)?.value);
}

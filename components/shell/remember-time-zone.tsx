"use client";

import { useRouter } from "next/navigation";
import { useTimeZone } from "next-intl";
import { useEffect } from "react";
import { TIME_ZONE_COOKIE } from "@/i18n/locale";
import { keepCookie } from "./keep-cookie";

/** Tells the server the browser's time zone, once, and has times written again where it guessed wrong. */
export function RememberTimeZone() {
  const router = useRouter();
  const serverZone = useTimeZone();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone === serverZone) return;
    keepCookie(TIME_ZONE_COOKIE, zone);
    router.refresh();
  }, [serverZone, router]);
  return null;
}

"use client";

import { useRouter } from "next/navigation";
import { useTimeZone } from "next-intl";
import { useEffect } from "react";
import { TIME_ZONE_COOKIE } from "@/i18n/locale";
import { keepCookie } from "./keep-cookie";

/** Sends the browser's time zone to the server, once, and has times rendered again if it guessed wrong. */
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

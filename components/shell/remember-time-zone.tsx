"use client";

import { useRouter } from "next/navigation";
import { useTimeZone } from "next-intl";
import { useEffect } from "react";
import { TIME_ZONE_COOKIE } from "@/i18n/locale";
import { keepCookie } from "./keep-cookie";

/**
 * Sends the browser's time zone to the server, once, and has times rendered again if it guessed wrong.
 * @param isChosen Whether times are shown in a zone that the reader chose.
 */
export function RememberTimeZone({ isChosen }: { readonly isChosen: boolean }) {
  const router = useRouter();
  const serverZone = useTimeZone();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (isChosen || zone === serverZone) return;
    keepCookie(TIME_ZONE_COOKIE, zone);
    router.refresh();
  }, [isChosen, serverZone, router]);
  return null;
}

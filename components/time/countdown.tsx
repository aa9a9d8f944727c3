"use client";

import { useLocale } from "next-intl";
import { remainingTime } from "@/components/time/remaining-time";
import { useNow } from "@/components/time/use-now";

/** A countdown to a time (epoch milliseconds). At its end it stays at `0s`. */
export function Countdown({ untilMs }: { readonly untilMs: number }) {
  const locale = useLocale();
  const nowMs = useNow();
  return (
    <time dateTime={new Date(untilMs).toISOString()}>{remainingTime(untilMs - nowMs, locale)}</time>
  );
}

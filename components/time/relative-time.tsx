"use client";

import { useFormatter } from "next-intl";
import { UNKNOWN } from "@/components/format";
import { useNow } from "@/components/time/use-now";

/** `3m ago`; the exact time with its zone on hover. Null (never or unknown) is shown as a dash. */
export function RelativeTime({ ms }: { readonly ms: number | null }) {
  const format = useFormatter();
  const nowMs = useNow();
  if (ms === null) return <span>{UNKNOWN}</span>;
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={format.dateTime(ms, { dateStyle: "medium", timeStyle: "long" })}
      className="whitespace-nowrap"
    >
      {format.relativeTime(ms, { now: nowMs, style: "narrow" })}
    </time>
  );
}

"use client";

import { useFormatter, useTranslations } from "next-intl";
import { UNKNOWN } from "@/components/format";
import { useNow } from "@/components/time/use-now";

/** As `LAST_USED_GRAIN_MS` of the store: after a recorded use, the next is only recorded after this time. */
const GRAIN_MS = 3_600_000;

/** When something was last used, as precisely as known: uses are recorded once an hour. A dash for never. */
export function LastUse({ ms }: { readonly ms: number | null }) {
  const t = useTranslations("common.lastUse");
  const format = useFormatter();
  const nowMs = useNow();
  if (ms === null) return <span data-nothing>{UNKNOWN}</span>;
  const isRecent = nowMs - ms < GRAIN_MS;
  const exact = (atMs: number) =>
    format.dateTime(atMs, { dateStyle: "medium", timeStyle: "short" });
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={
        isRecent
          ? t("since", { from: exact(ms) })
          : t("between", { from: exact(ms), to: exact(ms + GRAIN_MS) })
      }
      className="whitespace-nowrap"
    >
      {isRecent ? t("lastHour") : format.relativeTime(ms, { now: nowMs, style: "narrow" })}
    </time>
  );
}

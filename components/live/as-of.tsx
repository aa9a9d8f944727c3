"use client";

import { RotateCw } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { useQuietRefresh } from "@/components/live/use-quiet-refresh";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/utils";

/** Says when the page was read, and reads it again when something has changed, without disturbing what is being done. */
export function AsOf({
  atMs,
  stamp,
  gapMs,
}: {
  /** When the server read what is shown. */
  readonly atMs: number;
  /** Of what is shown, from `readPageStamp`. */
  readonly stamp: string;
  /** The least time between two refreshes. */
  readonly gapMs: number;
}) {
  const t = useTranslations("common.asOf");
  const format = useFormatter();
  const { isRefreshing, hasFailed, refresh } = useQuietRefresh({ atMs, stamp, gapMs });
  const time = format.dateTime(atMs, { hour: "numeric", minute: "2-digit", second: "2-digit" });
  return (
    <div className="text-muted-foreground flex items-center gap-1 text-sm" aria-busy={isRefreshing}>
      <time
        dateTime={new Date(atMs).toISOString()}
        title={format.dateTime(atMs, { dateStyle: "full", timeStyle: "long" })}
        className="whitespace-nowrap tabular-nums"
      >
        {t(hasFailed ? "failed" : "time", { time })}
      </time>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={t("refresh")}
        title={t("refresh")}
        onClick={refresh}
      >
        <RotateCw aria-hidden className={cn(isRefreshing && "motion-safe:animate-spin")} />
      </Button>
    </div>
  );
}

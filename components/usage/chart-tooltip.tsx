"use client";

import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { cn } from "@/lib/utils";
import { bucketTotal, type ChartData, exactValue, marksByBucket, tooltipRows } from "./chart-data";
import { MARK_COLORS } from "./series-colors";
import { useBucketTime } from "./use-bucket-time";

/**
 * What a bucket consists of, in the order of the drawing, with the sum. Beside the plot, not on it.
 * @param place Whether there is more room below or above.
 * @param onShow is called with the bucket that is shown
 */
export function ChartTooltipPanel({
  data,
  bucket,
  place,
  onShow,
}: {
  readonly data: ChartData;
  readonly bucket: number;
  readonly place: "above" | "below";
  readonly onShow: (bucket: number) => void;
}) {
  const t = useTranslations("usage.chart");
  const { unit, grain, buckets, openBucketMs } = data;
  const time = useBucketTime(grain);
  useEffect(() => onShow(bucket), [bucket, onShow]);
  const start = buckets[bucket] ?? 0;
  const rows = tooltipRows(data, bucket);
  const total = bucketTotal(data, bucket);
  const marks = marksByBucket(data).get(bucket) ?? [];
  return (
    <div
      data-slot="chart-tooltip"
      className={cn(
        "bg-popover text-popover-foreground max-w-72 min-w-40 rounded-md border px-3 py-2 text-xs shadow-sm",
        place === "above" && "-translate-y-full",
      )}
    >
      <p className="mb-1.5 font-medium">
        {time.full(start)}
        <span className="text-muted-foreground font-normal"> {time.timeZone}</span>
      </p>
      {start === openBucketMs && <p className="text-muted-foreground mb-1.5">{t("open")}</p>}
      <dl className="grid gap-1">
        {rows.map(({ label, color, value }) => (
          <div key={label} className="flex items-center justify-between gap-4">
            <dt className="text-muted-foreground flex min-w-0 items-center gap-1.5">
              <span
                aria-hidden
                className="size-2 shrink-0 rounded-[2px]"
                style={{ backgroundColor: color }}
              />
              <span className="truncate">{label}</span>
            </dt>
            <dd className="tabular-nums">{exactValue(value, unit)}</dd>
          </div>
        ))}
        {total !== null && rows.length !== 1 && (
          <div className="flex items-center justify-between gap-4 border-t pt-1 font-medium first:border-0 first:pt-0">
            <dt>{t("total")}</dt>
            <dd data-total className="tabular-nums">
              {exactValue(total, unit)}
            </dd>
          </div>
        )}
      </dl>
      {marks.length > 0 && (
        <ul className="mt-1.5 grid gap-0.5 border-t pt-1.5">
          {marks.slice(0, 4).map(({ kind, atMs, label }) => (
            <li key={`${kind} ${atMs} ${label}`} className="flex items-center gap-1.5">
              <span
                aria-hidden
                className="size-2 shrink-0 rotate-45"
                style={{ backgroundColor: MARK_COLORS[kind] }}
              />
              <span className="min-w-0 truncate">{label}</span>
            </li>
          ))}
          {marks.length > 4 && <li>{t("moreMarks", { count: marks.length - 4 })}</li>}
        </ul>
      )}
    </div>
  );
}

"use client";

import { useTranslations } from "next-intl";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { type ChartData, exactValue } from "./chart-data";
import { useBucketTime } from "./use-bucket-time";

/** The same numbers as the drawing, the newest first. */
export function ChartTable({ title, unit, grain, buckets, openBucketMs, series }: ChartData) {
  const t = useTranslations("usage.chart");
  const time = useBucketTime(grain);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keyboards must reach it.
    <section tabIndex={0} aria-label={title} className="h-full overflow-auto rounded-md border">
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead>{t("time", { zone: time.timeZone })}</TableHead>
            {series.map(({ label }) => (
              <TableHead key={label} className="text-right">
                {label}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {buckets
            .map((start, index) => (
              <TableRow key={start}>
                <TableCell className="whitespace-nowrap">
                  {time.full(start)}
                  {start === openBucketMs && (
                    <span className="text-muted-foreground"> · {t("open")}</span>
                  )}
                </TableCell>
                {series.map(({ label, values }) => (
                  <TableCell key={label} className="text-right tabular-nums">
                    {exactValue(values[index], unit)}
                  </TableCell>
                ))}
              </TableRow>
            ))
            .reverse()}
        </TableBody>
      </Table>
    </section>
  );
}

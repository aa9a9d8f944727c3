"use client";

import { useTranslations } from "next-intl";
import { Link } from "@/components/link";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { type ChartData, chartHref, exactValue } from "./chart-data";
import { useBucketTime } from "./use-bucket-time";

/** The same numbers as the drawing, the newest first. */
export function ChartTable(data: ChartData) {
  const { title, unit, grain, buckets, openBucketMs, series } = data;
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
                {series.map(({ label, values }, number) => {
                  const value = exactValue(values[index], unit);
                  const href = values[index]
                    ? chartHref(data, { bucket: index, series: number })
                    : null;
                  return (
                    <TableCell key={label} className="text-right tabular-nums">
                      {href === null ? (
                        value
                      ) : (
                        <Link href={href} prefetch={false} className="hover:underline">
                          {value}
                        </Link>
                      )}
                    </TableCell>
                  );
                })}
              </TableRow>
            ))
            .reverse()}
        </TableBody>
      </Table>
    </section>
  );
}

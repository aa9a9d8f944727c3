"use client";

import { ChartColumn, Download, Table2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import { type ChartData, chartHref, chartRows } from "./chart-data";
import { ChartTable } from "./chart-table";
import { LazyChartPlot } from "./lazy-chart-plot";
import { useBucketTime } from "./use-bucket-time";

/** A chart with its legend, as a drawing or a table, and as a file. */
export function UsageChart({ data, hint }: { readonly data: ChartData; readonly hint?: string }) {
  const t = useTranslations("usage.chart");
  const [isTable, setIsTable] = useState(false);
  const id = useId();
  const { timeZone } = useBucketTime(data.grain);
  const { title, series } = data;
  const isEmpty = series.every(({ values }) => values.every((value) => !value));
  const Icon = isTable ? ChartColumn : Table2;
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border p-4">
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 id={id} className="font-medium">
            {title}
          </h2>
          <p className="text-muted-foreground text-xs">
            {[hint, t(`by.${data.grain}`, { zone: timeZone })]
              .filter((words) => words !== undefined)
              .join(" ")}
          </p>
        </div>
        {!isEmpty && (
          <div className="flex shrink-0 gap-1">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={t(isTable ? "showChart" : "showTable", { title })}
              title={t(isTable ? "chart" : "table")}
              onClick={() => setIsTable(!isTable)}
            >
              <Icon aria-hidden />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={t("csv", { title })}
              title="CSV"
              onClick={() => download(data)}
            >
              <Download aria-hidden />
            </Button>
          </div>
        )}
      </div>
      <div className="mt-4 h-56">
        {isEmpty ? (
          <p className="text-muted-foreground flex h-full items-center justify-center text-center">
            {t("empty")}
          </p>
        ) : isTable ? (
          <ChartTable {...data} />
        ) : (
          <LazyChartPlot {...data} />
        )}
      </div>
      <ul className="text-muted-foreground mt-3 flex min-h-5 flex-wrap gap-x-4 gap-y-1 text-xs">
        {!isEmpty &&
          series.map(({ label, color }, number) => (
            <li key={label} className="flex min-w-0 items-center gap-1.5">
              <span
                aria-hidden
                className="size-2 shrink-0 rounded-[2px]"
                style={{ backgroundColor: color }}
              />
              <SeriesName label={label} href={chartHref(data, { series: number })} />
            </li>
          ))}
      </ul>
    </section>
  );
}

function SeriesName({ label, href }: { readonly label: string; readonly href: string | null }) {
  if (href === null) return <span className="truncate">{label}</span>;
  return (
    <Link
      href={href as `/requests?${string}`}
      prefetch={false}
      className="truncate hover:underline"
    >
      {label}
    </Link>
  );
}

async function download(data: ChartData): Promise<void> {
  const { default: papa } = await import("papaparse");
  const csv = papa.unparse(chartRows(data), { escapeFormulae: true });
  const url = URL.createObjectURL(new Blob([csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${data.title.toLowerCase().replace(/\s+/g, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}

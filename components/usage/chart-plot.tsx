"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { Bar, CartesianGrid, ComposedChart, Line, ReferenceArea, XAxis, YAxis } from "recharts";
import { ChartContainer, ChartTooltip } from "@/components/ui/chart";
import { axisTicks } from "./axis-ticks";
import { type ChartData, chartHref, exactValue, shortValue } from "./chart-data";
import { useBucketTime } from "./use-bucket-time";

/** The drawing of a chart. Loaded separately: recharts is half a page's share of JavaScript. */
export function ChartPlot(data: ChartData) {
  const { title, kind, unit, grain, buckets, openBucketMs, series } = data;
  const router = useRouter();
  const t = useTranslations("usage.chart");
  const time = useBucketTime(grain);
  const rows = buckets.map((start, index) => ({
    start,
    ...Object.fromEntries(
      series.map(({ values }, number) => [`s${number}`, values[index] ?? null]),
    ),
  }));
  const tops = buckets.map((_, index) => {
    const values = series.map((each) => each.values[index] ?? 0);
    return kind === "bars" ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);
  });
  const ticks = axisTicks(Math.max(0, ...tops), unit === "count");
  return (
    <ChartContainer className="h-full w-full">
      <ComposedChart data={rows} title={t("plot", { title })} accessibilityLayer>
        <CartesianGrid vertical={false} />
        {openBucketMs !== null && (
          <ReferenceArea
            x1={openBucketMs}
            x2={openBucketMs}
            fill="var(--muted-foreground)"
            fillOpacity={0.14}
          />
        )}
        <XAxis
          dataKey="start"
          scale="band"
          tickFormatter={time.tick}
          tickLine={false}
          axisLine={false}
          tickMargin={8}
          minTickGap={24}
        />
        <YAxis
          width={56}
          tickFormatter={(value: number) => shortValue(value, unit)}
          tickLine={false}
          axisLine={false}
          ticks={[...ticks]}
          domain={[0, ticks.at(-1) ?? 0]}
        />
        <ChartTooltip
          isAnimationActive={false}
          content={({ active, label }) => {
            const index = buckets.indexOf(Number(label));
            if (!active || index < 0) return null;
            return (
              <div
                data-slot="chart-tooltip"
                className="bg-popover text-popover-foreground min-w-40 rounded-md border px-3 py-2 text-xs"
              >
                <p className="mb-1.5 font-medium">
                  {time.full(Number(label))}
                  <span className="text-muted-foreground font-normal"> {time.timeZone}</span>
                </p>
                {Number(label) === openBucketMs && (
                  <p className="text-muted-foreground mb-1.5">{t("open")}</p>
                )}
                <dl className="grid gap-1">
                  {series.map(({ label: name, color, values }) => (
                    <div key={name} className="flex items-center justify-between gap-4">
                      <dt className="text-muted-foreground flex items-center gap-1.5">
                        <span
                          aria-hidden
                          className="size-2 rounded-[2px]"
                          style={{ backgroundColor: color }}
                        />
                        {name}
                      </dt>
                      <dd className="tabular-nums">{exactValue(values[index], unit)}</dd>
                    </div>
                  ))}
                </dl>
              </div>
            );
          }}
        />
        {series.map(({ label, color }, number) =>
          kind === "bars" ? (
            <Bar
              key={label}
              dataKey={`s${number}`}
              name={label}
              stackId="all"
              fill={color}
              maxBarSize={40}
              {...(data.link !== undefined && {
                className: "cursor-pointer",
                onClick: (_, bucket) => {
                  const href = chartHref(data, { bucket, series: number });
                  if (href !== null) router.push(href);
                },
              })}
              isAnimationActive={false}
            />
          ) : (
            <Line
              key={label}
              dataKey={`s${number}`}
              name={label}
              stroke={color}
              strokeWidth={2}
              // A single hour between two gaps has no line.
              dot={{ r: 2, fill: color }}
              connectNulls={false}
              isAnimationActive={false}
            />
          ),
        )}
      </ComposedChart>
    </ChartContainer>
  );
}

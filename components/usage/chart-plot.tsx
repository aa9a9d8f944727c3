"use client";

import type { Route } from "next";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { type PointerEvent as ReactPointerEvent, useRef, useState } from "react";
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  XAxis,
  YAxis,
} from "recharts";
import { ChartContainer, ChartTooltip } from "@/components/ui/chart";
import { axisTicks } from "./axis-ticks";
import { type ChartData, chartHref, marksByBucket, shortValue, zoomQuery } from "./chart-data";
import { ChartTooltipPanel } from "./chart-tooltip";
import { markColor } from "./series-colors";
import { useBucketTime } from "./use-bucket-time";

/** Below a plot that is nearer to the window's end, a tooltip would be cut off. */
const TOOLTIP_ROOM_PX = 260;

/**
 * The drawing of a chart. Loaded separately: recharts is half a page's share of JavaScript. A bar leads to its requests,
 * dragging over buckets shows only these, and all charts of a page have their cursors at the same time.
 */
export function ChartPlot(data: ChartData) {
  const { title, kind, unit, grain, buckets, openBucketMs, series, zoomPath } = data;
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const t = useTranslations("usage.chart");
  const time = useBucketTime(grain);
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const [place, setPlace] = useState<"above" | "below">("below");
  /** The buckets between which the pointer is dragged. */
  const [dragged, setDragged] = useState<{ readonly from: number; readonly to: number } | null>(
    null,
  );
  /** A drag ends with a click on the bar below the pointer. */
  const wasDragged = useRef(false);
  /** A tap reads a value; the legend and the table lead on. */
  const isTouch = useRef(false);
  const shownBucket = useRef<number | null>(null);
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
  const marks = marksByBucket(data);
  const bucketOf = (label: string | number | undefined) => buckets.indexOf(Number(label));

  function measure(frame: HTMLElement) {
    const { top, bottom } = frame.getBoundingClientRect();
    const isLow = window.innerHeight - bottom < TOOLTIP_ROOM_PX && top > TOOLTIP_ROOM_PX;
    setPlace(isLow ? "above" : "below");
  }

  function zoom() {
    if (dragged === null || dragged.from === dragged.to) return setDragged(null);
    wasDragged.current = true;
    setDragged(null);
    const query = new URLSearchParams(zoomPath === undefined ? params : undefined);
    const { from, to } = dragged;
    router.push(`${zoomPath ?? pathname}?${zoomQuery(data, from, to, query)}` as Route);
  }

  function open(place: { readonly bucket: number; readonly series?: number }) {
    const href = chartHref(data, place);
    if (href !== null && !wasDragged.current) router.push(href);
  }

  return (
    <ChartContainer
      className="h-full w-full touch-pan-y select-none"
      onPointerEnter={(event: ReactPointerEvent<HTMLElement>) => {
        measure(event.currentTarget);
        setIsPointed(true);
      }}
      onPointerDown={(event) => {
        isTouch.current = event.pointerType === "touch";
      }}
      onPointerLeave={(event) => {
        // After a tap, the tooltip stays.
        if (event.pointerType !== "touch") setIsPointed(false);
        setDragged(null);
      }}
      onFocus={(event) => {
        measure(event.currentTarget);
        setIsFocused(true);
      }}
      onBlur={() => setIsFocused(false)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && shownBucket.current !== null) {
          wasDragged.current = false;
          open({ bucket: shownBucket.current });
        }
      }}
    >
      <ComposedChart
        data={rows}
        title={t("plot", { title })}
        accessibilityLayer
        syncId="usage"
        syncMethod="value"
        onMouseDown={({ activeLabel }) => {
          wasDragged.current = false;
          const bucket = bucketOf(activeLabel);
          if (bucket >= 0) setDragged({ from: bucket, to: bucket });
        }}
        onMouseMove={({ activeLabel }) => {
          const bucket = bucketOf(activeLabel);
          if (dragged !== null && bucket >= 0 && bucket !== dragged.to) {
            setDragged({ ...dragged, to: bucket });
          }
        }}
        onMouseUp={zoom}
      >
        <CartesianGrid vertical={false} />
        {openBucketMs !== null && (
          <ReferenceArea
            x1={openBucketMs}
            x2={openBucketMs}
            fill="var(--muted-foreground)"
            fillOpacity={0.14}
          />
        )}
        {[...marks].map(([bucket, own]) => (
          <ReferenceLine
            key={bucket}
            x={buckets[bucket] ?? 0}
            stroke={markColor(own)}
            strokeDasharray="2 3"
            strokeOpacity={0.8}
          />
        ))}
        {dragged !== null && dragged.from !== dragged.to && (
          <ReferenceArea
            x1={buckets[Math.min(dragged.from, dragged.to)] ?? 0}
            x2={buckets[Math.max(dragged.from, dragged.to)] ?? 0}
            fill="var(--primary)"
            fillOpacity={0.12}
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
          allowEscapeViewBox={{ x: false, y: true }}
          // Beside the plot: on it, it would hide what is compared.
          position={{ y: place === "below" ? PLOT_PX : 0 }}
          wrapperStyle={{ zIndex: 20 }}
          content={({ active, label }) => {
            const bucket = bucketOf(label);
            if (!active || bucket < 0 || !(isPointed || isFocused)) return null;
            return (
              <ChartTooltipPanel
                data={data}
                bucket={bucket}
                place={place}
                onShow={(shown) => {
                  shownBucket.current = shown;
                }}
              />
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
                  if (!isTouch.current) open({ bucket, series: number });
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

/** The height of the plot, as `UsageChart` gives it. */
const PLOT_PX = 224;

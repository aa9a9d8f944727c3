import { formatCount, formatDuration, formatExactCount, UNKNOWN } from "@/components/format";
import { minuteText, type RequestsLink, requestsHref } from "@/components/requests/requests-href";
import type { Mark } from "@/lib/manage/audit/list-marks";
import { GRAIN_MS, type TimeGrain } from "@/lib/usage/figures/time-grain";

/** The unit of a chart's numbers. */
export type ChartUnit = "count" | "usd" | "ms" | "ratio";

export interface PlotSeries {
  readonly label: string;
  /** A CSS colour. */
  readonly color: string;
  /** One per bucket; null if nothing was measured. */
  readonly values: readonly (number | null)[];
  /** The log's filters for this series; null if there are none. */
  readonly link?: RequestsLink | null;
}

/** One chart over time. */
export interface ChartData {
  readonly title: string;
  /** Stacked bars for sums, lines for everything else. */
  readonly kind: "bars" | "lines";
  readonly unit: ChartUnit;
  readonly grain: TimeGrain;
  /** Starts, epoch milliseconds. */
  readonly buckets: readonly number[];
  /** Start of the bucket that isn't over yet. */
  readonly openBucketMs: number | null;
  readonly series: readonly PlotSeries[];
  /** The log's filters for the whole chart; without them the chart has no links. */
  readonly link?: RequestsLink;
  /** What happened meanwhile. */
  readonly marks?: readonly ChartMark[];
  /** The page that shows a part of the range; absent: the chart's own page. */
  readonly zoomPath?: string;
}

/** Something that may explain a figure. */
export interface ChartMark {
  readonly kind: Mark["kind"];
  readonly atMs: number;
  readonly label: string;
}

/** By the index of their bucket, those within the range. */
export function marksByBucket({
  buckets,
  grain,
  marks = [],
}: Pick<ChartData, "buckets" | "grain" | "marks">): ReadonlyMap<number, readonly ChartMark[]> {
  const indexOf = ({ atMs }: ChartMark) =>
    buckets.findLastIndex((start) => start <= atMs && atMs < start + GRAIN_MS[grain]);
  const placed = Map.groupBy(marks, indexOf);
  placed.delete(-1);
  return placed;
}

/** What a tooltip lists of a bucket, in the order in which it is drawn from the top; of bars only what is visible. */
export function tooltipRows(
  { kind, series }: Pick<ChartData, "kind" | "series">,
  bucket: number,
): readonly { readonly label: string; readonly color: string; readonly value: number | null }[] {
  return series
    .map(({ label, color, values }) => ({ label, color, value: values[bucket] ?? null }))
    .filter(({ value }) => kind === "lines" || (value !== null && value !== 0))
    .toReversed();
}

/** The sum of a bucket's bars; null for lines, which don't add up. */
export function bucketTotal(
  { kind, series }: Pick<ChartData, "kind" | "series">,
  bucket: number,
): number | null {
  if (kind === "lines") return null;
  return series.reduce((sum, { values }) => sum + (values[bucket] ?? 0), 0);
}

/**
 * The query of a page that shows the buckets between two of them, both included: its other parameters stay.
 * @param query The page's own, of which range and page are replaced.
 */
export function zoomQuery(
  { buckets, grain }: Pick<ChartData, "buckets" | "grain">,
  one: number,
  other: number,
  query: URLSearchParams,
): URLSearchParams {
  const zoomed = new URLSearchParams(query);
  for (const name of ["from", "to", "page"]) zoomed.delete(name);
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  zoomed.set("range", "custom");
  zoomed.set("since", minuteText(buckets[first] ?? 0));
  zoomed.set("until", minuteText((buckets[last] ?? 0) + GRAIN_MS[grain]));
  return zoomed;
}

/** Links to the requests of a bar; of a whole series or bucket if the other isn't given. */
export function chartHref(
  { link, grain, buckets, series }: ChartData,
  place: { readonly bucket?: number; readonly series?: number },
): `/requests?${string}` | null {
  if (link === undefined) return null;
  const [first, last] = [buckets.at(place.bucket ?? 0), buckets.at(place.bucket ?? -1)];
  if (first === undefined || last === undefined) return null;
  const own = place.series === undefined ? null : series[place.series]?.link;
  return requestsHref({ ...link, ...own, sinceMs: first, untilMs: last + GRAIN_MS[grain] });
}

/** The format of an axis. */
export function shortValue(value: number, unit: ChartUnit): string {
  if (unit === "ms") return formatDuration(value);
  if (unit === "ratio") return String(Number(value.toFixed(2)));
  if (unit === "count") return formatCount(value);
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: "USD",
    notation: "compact",
    maximumSignificantDigits: 2,
  }).format(value);
}

/** The format of a tooltip and the table: every significant digit. */
export function exactValue(value: number | null | undefined, unit: ChartUnit): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (unit === "ms") return formatDuration(value);
  if (unit === "ratio") return value.toFixed(2);
  if (unit === "count") return formatExactCount(value);
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: "USD",
    maximumFractionDigits: 6,
  }).format(value);
}

/** Rows for a spreadsheet: a bucket's start in ISO 8601 (UTC), then one number per series; empty if unknown. */
export function chartRows({ buckets, series }: ChartData): (string | number)[][] {
  return [
    ["time", ...series.map(({ label }) => label)],
    ...buckets.map((start, index) => [
      new Date(start).toISOString(),
      ...series.map(({ values }) => values[index] ?? ""),
    ]),
  ];
}

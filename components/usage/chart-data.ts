import { formatCount, formatDuration, formatExactCount, UNKNOWN } from "@/components/format";
import { type RequestsLink, requestsHref } from "@/components/requests/requests-href";

/** What a chart's numbers are. */
export type ChartUnit = "count" | "usd" | "ms" | "ratio";

export interface PlotSeries {
  readonly label: string;
  /** A CSS colour. */
  readonly color: string;
  /** One a bucket; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** What narrows the log to this series; null where nothing does. */
  readonly link?: RequestsLink | null;
}

/** One chart over time. */
export interface ChartData {
  readonly title: string;
  /** Stacked bars for what adds up, lines for what does not. */
  readonly kind: "bars" | "lines";
  readonly unit: ChartUnit;
  readonly grain: "hour" | "day";
  /** Starts, epoch milliseconds. */
  readonly buckets: readonly number[];
  /** Start of the bucket that is not over yet. */
  readonly openBucketMs: number | null;
  readonly series: readonly PlotSeries[];
  /** What narrows the log to the whole chart; without it the chart leads nowhere. */
  readonly link?: RequestsLink;
}

const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** The requests that a bar is made of; of a whole series or bucket where the other is not named. */
export function chartHref(
  { link, grain, buckets, series }: ChartData,
  place: { readonly bucket?: number; readonly series?: number },
): `/requests?${string}` | null {
  if (link === undefined) return null;
  const [first, last] = [buckets.at(place.bucket ?? 0), buckets.at(place.bucket ?? -1)];
  if (first === undefined || last === undefined) return null;
  const own = place.series === undefined ? null : series[place.series]?.link;
  return requestsHref({ ...link, ...own, sinceMs: first, untilMs: last + BUCKET_MS[grain] });
}

/** As an axis says it. */
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

/** As a tooltip and the table say it: every digit that counts. */
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

/** Rows for a spreadsheet: a bucket's start in ISO 8601 (UTC), then a number a series; empty where unknown. */
export function chartRows({ buckets, series }: ChartData): (string | number)[][] {
  return [
    ["time", ...series.map(({ label }) => label)],
    ...buckets.map((start, index) => [
      new Date(start).toISOString(),
      ...series.map(({ values }) => values[index] ?? ""),
    ]),
  ];
}

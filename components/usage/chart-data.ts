import { formatCount, formatDuration, formatExactCount, UNKNOWN } from "@/components/format";
import { type RequestsLink, requestsHref } from "@/components/requests/requests-href";

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
  readonly grain: "hour" | "day";
  /** Starts, epoch milliseconds. */
  readonly buckets: readonly number[];
  /** Start of the bucket that isn't over yet. */
  readonly openBucketMs: number | null;
  readonly series: readonly PlotSeries[];
  /** The log's filters for the whole chart; without them the chart has no links. */
  readonly link?: RequestsLink;
}

const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** Links to the requests of a bar; of a whole series or bucket if the other isn't given. */
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

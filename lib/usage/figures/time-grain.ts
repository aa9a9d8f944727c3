/**
 * The length of the buckets in which a range of time is drawn.
 * @module
 */
import { DAY_MS, HOUR_MS } from "../rollup";
import type { TimeRange } from "./compared-ranges";

const MINUTE_MS = 60_000;

/** From the finest. Rollups have hours and days; minutes are counted from the request log. */
export const TIME_GRAINS = ["minute", "fiveMinutes", "hour", "day"] as const;
export type TimeGrain = (typeof TIME_GRAINS)[number];

export const GRAIN_MS: Readonly<Record<TimeGrain, number>> = {
  minute: MINUTE_MS,
  fiveMinutes: 5 * MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** The longest range of each grain: a bar per bucket must be wide enough to be pointed at. */
const LONGEST_MS: Readonly<Record<TimeGrain, number>> = {
  minute: 2 * HOUR_MS,
  fiveMinutes: 8 * HOUR_MS,
  hour: 3 * DAY_MS,
  day: Number.POSITIVE_INFINITY,
};

/** The finest that a range may have. */
export function grainOf({ fromMs, toMs }: TimeRange): TimeGrain {
  return TIME_GRAINS.find((grain) => toMs - fromMs <= LONGEST_MS[grain]) ?? "day";
}

/** Whether it is counted from the request log. */
export function isOfLog(grain: TimeGrain): grain is "minute" | "fiveMinutes" {
  return grain === "minute" || grain === "fiveMinutes";
}

/** The whole buckets that contain a range. */
export function wholeBuckets({ fromMs, toMs }: TimeRange, grain: TimeGrain): TimeRange {
  const step = GRAIN_MS[grain];
  return { fromMs: Math.floor(fromMs / step) * step, toMs: Math.ceil(toMs / step) * step };
}

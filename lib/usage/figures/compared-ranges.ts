/**
 * Which time a range is compared with, and how much a figure changed.
 * @module
 */
import { DAY_MS } from "../rollup";

export interface TimeRange {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

export interface ComparedRanges {
  /** The finished buckets of the range. */
  readonly current: TimeRange;
  /** As many buckets, whole days earlier. */
  readonly before: TimeRange;
}

/**
 * A range and the period before: as long, and at the same time of day, because the hours of a night say nothing about
 * those of a morning. A bucket that isn't over is left out of both.
 * @param range Of whole buckets; it may end later than now.
 * @returns Null if no bucket is over.
 */
export function comparedRanges(
  { fromMs, toMs }: TimeRange,
  bucketMs: number,
  nowMs: number,
): ComparedRanges | null {
  const finished = Math.floor((Math.min(toMs, nowMs) - fromMs) / bucketMs);
  if (finished < 1) return null;
  const endMs = fromMs + finished * bucketMs;
  const shiftMs = Math.ceil((toMs - fromMs) / DAY_MS) * DAY_MS;
  return {
    current: { fromMs, toMs: endMs },
    before: { fromMs: fromMs - shiftMs, toMs: endMs - shiftMs },
  };
}

/**
 * The relative change of a figure: 0.5 for half as much again.
 * @returns Null if either is unknown, or there was nothing before.
 */
export function relativeChange(current: number | null, before: number | null): number | null {
  if (current === null || before === null || before === 0) return null;
  return (current - before) / before;
}

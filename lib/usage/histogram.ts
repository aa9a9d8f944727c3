/**
 * Times in fixed buckets, because SQLite has no quantiles and quantiles of parts can't be combined: counts can.
 * @module
 */

/** Inclusive upper bounds in milliseconds, five per decade. A last bucket counts everything longer. */
export const BUCKET_BOUNDS_MS = [
  50, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000, 30_000, 60_000,
] as const;

export const BUCKET_COUNT = BUCKET_BOUNDS_MS.length + 1;

/** The assumed upper bound of the last bucket. */
const LONGEST_MS = 180_000;

/** The bucket of a time. */
export function bucketOf(ms: number): number {
  const index = BUCKET_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return index < 0 ? BUCKET_BOUNDS_MS.length : index;
}

/**
 * The time below which a share of all times is, in milliseconds; null without any. Times are assumed to be spread
 * evenly within a bucket, so the error is a part of that bucket's width.
 * @param share In (0, 1), such as 0.95.
 */
export function quantileMs(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const from = BUCKET_BOUNDS_MS[index - 1] ?? 0;
      const to = BUCKET_BOUNDS_MS[index] ?? LONGEST_MS;
      return from + ((wanted - below) / count) * (to - from);
    }
    below += count;
  }
  return LONGEST_MS;
}

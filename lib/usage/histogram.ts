/**
 * Times in fixed buckets, since SQLite has no quantiles and quantiles of parts cannot be joined: counts can.
 * @module
 */

/** Upper bounds in milliseconds, inclusive; one more bucket holds what is longer. Five to a factor of ten. */
export const BUCKET_BOUNDS_MS = [
  50, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000, 30_000, 60_000,
] as const;

export const BUCKET_COUNT = BUCKET_BOUNDS_MS.length + 1;

/** What the last bucket is taken to reach to. */
const LONGEST_MS = 180_000;

/** Which bucket a time belongs to. */
export function bucketOf(ms: number): number {
  const index = BUCKET_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return index < 0 ? BUCKET_BOUNDS_MS.length : index;
}

/**
 * The time that a share of all stayed below, in milliseconds; null without any.
 * Within a bucket times are taken to be spread evenly, so it is off by a part of that bucket's width.
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

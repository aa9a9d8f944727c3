import { describe, expect, test } from "vitest";
import { BUCKET_BOUNDS_MS, BUCKET_COUNT, bucketOf, quantileMs } from "./histogram";

test.each([
  [0, 0],
  [50, 0],
  [51, 1],
  [60_000, 14],
  [60_001, 15],
  [Number.POSITIVE_INFINITY, 15],
])("%s ms is in bucket %s", (ms, bucket) => expect(bucketOf(ms)).toBe(bucket));

describe("quantileMs", () => {
  const counts = (entries: Readonly<Record<number, number>>) =>
    Array.from({ length: BUCKET_COUNT }, (_, index) => entries[index] ?? 0);

  test("of nothing is unknown", () => expect(quantileMs(counts({}), 0.5)).toBeNull());

  test("lies within the bucket where the share is reached", () => {
    expect(quantileMs(counts({ 0: 10 }), 0.5)).toBe(25);
    expect(quantileMs(counts({ 1: 10 }), 1)).toBe(100);
    expect(quantileMs(counts({ 0: 90, 6: 10 }), 0.9)).toBe(50);
    expect(quantileMs(counts({ 0: 90, 6: 10 }), 0.95)).toBe(630 + 370 / 2);
    expect(quantileMs(counts({ 15: 1 }), 0.5)).toBe(120_000);
  });

  test("lies in the bucket of the real one", () => {
    // Times from 150 ms to 3 s, the short ones more often.
    const times = Array.from({ length: 10_000 }, (_, index) => 150 * 20 ** (index / 10_000));
    const filled = counts({});
    for (const ms of times) filled[bucketOf(ms)] = (filled[bucketOf(ms)] ?? 0) + 1;
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const real = times[share * times.length] ?? Number.NaN;
      expect(bucketOf(quantileMs(filled, share) ?? 0)).toBe(bucketOf(real));
    }
  });

  test("bounds ascend", () => {
    expect([...BUCKET_BOUNDS_MS].sort((a, b) => a - b)).toEqual([...BUCKET_BOUNDS_MS]);
  });
});

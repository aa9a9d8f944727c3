import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../rollup";
import { comparedRanges, relativeChange } from "./compared-ranges";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const HOUR_OF_NOW = Date.UTC(2026, 10, 20, 12);

test("the last day is compared with the same hours of the day before, without the hour in progress", () => {
  const range = { fromMs: HOUR_OF_NOW - 23 * HOUR_MS, toMs: HOUR_OF_NOW + HOUR_MS };
  expect(comparedRanges(range, HOUR_MS, NOW_MS)).toEqual({
    current: { fromMs: HOUR_OF_NOW - 23 * HOUR_MS, toMs: HOUR_OF_NOW },
    before: { fromMs: HOUR_OF_NOW - 47 * HOUR_MS, toMs: HOUR_OF_NOW - DAY_MS },
  });
});

test("a morning is compared with yesterday's morning, and a week with the week before", () => {
  const midnight = Date.UTC(2026, 10, 20);
  const morning = comparedRanges({ fromMs: midnight, toMs: HOUR_OF_NOW }, HOUR_MS, NOW_MS);
  expect(morning?.before).toEqual({ fromMs: midnight - DAY_MS, toMs: HOUR_OF_NOW - DAY_MS });
  const week = { fromMs: midnight - 6 * DAY_MS, toMs: midnight + DAY_MS };
  expect(comparedRanges(week, DAY_MS, NOW_MS)?.before).toEqual({
    fromMs: midnight - 13 * DAY_MS,
    toMs: midnight - 7 * DAY_MS,
  });
});

test("before the first bucket is over there is nothing to compare", () => {
  expect(
    comparedRanges({ fromMs: HOUR_OF_NOW, toMs: HOUR_OF_NOW + HOUR_MS }, HOUR_MS, NOW_MS),
  ).toBeNull();
});

test("both periods are equally long, of finished buckets, whole days apart, and don't overlap", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(HOUR_MS, DAY_MS),
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 1, max: 800 }),
      fc.integer({ min: -10 * DAY_MS, max: 10 * DAY_MS }),
      (bucketMs, first, count, offsetMs) => {
        const fromMs = first * bucketMs;
        const toMs = fromMs + count * bucketMs;
        const nowMs = fromMs + offsetMs;
        const compared = comparedRanges({ fromMs, toMs }, bucketMs, nowMs);
        if (compared === null) {
          expect(nowMs).toBeLessThan(fromMs + bucketMs);
          return;
        }
        const { current, before } = compared;
        expect(current.fromMs).toBe(fromMs);
        expect(current.toMs).toBeLessThanOrEqual(Math.min(toMs, nowMs));
        expect((current.toMs - fromMs) % bucketMs).toBe(0);
        expect(before.toMs - before.fromMs).toBe(current.toMs - current.fromMs);
        expect((current.fromMs - before.fromMs) % DAY_MS).toBe(0);
        expect(before.toMs).toBeLessThanOrEqual(current.fromMs);
      },
    ),
  );
});

test("a change is relative, and unknown where nothing was", () => {
  expect(relativeChange(15, 10)).toBe(0.5);
  expect(relativeChange(0, 10)).toBe(-1);
  expect(relativeChange(5, 0)).toBeNull();
  expect(relativeChange(null, 5)).toBeNull();
  expect(relativeChange(5, null)).toBeNull();
});

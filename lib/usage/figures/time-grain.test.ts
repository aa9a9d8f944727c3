import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../rollup";
import { GRAIN_MS, grainOf, TIME_GRAINS, wholeBuckets } from "./time-grain";

const ranges = fc
  .tuple(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 700 * DAY_MS }))
  .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));

test("an hour by the minute, six by five minutes, a day by the hour, a month by the day", () => {
  const grains = [HOUR_MS, 6 * HOUR_MS, DAY_MS, 30 * DAY_MS].map((toMs) =>
    grainOf({ fromMs: 0, toMs }),
  );
  expect(grains).toEqual(TIME_GRAINS);
});

test("whole buckets contain the range and little more, and are never too many or too few", () => {
  fc.assert(
    fc.property(ranges, (range) => {
      const grain = grainOf(range);
      const step = GRAIN_MS[grain];
      const { fromMs, toMs } = wholeBuckets(range, grain);
      expect(fromMs % step).toBe(0);
      expect(toMs % step).toBe(0);
      expect(fromMs).toBeLessThanOrEqual(range.fromMs);
      expect(fromMs).toBeGreaterThan(range.fromMs - step);
      expect(toMs).toBeGreaterThanOrEqual(range.toMs);
      expect(toMs).toBeLessThan(range.toMs + step);
      if (grain !== "day") expect((toMs - fromMs) / step).toBeLessThanOrEqual(122);
    }),
  );
});

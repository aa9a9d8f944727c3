import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS } from "../rollup";
import { forecastMonth, monthOf, RATE_DAYS } from "./month-forecast";

const MIDNIGHT = Date.UTC(2026, 10, 11);

test("the rest of the month costs as much per day as the last week did", () => {
  const byDay = new Map([
    [Date.UTC(2026, 9, 31), 100],
    ...Array.from({ length: 10 }, (_, day) => [Date.UTC(2026, 10, 1 + day), 7] as const),
  ]);
  const nowMs = MIDNIGHT + DAY_MS / 2;
  expect(forecastMonth({ nowMs, byDay, countedFromMs: 0 })).toEqual({
    toDate: 70,
    // Half of the 11th, and 19 days.
    forecast: 70 + 19.5 * 7,
  });
});

test("on the first day, last month's days are the rate; before any day is over there is none", () => {
  const nowMs = Date.UTC(2026, 10, 1, 6);
  const byDay = new Map([
    [Date.UTC(2026, 9, 30), 4],
    [Date.UTC(2026, 9, 31), 8],
    [Date.UTC(2026, 10, 1), 3],
  ]);
  expect(forecastMonth({ nowMs, byDay, countedFromMs: Date.UTC(2026, 9, 30) })).toEqual({
    toDate: 3,
    forecast: 3 + 29.75 * 6,
  });
  expect(forecastMonth({ nowMs, byDay, countedFromMs: Date.UTC(2026, 10, 1) })).toEqual({
    toDate: 3,
    forecast: null,
  });
});

/** Whole numbers of any day around a month, and a time in it. */
const months = fc.record({
  nowMs: fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) }),
  costs: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 75, maxLength: 75 }),
  countedDays: fc.integer({ min: 0, max: 75 }),
});

function inputOf({
  nowMs,
  costs,
  countedDays,
}: typeof months extends fc.Arbitrary<infer T> ? T : never) {
  const { todayMs } = monthOf(nowMs);
  const byDay = new Map(costs.map((cost, ago) => [todayMs - ago * DAY_MS, cost] as const));
  return { nowMs, byDay, countedFromMs: todayMs - countedDays * DAY_MS };
}

test("a forecast is at least what is spent, and at most that plus the most expensive day for each day left", () => {
  fc.assert(
    fc.property(months, (month) => {
      const input = inputOf(month);
      const { toDate, forecast } = forecastMonth(input);
      const { startMs, endMs, todayMs } = monthOf(input.nowMs);
      const ofMonth = [...input.byDay].filter(([dayMs]) => dayMs >= startMs);
      expect(toDate).toBe(ofMonth.reduce((sum, [, cost]) => sum + cost, 0));
      if (forecast === null) {
        expect(month.countedDays).toBe(0);
        return;
      }
      const week = [...input.byDay].filter(
        ([dayMs]) => dayMs < todayMs && dayMs >= todayMs - RATE_DAYS * DAY_MS,
      );
      const most = Math.max(...week.map(([, cost]) => cost));
      expect(forecast).toBeGreaterThanOrEqual(toDate);
      expect(forecast).toBeLessThanOrEqual(toDate + (most * (endMs - input.nowMs)) / DAY_MS + 1e-3);
    }),
  );
});

test("forecasts of parts add up to the forecast of the whole", () => {
  fc.assert(
    fc.property(
      months,
      fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 75 }),
      (month, other) => {
        const one = inputOf(month);
        const costs = Array.from({ length: 75 }, (_, ago) => other[ago] ?? 0);
        const two = inputOf({ ...month, costs });
        const byDay = new Map(
          [...one.byDay].map(([day, cost]) => [day, cost + (two.byDay.get(day) ?? 0)]),
        );
        const whole = forecastMonth({ ...one, byDay });
        const [first, second] = [forecastMonth(one), forecastMonth(two)];
        expect(whole.toDate).toBe(first.toDate + second.toDate);
        if (whole.forecast === null)
          expect([first.forecast, second.forecast]).toEqual([null, null]);
        else expect(whole.forecast).toBeCloseTo((first.forecast ?? 0) + (second.forecast ?? 0), 2);
      },
    ),
  );
});

import { describe, expect, test } from "vitest";
import { forecastQuota, type KeyDay } from "./forecast";

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;
const RESET_MS = NOW_MS + 8 * HOUR_MS;

const key = (answered: number, days: readonly number[] = [], isSpent = false): KeyDay => ({
  answered,
  isSpent,
  spentDays: days.map((each) => ({ answered: each })),
});

const forecast = (keys: readonly KeyDay[], requestsPerHour = 10) =>
  forecastQuota({ keys, requestsPerHour, nowMs: NOW_MS, resetMs: RESET_MS });

describe("forecastQuota", () => {
  test("dry before the reset", () => {
    expect(forecast([key(60, [100]), key(60, [100])], 40)).toEqual({
      quota: 200,
      left: 80,
      keys: { learnt: 2, guessed: 0, unknown: 0 },
      resetMs: RESET_MS,
      dryMs: NOW_MS + 2 * HOUR_MS,
      burnDown: [
        { atMs: NOW_MS, left: 80 },
        { atMs: NOW_MS + 2 * HOUR_MS, left: 0 },
        { atMs: RESET_MS, left: 0 },
      ],
    });
  });

  test("enough until the reset", () => {
    expect(forecast([key(0, [100])])).toMatchObject({
      left: 100,
      dryMs: null,
      burnDown: [
        { atMs: NOW_MS, left: 100 },
        { atMs: RESET_MS, left: 20 },
      ],
    });
  });

  test("no traffic: never dry", () => expect(forecast([key(0, [100])], 0).dryMs).toBeNull());

  test("a spent key has shown its quota, and is a guess for those that never were spent", () => {
    expect(forecast([key(250, [], true), key(50)])).toMatchObject({
      quota: 500,
      left: 200,
      keys: { learnt: 1, guessed: 1, unknown: 0 },
    });
  });

  test("all spent: dry now", () => {
    expect(forecast([key(250, [], true)])).toMatchObject({ left: 0, dryMs: NOW_MS });
  });

  test("no key was ever spent: nothing is known, and nothing claimed", () => {
    expect(forecast([key(5), key(9)])).toEqual({
      quota: null,
      left: null,
      keys: { learnt: 0, guessed: 0, unknown: 2 },
      resetMs: RESET_MS,
      dryMs: null,
      burnDown: [],
    });
  });

  test("of two days that were spent the smaller counts", () => {
    expect(forecast([key(0, [200, 100])])).toMatchObject({ quota: 100, left: 100 });
  });

  test("one odd day does not change what was learnt", () => {
    expect(forecast([key(0, [100, 3, 101, 99, 100, 9_999])])).toMatchObject({ quota: 100 });
  });

  test("beyond what was learnt: the quota is at least what was answered", () => {
    expect(forecast([key(130, [100])])).toMatchObject({ quota: 130, left: 0 });
  });
});

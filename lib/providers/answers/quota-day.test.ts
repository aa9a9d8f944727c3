import { describe, expect, test } from "vitest";
import { nextMidnightMs, nextMonthMs, quotaDayStartMs } from "./quota-day";

const iso = (ms: number) => new Date(ms).toISOString();

describe("nextMidnightMs", () => {
  test.each([
    ["winter", "2026-01-15T20:00:00.500Z", "2026-01-16T08:00:00.000Z"],
    ["summer", "2026-07-15T20:00:00Z", "2026-07-16T07:00:00.000Z"],
    [
      "late evening there is already tomorrow in UTC",
      "2026-07-16T06:59:59.999Z",
      "2026-07-16T07:00:00.000Z",
    ],
    ["midnight itself is past", "2026-07-16T07:00:00Z", "2026-07-17T07:00:00.000Z"],
    ["evening before the spring change", "2026-03-08T07:30:00Z", "2026-03-08T08:00:00.000Z"],
    ["spring day, before two", "2026-03-08T09:00:00Z", "2026-03-09T07:00:00.000Z"],
    ["spring day, after the change", "2026-03-08T10:00:00Z", "2026-03-09T07:00:00.000Z"],
    ["evening before the autumn change", "2026-11-01T06:30:00Z", "2026-11-01T07:00:00.000Z"],
    ["autumn day, first one o'clock", "2026-11-01T08:30:00Z", "2026-11-02T08:00:00.000Z"],
    ["autumn day, second one o'clock", "2026-11-01T09:30:00Z", "2026-11-02T08:00:00.000Z"],
    ["autumn day, evening", "2026-11-02T07:30:00Z", "2026-11-02T08:00:00.000Z"],
    ["new year", "2027-01-01T07:59:00Z", "2027-01-01T08:00:00.000Z"],
  ])("Los Angeles, %s", (_name, now, expected) => {
    expect(iso(nextMidnightMs("America/Los_Angeles", Date.parse(now)))).toBe(expected);
  });

  test("every half hour of a year leads to a local midnight at most 25 hours away", () => {
    const hour = new Intl.DateTimeFormat("en-US", {
      timeZone: "America/Los_Angeles",
      hourCycle: "h23",
      timeStyle: "medium",
    });
    const start = Date.parse("2026-01-01T00:00:00Z");
    for (let now = start; now < start + 365 * 86_400_000; now += 1_800_000) {
      const midnight = nextMidnightMs("America/Los_Angeles", now);
      expect(midnight).toBeGreaterThan(now);
      expect(midnight - now).toBeLessThanOrEqual(25 * 3_600_000);
      expect(hour.format(midnight)).toBe("00:00:00");
    }
  });

  test("UTC", () => {
    expect(iso(nextMidnightMs("UTC", Date.parse("2026-11-22T23:59:59Z")))).toBe(
      "2026-11-23T00:00:00.000Z",
    );
    expect(iso(nextMidnightMs("UTC", Date.parse("2026-11-22T00:00:00Z")))).toBe(
      "2026-11-23T00:00:00.000Z",
    );
  });
});

test("nextMonthMs", () => {
  expect(iso(nextMonthMs(Date.parse("2026-11-22T12:00:00Z")))).toBe("2026-12-01T00:00:00.000Z");
  expect(iso(nextMonthMs(Date.parse("2026-12-31T23:59:59Z")))).toBe("2027-01-01T00:00:00.000Z");
});

test.each(["2026-03-06", "2026-10-30"])(
  "a quota day begins at the last midnight, also on the days of 23 and 25 hours after %s",
  (day) => {
    const start = Date.parse(`${day}T00:00:00Z`);
    for (const zone of ["UTC", "America/Los_Angeles"] as const) {
      for (let now = start; now < start + 5 * 86_400_000; now += 1_800_000) {
        const began = quotaDayStartMs(zone, now);
        expect(began).toBeLessThanOrEqual(now);
        expect(nextMidnightMs(zone, began)).toBe(nextMidnightMs(zone, now));
      }
    }
  },
);

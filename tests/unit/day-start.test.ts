import { describe, expect, test } from "vitest";
import { dayStartMs } from "../../i18n/day-start.ts";

describe("dayStartMs", () => {
  test.each([
    ["2026-11-22", "UTC", "2026-11-22T00:00:00Z"],
    ["2026-11-22", "Asia/Shanghai", "2026-11-21T16:00:00Z"],
    ["2026-11-22", "America/New_York", "2026-11-22T05:00:00Z"],
    ["2026-11-22", "Asia/Kathmandu", "2026-11-21T18:15:00Z"],
    // Clocks change within these days, and in the hours after their start in UTC.
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z"],
    ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00Z"],
    ["2026-11-01", "America/New_York", "2026-11-01T04:00:00Z"],
    ["2026-11-02", "America/New_York", "2026-11-02T05:00:00Z"],
  ])("%s in %s begins at %s", (day, zone, iso) => {
    expect(dayStartMs(day, zone)).toBe(Date.parse(iso));
  });

  test("the day after, over a change of clocks too", () => {
    expect(dayStartMs("2026-03-29", "Europe/Berlin", 1)).toBe(Date.parse("2026-03-29T22:00:00Z"));
    expect(dayStartMs("2026-12-31", "UTC", 1)).toBe(Date.UTC(2027, 0, 1));
  });

  test.each(["", "today", "2026-13-01", "2026-1-1", "2026-11-22T00:00"])("%j is no day", (day) => {
    expect(dayStartMs(day, "UTC")).toBeNull();
  });
});

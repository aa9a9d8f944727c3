import { describe, expect, test } from "vitest";
import { todayStartMs, usageQueryOf } from "./usage-query";

const NOW_MS = Date.UTC(2026, 10, 22, 23, 30);
const HOUR_MS = 3_600_000;

const query = (params: Record<string, string>, zone = "Europe/Berlin") =>
  usageQueryOf(params, NOW_MS, zone);

describe("usageQueryOf", () => {
  test("the last 24 hours by model by default", () => {
    expect(query({})).toMatchObject({
      range: "24h",
      grain: "hour",
      groupBy: "model",
      fromMs: Date.UTC(2026, 10, 22),
      toMs: Date.UTC(2026, 10, 23),
    });
    expect(query({ range: "century", by: "shoe", outcome: "fine" })).toEqual(query({}));
  });

  test("today is the reader's, days are UTC's", () => {
    // Half past midnight of the 23rd in Berlin.
    expect(query({ range: "today" }).fromMs).toBe(Date.UTC(2026, 10, 22, 23));
    expect(query({ range: "7d" })).toMatchObject({
      grain: "day",
      fromMs: Date.UTC(2026, 10, 16),
      toMs: Date.UTC(2026, 10, 23),
    });
    expect(todayStartMs(NOW_MS, "Asia/Kolkata") % HOUR_MS).toBe(0);
  });

  test("days of one's own: by the hour where they are few", () => {
    expect(query({ range: "custom", from: "2026-11-20", to: "2026-11-21" })).toMatchObject({
      grain: "hour",
      fromMs: Date.UTC(2026, 10, 19, 23),
      toMs: Date.UTC(2026, 10, 21, 23),
    });
    expect(query({ range: "custom", from: "2026-10-01", to: "2026-10-31" })).toMatchObject({
      grain: "day",
      fromMs: Date.UTC(2026, 9, 1),
      toMs: Date.UTC(2026, 10, 1),
    });
    expect(query({ range: "custom", from: "2026-11-21", to: "2026-11-20" })).toMatchObject({
      fromMs: Date.UTC(2026, 10, 22),
    });
  });

  test("the last hours by minutes, and a part of a chart as finely as it allows", () => {
    expect(query({ range: "1h" })).toMatchObject({
      grain: "minute",
      fromMs: NOW_MS - 59 * 60_000,
      toMs: NOW_MS + 60_000,
    });
    expect(query({ range: "6h" })).toMatchObject({
      grain: "fiveMinutes",
      fromMs: NOW_MS + 5 * 60_000 - 6 * HOUR_MS,
      toMs: NOW_MS + 5 * 60_000,
    });
    const part = { range: "custom", since: "2026-11-20T08:00Z", until: "2026-11-20T09:30Z" };
    expect(query(part)).toMatchObject({
      grain: "minute",
      fromMs: Date.UTC(2026, 10, 20, 8),
      toMs: Date.UTC(2026, 10, 20, 9, 30),
    });
    expect(query({ ...part, until: "2026-12-20T09:30Z" })).toMatchObject({
      grain: "day",
      fromMs: Date.UTC(2026, 10, 20),
      toMs: Date.UTC(2026, 11, 21),
    });
    for (const until of ["2026-11-20T08:00Z", "soon", "2036-11-20T08:00Z"]) {
      expect(query({ ...part, until }).fromMs).toBe(Date.UTC(2026, 10, 22));
    }
  });

  test("keys are not split by token or member", () => {
    expect(query({ by: "key", token: "at_1", user: "us_1", provider: "openai" })).toMatchObject({
      groupBy: "key",
      token: undefined,
      user: undefined,
      provider: "openai",
    });
  });
});

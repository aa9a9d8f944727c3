import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usageQueryOf } from "@/app/(portal)/usage/usage-query";
import { GRAIN_MS, TIME_GRAINS } from "@/lib/usage/figures/time-grain";
import {
  bucketTotal,
  chartRows,
  exactValue,
  marksByBucket,
  shortValue,
  tooltipRows,
  zoomQuery,
} from "./chart-data";

describe("values of a chart", () => {
  test.each([
    [12_345, "count", "12.3K", "12,345"],
    [0.0032, "usd", "$0.0032", "$0.0032"],
    [1_234, "ms", "1.23 s", "1.23 s"],
    [1.2345, "ratio", "1.23", "1.23"],
  ] as const)("%d as %s", (value, unit, short, exact) => {
    expect(shortValue(value, unit)).toBe(short);
    expect(exactValue(value, unit)).toBe(exact);
  });

  test("what is not known is a dash, and empty in a file", () => {
    expect(exactValue(null, "ms")).toBe("–");
    const rows = chartRows({
      title: "Latency",
      kind: "lines",
      unit: "ms",
      grain: "hour",
      buckets: [0, 3_600_000],
      openBucketMs: null,
      series: [{ label: "p50", color: "red", values: [null, 20] }],
    });
    expect(rows).toEqual([
      ["time", "p50"],
      ["1970-01-01T00:00:00.000Z", ""],
      ["1970-01-01T01:00:00.000Z", 20],
    ]);
  });
});

const charts = fc
  .record({
    grain: fc.constantFrom(...TIME_GRAINS),
    first: fc.integer({ min: 10_000, max: 20_000 }),
    count: fc.integer({ min: 1, max: 60 }),
    names: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 6 }),
    values: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 360, maxLength: 360 }),
  })
  .map(({ grain, first, count, names, values }) => ({
    ...{ title: "", unit: "count" as const, openBucketMs: null, grain },
    buckets: Array.from({ length: count }, (_, index) => (first + index) * GRAIN_MS[grain]),
    series: names.map((label, number) => ({
      ...{ label, color: `c${number}` },
      values: values.slice(number * 60, number * 60 + count),
    })),
  }));

test("a tooltip lists the visible bars from the top, and their sum is that of the series", () => {
  fc.assert(
    fc.property(charts, fc.nat({ max: 59 }), (chart, at) => {
      const bucket = at % chart.buckets.length;
      const bars = { ...chart, kind: "bars" as const };
      const rows = tooltipRows(bars, bucket);
      const numbers = rows.map(({ color }) => Number(color.slice(1)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
      expect(rows.every(({ value }) => value !== null && value > 0)).toBe(true);
      const sum = rows.reduce((total, { value }) => total + (value ?? 0), 0);
      expect(bucketTotal(bars, bucket)).toBe(sum);
      const lines = { ...chart, kind: "lines" as const };
      expect(tooltipRows(lines, bucket)).toHaveLength(chart.series.length);
      expect(bucketTotal(lines, bucket)).toBeNull();
    }),
  );
});

test("each mark of the range is at the bucket in which it happened, others at none", () => {
  fc.assert(
    fc.property(charts, fc.array(fc.integer({ min: -5, max: 65 })), (chart, places) => {
      const step = GRAIN_MS[chart.grain];
      const [start = 0] = chart.buckets;
      const marks = places.map((place, index) => ({
        ...{ kind: "change" as const, label: `${index}` },
        atMs: start + place * step + (index % step),
      }));
      const placed = marksByBucket({ ...chart, marks });
      for (const [bucket, own] of placed) {
        for (const { label } of own) expect(places[Number(label)]).toBe(bucket);
      }
      const inside = places.filter((place) => place >= 0 && place < chart.buckets.length);
      expect([...placed.values()].flat()).toHaveLength(inside.length);
    }),
  );
});

test("the page that a drag leads to has exactly its buckets, or finer ones, and keeps its filters", () => {
  fc.assert(
    fc.property(charts, fc.nat({ max: 59 }), fc.nat({ max: 59 }), (chart, one, other) => {
      const count = chart.buckets.length;
      const [from, to] = [one % count, other % count];
      const query = new URLSearchParams("by=token&model=gpt&from=2026-01-01&page=3");
      const zoomed = zoomQuery(chart, from, to, query);
      expect(Object.fromEntries(zoomed)).toMatchObject({ by: "token", model: "gpt" });
      expect(zoomed.has("from") || zoomed.has("page")).toBe(false);
      const { fromMs, toMs, grain } = usageQueryOf(Object.fromEntries(zoomed), 0, "Asia/Kolkata");
      const last = chart.buckets[Math.max(from, to)] ?? 0;
      expect(fromMs).toBe(chart.buckets[Math.min(from, to)]);
      expect(toMs).toBe(last + GRAIN_MS[chart.grain]);
      expect(GRAIN_MS[grain]).toBeLessThanOrEqual(GRAIN_MS[chart.grain]);
    }),
  );
});

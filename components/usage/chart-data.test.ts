import { describe, expect, test } from "vitest";
import { chartRows, exactValue, shortValue } from "./chart-data";

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

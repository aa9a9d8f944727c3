import { describe, expect, test } from "vitest";
import { MAX_SERIES, topSeries } from "./chart-series";

describe("topSeries", () => {
  test("the greatest first, and no one without use", () => {
    const groups = new Map([
      ["small", [1, 0]],
      ["great", [2, 3]],
      ["none", [0, 0]],
    ]);
    expect(topSeries([3, 3], groups)).toEqual([
      { id: "great", values: [2, 3] },
      { id: "small", values: [1, 0] },
    ]);
  });

  test("what is not drawn is one series, so that each bucket adds up", () => {
    const groups = new Map(Array.from({ length: 12 }, (_, index) => [`m${index}`, [100 - index]]));
    const series = topSeries([1_134], groups);
    expect(series).toHaveLength(MAX_SERIES + 1);
    expect(series.at(-1)).toEqual({ id: null, values: [1_134 - 772] });
    expect(series.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)).toBe(1_134);
  });
});

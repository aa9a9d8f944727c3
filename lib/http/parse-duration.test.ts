import { describe, expect, test } from "vitest";
import { parseDuration } from "./parse-duration";

describe("parseDuration", () => {
  test.each([
    ["7m12s", 432_000],
    ["174ms", 174],
    ["900.2ms", 900.2],
    ["0.539477544s", 539.477544],
    ["1h2m", 3_720_000],
    ["2m59.56s", 179_560],
    ["6m0s", 360_000],
    ["68940s", 68_940_000],
    ["0s", 0],
    ["1d", 86_400_000],
    ["12µs", 0.012],
    ["2 seconds", 2000],
    ["20 sec", 20_000],
    ["1 minute and 30 seconds", 90_000],
    ["1 hour, 5 minutes", 3_900_000],
    ["15 milliseconds", 15],
    [" 5S ", 5000],
  ])("%s is %d ms", (text, expected) => {
    expect(parseDuration(text)).toBeCloseTo(expected, 6);
  });

  test.each(["", "12", "soon", "5 apples", "s", "-5s", "5s later", "1.2.3s"])(
    "%j is no duration",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});

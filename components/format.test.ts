import { describe, expect, test } from "vitest";
import {
  exactUsd,
  formatCount,
  formatDuration,
  formatExactCount,
  formatShare,
  formatUsd,
  UNKNOWN,
} from "./format";

test("what is unknown is a dash", () => {
  for (const format of [formatCount, formatExactCount, formatUsd, formatDuration, formatShare]) {
    expect(format(null)).toBe(UNKNOWN);
  }
});

test.each([
  [0, "0"],
  [950, "950"],
  [1_000, "1K"],
  [12_431, "12.4K"],
  [3_140_000, "3.1M"],
])("formatCount(%d) is %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test("formatExactCount keeps every digit", () => {
  expect(formatExactCount(1_234_567)).toBe("1,234,567");
});

test.each([
  [0, "$0.00"],
  [0.0032, "$0.0032"],
  [0.000_1, "$0.0001"],
  [0.000_000_43, "<$0.0001"],
  [0.41, "$0.41"],
  [0.5, "$0.50"],
  [12, "$12.00"],
  [1_204.5, "$1,204.50"],
])("formatUsd(%d) is %s", (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});

test.each([
  [null, undefined],
  [0, "$0.00"],
  [0.000_000_43, "$0.00000043"],
  [1_204.5, "$1,204.50"],
])("exactUsd(%d) is %s", (usd, text) => {
  expect(exactUsd(usd)).toBe(text);
});

test.each([
  [0.42, "0.4 ms"],
  [820, "820 ms"],
  [999.6, "1 s"],
  [1_240, "1.24 s"],
  [9_999, "10 s"],
  [48_200, "48 s"],
  [60_000, "1 min"],
  [200_000, "3 min 20 s"],
])("formatDuration(%d) is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe("formatShare", () => {
  test.each([
    [0, "0%"],
    [0.000_2, "<0.1%"],
    [0.5, "50%"],
    [0.992, "99.2%"],
    [0.999_9, ">99.9%"],
    [1, "100%"],
  ])("%d is %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

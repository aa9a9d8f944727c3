import fc from "fast-check";
import { expect, test } from "vitest";
import { refreshGapMs, viewRows } from "./page-refresh";

const DAY_MS = 86_400_000;
const FREE_ROWS_A_DAY = 5_000_000;

test("a page that is in front all day leaves a fifth of the free plan's rows", () => {
  fc.assert(
    fc.property(fc.nat(100_000), (keys) => {
      const refreshes = Math.floor(DAY_MS / refreshGapMs(keys));
      expect(refreshes * viewRows(keys)).toBeLessThanOrEqual(FREE_ROWS_A_DAY * 0.8);
    }),
  );
});

test("more keys never refresh more often, and few keys within a minute", () => {
  fc.assert(
    fc.property(fc.nat(50_000), fc.nat(50_000), (keys, more) => {
      expect(refreshGapMs(keys + more)).toBeGreaterThanOrEqual(refreshGapMs(keys));
    }),
  );
  expect(refreshGapMs(100)).toBeLessThanOrEqual(60_000);
});

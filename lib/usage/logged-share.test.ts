import { expect, test } from "vitest";
import { affordableShare, wantedShare } from "./logged-share";

test.each([
  [0, 1, 1],
  [59_999, 1, 1],
  [60_000, 0.1, 1],
  [75_000, 0, 1],
  [90_000, 0, 0],
  [200_000, 0, 0],
])("after %s of 100,000 rows: %s of good answers, %s of problems", (rows, ok, problems) => {
  expect(affordableShare(rows, 100_000, false)).toBe(ok);
  expect(affordableShare(rows, 100_000, true)).toBe(problems);
});

test("without a budget everything", () => expect(affordableShare(1e9, 0, false)).toBe(1));

test.each([
  ["all", 1, 1],
  ["sampled", 0.1, 1],
  ["problems", 0, 1],
  ["none", 0, 0],
] as const)("%s: %s of good answers, %s of problems", (choice, ok, problems) => {
  expect(wantedShare(choice, false)).toBe(ok);
  expect(wantedShare(choice, true)).toBe(problems);
});

import { expect, test } from "vitest";
import { loggedShare } from "./logged-share";

test.each([
  [0, 1, 1],
  [59_999, 1, 1],
  [60_000, 0.1, 1],
  [75_000, 0, 1],
  [90_000, 0, 0],
  [200_000, 0, 0],
])("after %s of 100,000 rows: %s of good answers, %s of problems", (rows, ok, problems) => {
  expect(loggedShare(rows, 100_000, false)).toBe(ok);
  expect(loggedShare(rows, 100_000, true)).toBe(problems);
});

test("without a budget everything", () => expect(loggedShare(1e9, 0, false)).toBe(1));

import { expect, test } from "vitest";
import { axisTicks } from "./axis-ticks";

test.each<[number, boolean, number[]]>([
  [0, true, [0, 1]],
  [1, true, [0, 1]],
  [3, true, [0, 1, 2, 3]],
  [9, true, [0, 5, 10]],
  [39, true, [0, 10, 20, 30, 40]],
  [2_500_000, true, [0, 1_000_000, 2_000_000, 3_000_000]],
  [36_700, false, [0, 10_000, 20_000, 30_000, 40_000]],
  [1.2, false, [0, 0.5, 1, 1.5]],
])("up to %d", (max, isWhole, ticks) => {
  expect(axisTicks(max, isWhole)).toEqual(ticks);
});

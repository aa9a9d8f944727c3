import { expect, test } from "vitest";
import { isQuietAt } from "./quiet-hours";

const quietHours = (quietFromHour: number, quietToHour: number) =>
  Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
    isQuietAt(Date.UTC(2026, 10, 20, hour, 59), { quietFromHour, quietToHour }),
  );

test("hours are quiet from the first up to the last, over midnight too", () => {
  expect(quietHours(1, 4)).toEqual([1, 2, 3]);
  expect(quietHours(22, 2)).toEqual([0, 1, 22, 23]);
  expect(quietHours(0, 0)).toEqual([]);
  expect(quietHours(7, 7)).toEqual([]);
});

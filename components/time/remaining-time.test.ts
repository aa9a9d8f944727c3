import { expect, test } from "vitest";
import { remainingTime } from "./remaining-time";

test.each([
  [0, "0s"],
  [-5_000, "0s"],
  [1, "1s"],
  [1_000, "1s"],
  [59_001, "1m 0s"],
  [250_000, "4m 10s"],
  [2 * 3_600_000 + 5 * 60_000 + 4_000, "2h 5m"],
  [3 * 86_400_000 + 4 * 3_600_000, "3d 4h"],
])("%d ms is %s", (ms, text) => {
  expect(remainingTime(ms, "en")).toBe(text);
});

test("in Chinese the units are Chinese", () => {
  expect(remainingTime(250_000, "zh")).toBe("4分钟 10秒");
});

import { expect, test } from "vitest";
import { maskKey } from "./mask-key";

test.each([
  ["sk-proj-fakefakefakefakefakefakefake9fQ2", "sk-proj-…9fQ2"],
  ["AIzaFakeFakeFakeFakeFake", "AIza…Fake"],
  ["abcdefghi", "ab…i"],
  ["abcdef", "a…f"],
  ["abcde", "…"],
  ["", "…"],
])("%j is shown as %j", (key, masked) => {
  expect(maskKey(key)).toBe(masked);
});

test("never more than a third is shown", () => {
  for (let length = 0; length < 100; length++) {
    const shown = maskKey("k".repeat(length)).length - 1;
    expect(shown).toBeLessThanOrEqual(length / 3);
  }
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { contains, PAGE_SIZE, pageOf } from "./page-of";

test("the pages together are the list, and any number in the address is one of them", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 180 }), fc.integer(), (rows, wild) => {
      const count = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
      const pages = Array.from({ length: count }, (_, index) => pageOf(rows, index + 1).rows);
      expect(pages.flat()).toEqual(rows);
      const { page, rows: shown } = pageOf(rows, wild);
      expect(page).toBeGreaterThanOrEqual(1);
      expect(page).toBeLessThanOrEqual(count);
      expect(shown).toEqual(pages[page - 1]);
    }),
    { numRuns: 300 },
  );
});

test("a search looks into every text, in any case", () => {
  expect(contains(["Ada", "ada@example.com"], "EXAMPLE")).toBe(true);
  expect(contains(["Ada", null], "bob")).toBe(false);
  expect(contains([], undefined)).toBe(true);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { readFilter, writeFilter } from "./filter-text";

const names = fc.uniqueArray(
  fc.string({ minLength: 1, maxLength: 30 }).filter((name) => name.trim() !== ""),
  { minLength: 1, maxLength: 20 },
);

test("what is written is read, whatever the names", () => {
  fc.assert(
    fc.property(names, fc.boolean(), (values, isNot) => {
      expect(readFilter(writeFilter({ values, isNot }))).toEqual({ values, isNot });
    }),
  );
});

test("any text is read without an error, as at most fifty values", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = readFilter(text);
      if (read === undefined) return;
      expect(read.values.length).toBeGreaterThan(0);
      expect(read.values.length).toBeLessThanOrEqual(50);
      expect(readFilter(writeFilter(read))).toEqual(read);
    }),
  );
  expect(readFilter("!")).toBeUndefined();
  expect(readFilter("ok")).toEqual({ values: ["ok"], isNot: false });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeRows } from "./merge-rows";

interface Row {
  readonly name: string;
  readonly price: number;
}

const rows = fc
  .dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.integer({ min: 0, max: 2 }))
  .map((prices): Row[] => Object.entries(prices).map(([name, price]) => ({ name, price })));

test("no change is lost: a row is as whoever changed it left it, and two changes of one row raise a conflict", () => {
  fc.assert(
    fc.property(rows, rows, rows, (read, theirs, mine) => {
      const priceIn = (list: readonly Row[], name: string) =>
        list.find((row) => row.name === name)?.price;
      const merged = mergeRows(read, theirs, mine, ({ name }) => name);
      const clash = ["a", "b", "c", "d", "e"].some((name) => {
        const [was, yours, ours] = [read, theirs, mine].map((list) => priceIn(list, name));
        return was !== yours && was !== ours && yours !== ours;
      });
      expect(merged === null).toBe(clash);
      if (merged === null) return;
      for (const name of ["a", "b", "c", "d", "e"]) {
        const was = priceIn(read, name);
        const yours = priceIn(theirs, name);
        expect(priceIn(merged, name)).toBe(was === yours ? priceIn(mine, name) : yours);
      }
    }),
  );
});

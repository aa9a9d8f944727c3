import fc from "fast-check";
import { expect, test } from "vitest";
import { byFigure, FIGURE_ORDERS, inOrderOf, type TodayFigures } from "./figure-order";

const value = fc.option(fc.integer({ min: 0, max: 20 }));
const figures = fc.record(Object.fromEntries(FIGURE_ORDERS.map((name) => [name, value])));
const list = fc.array(fc.option(figures), { maxLength: 30 });

test("all are listed once, in order, the unknown last and ties as they were", () => {
  fc.assert(
    fc.property(list, fc.constantFrom(...FIGURE_ORDERS), fc.boolean(), (rows, order, isUp) => {
      const ids = rows.map((_, index) => `id_${index}`);
      const known: Record<string, TodayFigures> = {};
      for (const [index, row] of rows.entries()) {
        if (row !== null) known[`id_${index}`] = row as TodayFigures;
      }
      const sorted = byFigure(ids, known, order, isUp);
      expect(sorted.toSorted()).toEqual(ids.toSorted());
      const inOrder = inOrderOf(
        ids.map((id) => ({ id })),
        sorted,
      );
      expect(inOrder.map(({ id }) => id)).toEqual(sorted);
      const values = sorted.map((id) => known[id]?.[order] ?? null);
      for (let index = 1; index < values.length; index += 1) {
        const [one, other] = [values[index - 1] ?? null, values[index] ?? null];
        if (one === null) expect(other).toBeNull();
        else if (other !== null) expect(isUp ? one <= other : one >= other).toBe(true);
        if (one === other) {
          expect(ids.indexOf(sorted[index - 1] ?? "")).toBeLessThan(
            ids.indexOf(sorted[index] ?? ""),
          );
        }
      }
    }),
  );
});

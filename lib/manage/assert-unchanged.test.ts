import fc from "fast-check";
import { expect, test } from "vitest";
import { assertUnchanged } from "./assert-unchanged";
import { ManageError } from "./manage-error";

const fields = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.jsonValue({ maxDepth: 2 }));

test("no one's change is overwritten unseen, and nothing else is rejected", () => {
  fc.assert(
    fc.property(fields, fields, fields, (read, theirs, wanted) => {
      const current = { ...read, ...theirs };
      const was = Object.fromEntries(Object.keys(wanted).map((name) => [name, read[name]]));
      const same = (one: unknown, other: unknown) => {
        try {
          expect(one ?? null).toEqual(other ?? null);
          return true;
        } catch {
          return false;
        }
      };
      const lost = Object.keys(wanted).filter(
        (name) => !same(current[name], read[name]) && !same(current[name], wanted[name]),
      );
      let refused: unknown = null;
      try {
        assertUnchanged(current, wanted, was);
      } catch (error) {
        refused = error;
      }
      if (lost.length === 0) expect(refused).toBeNull();
      else {
        expect(refused).toBeInstanceOf(ManageError);
        expect(refused).toMatchObject({ code: "conflict" });
        expect(Object.keys((refused as ManageError).theirs ?? {}).sort()).toEqual(lost.sort());
      }
      expect(() => assertUnchanged(current, wanted, undefined)).not.toThrow();
    }),
  );
});

test("the order of fields says nothing", () => {
  expect(() =>
    assertUnchanged({ a: { x: 1, y: null } }, {}, { a: { y: null, x: 1 } }),
  ).not.toThrow();
});

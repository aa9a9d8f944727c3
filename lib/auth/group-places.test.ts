import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placesOf } from "./group-places";

const of = (text: string, claim: unknown) => {
  const places = placesOf(text, claim);
  return places === null ? null : Object.fromEntries(places);
};

describe("places in groups here", () => {
  test.each([
    ["a=search", ["a"], { search: "member" }],
    ["a=search", "a", { search: "member" }],
    ["a=search", ["b"], { search: null }],
    ["a=search", undefined, { search: null }],
    ["a=search;b=search:admin", ["a", "b"], { search: "admin" }],
    ["b=search:admin;a=search", ["a", "b"], { search: "admin" }],
    ["b=search:admin;a=search", ["a"], { search: "member" }],
    ["*=search; a=rag : admin", [], { search: "member", rag: null }],
    ["CN=a,DC=b=search", ["CN=a,DC=b"], { search: "member" }],
    ["*=search", ["*"], { search: "member" }],
    ["a=toString", ["a"], { toString: "member" }],
    ["a=;=b;a", ["a"], null],
    ["", ["a"], null],
  ])("%j and %j", (text, claim, places) => {
    expect(of(text, claim)).toEqual(places);
  });

  test("are the highest that any single group gives, in any order, and none for others", () => {
    const claimed = fc.constantFrom("a", "b", "c", "*");
    const group = fc.constantFrom("x", "y", "z");
    const entry = fc.tuple(claimed, group, fc.boolean());
    fc.assert(
      fc.property(
        fc.array(entry),
        fc.array(fc.constantFrom("a", "b", "c", "d")),
        (entries, own) => {
          const text = (list: typeof entries) =>
            list.map(([from, to, isAdmin]) => `${from}=${to}${isAdmin ? ":admin" : ""}`).join(";");
          const places = of(text(entries), own);
          expect(of(text(entries.toReversed()), own.toReversed())).toEqual(places);
          const named = new Set(entries.map(([, to]) => to));
          expect(new Set(Object.keys(places ?? {}))).toEqual(named);
          for (const name of named) {
            const given = entries.filter(
              ([from, to]) => to === name && (from === "*" || own.includes(from)),
            );
            const highest = given.some(([, , isAdmin]) => isAdmin) ? "admin" : "member";
            expect(places?.[name]).toBe(given.length === 0 ? null : highest);
          }
        },
      ),
    );
  });
});

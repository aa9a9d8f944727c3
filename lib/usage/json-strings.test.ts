import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NamedString, namedStrings } from "./json-strings";

/** The same from a parsed value. */
function walk(value: unknown, owner: string | null, found: NamedString[]): NamedString[] {
  if (typeof value === "string" && owner !== null) found.push({ name: owner, value });
  else if (Array.isArray(value)) for (const each of value) walk(each, owner, found);
  else if (typeof value === "object" && value !== null) {
    for (const [name, each] of Object.entries(value)) walk(each, name, found);
  }
  return found;
}

const inOrder = (strings: readonly NamedString[] | null) =>
  strings?.map(({ name, value }) => `${JSON.stringify(name)}=${JSON.stringify(value)}`).toSorted();

test("finds in random documents what a parser finds", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.boolean(), (json, isPretty) => {
      const value: unknown = JSON.parse(json);
      const text = isPretty ? JSON.stringify(value, null, 2) : json;
      const named = typeof value === "object" ? inOrder(walk(value, null, [])) : [];
      expect(inOrder(namedStrings(text))).toEqual(named);
    }),
    { numRuns: 2_000 },
  );
});

describe("what two parsers read differently is found in both ways", () => {
  const values = (text: string) => namedStrings(text)?.map(({ name, value }) => `${name}=${value}`);

  test("a name that stands twice, or is escaped", () => {
    expect(values('{"model":"a","\\u006dodel":"b"}')).toEqual(["model=a", "model=b"]);
  });

  test("a name within a text is none", () => {
    expect(values('{"text":"\\"model\\": \\"x\\"","list":[":","model"]}')).toEqual([
      'text="model": "x"',
      "list=:",
      "list=model",
    ]);
  });

  test("a text that never ends cannot be read", () => {
    expect(namedStrings('{"model":"a')).toBeNull();
    expect(namedStrings('{"a":"\\x","model":"b"}')).toBeNull();
  });
});

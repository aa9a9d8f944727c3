import fc from "fast-check";
import { expect, test } from "vitest";
import { parseString, stringEnd } from "./json-string";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Runs of quotes, backslashes and plain text of lengths around the one at which the way of reading changes. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('"', "\\", '\\"', "\\\\", "u006d", "é"),
    fc.nat(80).map((length) => "x".repeat(length)),
    fc.tuple(fc.constantFrom('"', "\\", "a"), fc.nat(1_200)).map(([text, n]) => text.repeat(n)),
  ),
  { maxLength: 12 },
);

test("a string ends where JSON.parse ends it, however dense its quotes are", () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = JSON.stringify(parts.join(""));
      expect(stringEnd(bytes(`${text},"next"`), 0)).toBe(bytes(text).length);
      // Without its last byte, the closing quote is missing.
      expect(stringEnd(bytes(text.slice(0, -1)), 0)).toBe(-1);
    }),
    { numRuns: 2_000 },
  );
});

test("a string is read as JSON.parse reads it, or not at all", () => {
  const written = fc
    .array(
      fc.constantFrom("a", "\\u006D", "\\u00e9", "\\ud83d\\ude00", "\\n", "\\u00", "\\x", "\u0001"),
      { maxLength: 8 },
    )
    .map((parts) => `"${parts.join("")}"`);
  fc.assert(
    fc.property(written, (text) => {
      let expected: string | null = null;
      try {
        expected = JSON.parse(text) as string;
      } catch {
        // Not valid: then it isn't read.
      }
      const read = bytes(text);
      expect(parseString(read, 0, read.length)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

/**
 * Text as strangers send it: nearly right. Made of the pieces that a parser looks for, in any order, or of something
 * valid that was truncated, duplicated or changed at one place.
 * @module
 */
import fc from "fast-check";

const encoder = new TextEncoder();

/** Pieces in any order. */
export function soup(pieces: readonly string[], maxLength = 24): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...pieces), { maxLength, size: "max" })
    .map((chosen) => chosen.join(""));
}

/** A text with one place cut out, duplicated, or replaced by a piece; or unchanged. */
export function mangled(
  text: fc.Arbitrary<string>,
  pieces: readonly string[],
): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.nat(), fc.nat(12), fc.constantFrom("", ...pieces), fc.nat(3))
    .map(([whole, place, length, piece, how]) => {
      if (how === 0 || whole === "") return whole;
      const start = place % whole.length;
      const end = start + length;
      if (how === 1) return whole.slice(0, start) + piece + whole.slice(end);
      if (how === 2) return whole.slice(0, end) + whole.slice(start);
      return whole.slice(0, start);
    });
}

export const JSON_PIECES = [
  ...['"model"', '"mod\\u0065l"', '"usage"', '"error"', '"data"', '"id"', '"content"', '"text"'],
  ...["{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "\\ud83d", "\\udc00", "\n", " ", "\ufeff"],
  ...["0", "-1", "1e400", "null", "true", '"a"', '"gpt-5"', "é", "😀", "\u0000", "\ud800"],
] as const;

const leaf = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom("gpt-5", "a/b", "", "𝄞", '"', "\\"),
  fc.integer(),
  fc.constantFrom(null, true, 1.5),
);
const name = fc.constantFrom(
  ...["model", "usage", "error", "data", "id", "content", "text", "message", "messages", "type"],
  ...["role", "choices", "delta", "code", "input", "tools", "status", "__proto__", "keys", "key"],
);

/** Values with the names that parsers look for. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    { arbitrary: leaf, weight: 3 },
    { arbitrary: fc.array(tie("value"), { maxLength: 3 }), weight: 1 },
    { arbitrary: fc.dictionary(name, tie("value"), { maxKeys: 4 }), weight: 3 },
  ),
})).value;

export const nearlyJson: fc.Arbitrary<string> = fc.oneof(
  mangled(
    jsonValue.map((value) => JSON.stringify(value)),
    JSON_PIECES,
  ),
  soup(JSON_PIECES),
);

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A text's bytes, and the same in pieces, split anywhere. */
export function inPieces(
  text: fc.Arbitrary<string>,
): fc.Arbitrary<{ whole: Uint8Array<ArrayBuffer>; pieces: Uint8Array<ArrayBuffer>[] }> {
  return fc.tuple(text, fc.array(fc.nat(), { maxLength: 4 })).map(([written, places]) => {
    const whole = bytesOf(written);
    const cuts = places.map((place) => place % (whole.length + 1)).toSorted((a, b) => a - b);
    const ends = [...cuts, whole.length];
    const pieces = ends.map((end, index) => whole.slice(index === 0 ? 0 : ends[index - 1], end));
    return { whole, pieces };
  });
}

/** Possible headers. */
export function headersWith(names: readonly string[], pieces: readonly string[]) {
  return fc
    .dictionary(fc.constantFrom(...names), soup(pieces, 8), { maxKeys: 4 })
    .map(
      (fields) => new Headers(Object.entries(fields).map(([key, value]) => [key, value.trim()])),
    );
}

/**
 * Bounds what is written to the store: parts of it come from clients and upstreams, and one value that D1 rejects would
 * block everything written with it.
 * @module
 */

/** Per list in a record. */
const ITEMS_MAX = 1_000;
/** SQLite's integers go no further. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

/** NUL, and surrogates that aren't half of a pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * The same value, or a copy, in which no text is longer than `charsMax` or contains what SQLite's JSON can't represent
 * (NUL, lone surrogates), no number is infinite or NaN, and every list is bounded. Keys of records are ours.
 */
export function boundedRecord<Value>(value: Value, charsMax: number): Value {
  // Each kind of value stays of its own kind.
  return isBounded(value, charsMax) ? value : (bounded(value, charsMax) as Value);
}

/** Nearly everything is, and copying it would take twenty times as long. */
function isBounded(value: unknown, charsMax: number): boolean {
  if (typeof value === "string") {
    return value.length <= charsMax && !UNSTORABLE.test(value);
  }
  if (typeof value === "number") return Math.abs(value) <= NUMBER_MAX;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value) && value.length > ITEMS_MAX) return false;
  for (const field of Object.values(value)) if (!isBounded(field, charsMax)) return false;
  return true;
}

function bounded(value: unknown, charsMax: number): unknown {
  if (typeof value === "string") return boundedText(value, charsMax);
  if (typeof value === "number") return boundedNumber(value);
  if (Array.isArray(value)) {
    return value.slice(0, ITEMS_MAX).map((item) => bounded(item, charsMax));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, bounded(field, charsMax)]),
  );
}

function boundedText(text: string, charsMax: number): string {
  const short = text.length > charsMax ? text.slice(0, charsMax) : text;
  return short.includes("\0") ? short.replaceAll("\0", "").toWellFormed() : short.toWellFormed();
}

function boundedNumber(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(NUMBER_MAX, Math.max(-NUMBER_MAX, value));
}

/**
 * Finds one string field at the top level of a JSON object without parsing the rest.
 *
 * A chat request is one small field among megabytes of prompt: strings are skipped with the engine's own `indexOf`, so
 * a 1 MB body takes a fraction of a millisecond where `JSON.parse` takes many.
 * @module
 */
import { MAX_JSON_DEPTH, MAX_JSON_PARTS, parseString, stringEnd } from "./json-string";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/** A text field of a request body, and the bytes it occupies. */
export interface BodyField {
  readonly value: string;
  /** Index of its first byte, quotes included. */
  readonly start: number;
  /** Index after its last byte. */
  readonly end: number;
  /** Encodes another value for this type of body. */
  encode(value: string): string;
}

/**
 * The field's value, or null if the body isn't an object, lacks the field, has a value other than a string there, is
 * nested deeper than `MAX_JSON_DEPTH`, or has more than `MAX_JSON_PARTS` names and values. The last of duplicate fields counts, as in every JSON parser: otherwise a caller
 * could show us one model and the provider another.
 */
export function findJsonField(bytes: Uint8Array, name: string): BodyField | null {
  let position = skipSpace(bytes, 0);
  if (bytes[position] !== OPEN_BRACE) return null;
  position += 1;
  let depth = 1;
  /** At depth one, whether the next string is a key: true after `{` and `,`. */
  let expectsKey = true;
  /** Where the last value of that name begins; only that one is read. */
  let found = -1;
  let parts = 0;

  while (position < bytes.length) {
    const byte = bytes[position];
    if (byte === QUOTE) {
      parts += 1;
      if (parts > MAX_JSON_PARTS) return null;
      const end = stringEnd(bytes, position);
      if (end === -1) return readString(bytes, found);
      if (depth === 1 && expectsKey) {
        expectsKey = false;
        if (isName(bytes, position, end, name)) {
          const colon = skipSpace(bytes, end);
          const start = skipSpace(bytes, colon + 1);
          if (bytes[colon] !== COLON) return readString(bytes, found);
          found = start;
          position = start;
          continue;
        }
      }
      position = end;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return null;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return readString(bytes, found);
    } else if (byte === COMMA) {
      parts += 1;
      if (parts > MAX_JSON_PARTS) return null;
      if (depth === 1) expectsKey = true;
    }
    position += 1;
  }
  return readString(bytes, found);
}

/** @param start -1 for no value. */
function readString(bytes: Uint8Array, start: number): BodyField | null {
  if (bytes[start] !== QUOTE) return null;
  const end = stringEnd(bytes, start);
  if (end === -1) return null;
  const value = parseString(bytes, start, end);
  return value === null ? null : { value, start, end, encode: JSON.stringify };
}

/** Compares a key with a name; an escaped key (`"mod\u0065l"`) is unescaped. */
function isName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  // An escape takes at most six bytes.
  const length = end - start - 2;
  if (length < name.length || length > 6 * name.length) return false;
  for (let index = 0; index < name.length; index += 1) {
    const byte = bytes[start + 1 + index];
    if (byte === BACKSLASH) return parseString(bytes, start, end) === name;
    if (byte !== name.charCodeAt(index)) return false;
  }
  return length === name.length;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let position = start;
  for (;;) {
    const byte = bytes[position];
    // A UTF-8 byte order mark may come first.
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) position += 1;
    else if (byte === 0xef && position === 0) position += 3;
    else return position;
  }
}

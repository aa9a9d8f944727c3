/**
 * Shared by the readers of JSON in bytes: strings, skipped with the engine's own `indexOf`, and the bounds.
 * @module
 */
import { hexDigit } from "../hex-digit";

/** Real bodies are never this deep; recursive parsers give up earlier. */
export const MAX_JSON_DEPTH = 512;

/**
 * Names and values in a body. The largest real ones are lists of token ids to embed, at most 300,000 of them; reading
 * millions would occupy the isolate for seconds.
 */
export const MAX_JSON_PARTS = 500_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

const decoder = new TextDecoder();

/** Most strings are names and short values, which end before `indexOf` has begun. */
const SHORT_BYTES = 24;
/** In strings with quotes closer together than this, a loop over the bytes is faster for longer. */
const DENSE_BYTES = 32;

/** Index after the closing quote of the string that opens at `open`, or -1 if it never closes. */
export function stringEnd(bytes: Uint8Array, open: number): number {
  let at = open + 1;
  let loopBytes = SHORT_BYTES;
  for (;;) {
    const loopEnd = Math.min(bytes.length, at + loopBytes);
    while (at < loopEnd) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return -1;
    let unescaped = quote;
    while (unescaped > at && bytes[unescaped - 1] === BACKSLASH) unescaped -= 1;
    if ((quote - unescaped) % 2 === 0) return quote + 1;
    loopBytes = quote - at < DENSE_BYTES ? DENSE_BYTES * DENSE_BYTES : SHORT_BYTES;
    at = quote + 1;
  }
}

/** Names and models are at most this long; for longer texts the engine's own parser is faster. */
const MAX_PLAIN_BYTES = 64;

/** A short ASCII string without escapes, as most are, or with `\u` alone; null for any other. */
function plainString(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start > MAX_PLAIN_BYTES || bytes[start] !== QUOTE) return null;
  let text = "";
  for (let at = start + 1; at < end - 1; at += 1) {
    let code = bytes[at] ?? 0;
    if (code < 0x20 || code > 0x7e) return null;
    if (code === BACKSLASH) {
      code = escapedUnit(bytes, at, end - 1);
      if (code === -1) return null;
      at += 5;
    }
    text += String.fromCharCode(code);
  }
  return text;
}

/** The UTF-16 unit of an escape such as `\u006d` at `at`, which ends before `end`; -1 for any other escape. */
function escapedUnit(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + 1] !== LETTER_U || at + 6 > end) return -1;
  let unit = 0;
  for (let index = at + 2; index < at + 6; index += 1) {
    const digit = hexDigit(bytes[index] ?? 0);
    if (digit === -1) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/** The text between `start` and `end`, quotes included; null if it isn't a string. */
export function parseString(bytes: Uint8Array, start: number, end: number): string | null {
  const plain = plainString(bytes, start, end);
  if (plain !== null) return plain;
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)));
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

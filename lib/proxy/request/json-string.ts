/**
 * Shared by the readers of JSON in bytes: strings, skipped with the engine's own `indexOf`, and the bound on nesting.
 * @module
 */

/** Real bodies are never this deep; recursive parsers give up earlier. */
export const MAX_JSON_DEPTH = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const decoder = new TextDecoder();

/** Index after the closing quote of the string that opens at `open`, or -1 if it never closes. */
export function stringEnd(bytes: Uint8Array, open: number): number {
  let quote = bytes.indexOf(QUOTE, open + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  return -1;
}

/** Names and models are at most this long; for longer texts the engine's own parser is faster. */
const MAX_PLAIN_BYTES = 64;

/** A short ASCII string without escapes, as most are; null for any other. */
function plainString(bytes: Uint8Array, start: number, end: number): string | null {
  if (end - start > MAX_PLAIN_BYTES || bytes[start] !== QUOTE) return null;
  let text = "";
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return null;
    text += String.fromCharCode(byte);
  }
  return text;
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

/**
 * Removes a provider key from an upstream's response, however it is written there: unchanged, percent-encoded,
 * JSON-escaped, as entities of HTML, or in base64 at any of its three alignments, alone or as part of a longer text
 * ("user:key"); in UTF-8, UTF-16 or UTF-32. Everything else keeps its bytes.
 *
 * Works on byte strings, one character per byte, so that bytes that aren't UTF-8 survive.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import { base64Forms } from "../base64-forms";
import { hexDigit } from "../hex-digit";
import { NOTHING, type StreamHead } from "./stream-head";

/** Replaces a key. */
const REPLACEMENT = "[key]";

/** An error that quotes an error that quotes an address: each quotation escapes once more. */
const MAX_LAYERS = 3;
/** The most bytes for one character of a key: `\\\\u0073`, `&#0000115;`. */
const MAX_EXPANSION = 10;

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** What JSON's one-letter escapes mean. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"].map((pair) => [
    pair.charCodeAt(0),
    pair.charCodeAt(1),
  ]),
);

/** Escapes that can hide a key of ordinary characters: letters, digits, `+`, `/` and the like. */
const HIDES_ORDINARY = /%[2-7][\da-f]|\\(?:u00[2-7]|\/)|&(?:#|amp;#)/i;
const HIDES_ANYTHING = /%[\da-f]{2}|\\.|&(?:#|amp|lt|gt|quot|apos)/i;
/** After an ampersand: by number, or one of the names that every encoder uses. */
const ENTITY = /^(?:#x0*([\da-f]{1,4})|#0*(\d{1,5})|(amp|lt|gt|quot|apos));?/i;
const ENTITY_CHARS = 9;
const NAMED_ENTITIES: Readonly<Record<string, number>> = {
  amp: 0x26,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
};
/** Characters that JSON and addresses needn't escape, and so rarely do. */
const ORDINARY = /^[\w.~:;=+/@ -]*$/;

const SCRUBBERS_KEPT = 1_000;
const scrubbers = new Map<string, KeyScrubber>();

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The scrubber for a key's text, created once while the key is in use. */
export function scrubberFor(keyText: string): KeyScrubber {
  let scrubber = scrubbers.get(keyText);
  if (scrubber === undefined) {
    if (scrubbers.size >= SCRUBBERS_KEPT) scrubbers.clear();
    scrubber = new KeyScrubber(keyText);
    scrubbers.set(keyText, scrubber);
  }
  return scrubber;
}

/** Of an error in pieces, of those that may hide a key. */
const MOST_SEARCHED_BYTES = 256 * 1024;

interface Split {
  readonly ready: Bytes;
  readonly rest: Bytes;
  /** Whether every character had to be looked at. */
  readonly isSearched: boolean;
}

/** From `start` up to `end`, in bytes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

export class KeyScrubber {
  /** The key, and the key and its base64 forms as byte strings; empty for an empty key. */
  readonly #narrow: readonly string[];
  /** The key in UTF-16 and UTF-32, whichever byte comes first. */
  readonly #wide: readonly string[];
  /** All of them, by their first character. */
  readonly #byFirst = new Map<number, string[]>();
  readonly #lowerCase: string;
  readonly #hides: RegExp;
  /** The most bytes at the end of a piece that may be the beginning of a key. */
  readonly #heldBytes: number;

  constructor(keyText: string) {
    const plain = toByteString(encoder.encode(keyText));
    this.#wide = keyText === "" ? [] : ["\0", "\0\0\0"].map((zeros) => [...plain].join(zeros));
    const narrow = keyText === "" ? [] : [plain, ...base64Forms(plain)];
    // Of ordinary characters, it is the same as a byte string.
    this.#narrow = keyText === plain ? narrow : [keyText, ...narrow];
    const needles = [...narrow, ...this.#wide];
    for (const needle of needles) {
      const first = needle.charCodeAt(0);
      this.#byFirst.set(first, [...(this.#byFirst.get(first) ?? []), needle]);
    }
    this.#lowerCase = keyText.toLowerCase();
    this.#hides = ORDINARY.test(keyText) ? HIDES_ORDINARY : HIDES_ANYTHING;
    const longest = Math.max(0, ...needles.map(({ length }) => length));
    this.#heldBytes = longest * MAX_EXPANSION;
  }

  /** A quick check: false if the key is certainly not in the text; true requires a closer look. */
  maybeIn(text: string): boolean {
    if (this.#narrow.length === 0) return false;
    for (const needle of this.#narrow) if (text.includes(needle)) return true;
    // Few texts have zeros, which are found fast.
    if (text.includes("\0") && this.#wide.some((needle) => text.includes(needle))) return true;
    return this.#hides.test(text);
  }

  /** Whether a header's name, which is in lower case, contains the key. */
  isInName(name: string): boolean {
    return this.#lowerCase !== "" && name.includes(this.#lowerCase);
  }

  /** Cleans a short text, such as a header's value. */
  cleanText(text: string): string {
    if (!this.maybeIn(text)) return text;
    const bytes = encoder.encode(text);
    const cleaned = this.#clean(bytes);
    return cleaned === bytes ? text : decoder.decode(cleaned);
  }

  /**
   * Cleans bytes; returns the same bytes if the key isn't in them.
   * @param text The bytes as text, if already known.
   */
  cleanBytes(bytes: Bytes, text: string = decoder.decode(bytes)): Bytes {
    return this.maybeIn(text) ? this.#clean(bytes) : bytes;
  }

  /**
   * Cleans a body in pieces, whatever its length. The end of each piece is held back as long as it may be the beginning
   * of a key. For errors only, because it costs JavaScript per piece. One that goes on and on in escapes, such as a
   * request repeated in it, is cut off: looking through them takes time.
   * @param begun What was read before.
   */
  cleanStream(body: ByteStream, begun: Bytes = NOTHING): ByteStream {
    let held = begun;
    let searched = 0;
    return body.pipeThrough(
      new TransformStream<Bytes, Bytes>({
        transform: (chunk, controller) => {
          const { ready, rest, isSearched } = this.#split(joined(held, chunk));
          if (isSearched) searched += chunk.length;
          if (searched > MOST_SEARCHED_BYTES) {
            held = NOTHING;
            controller.terminate();
            return;
          }
          held = rest;
          if (ready.length > 0) controller.enqueue(ready);
        },
        flush: (controller) => {
          const rest = this.#clean(held);
          if (rest.length > 0) controller.enqueue(rest);
        },
      }),
    );
  }

  /** Cleans a body whose beginning was read; one that was read completely is cleaned completely. */
  cleanStart({ head, rest }: StreamHead): StreamHead {
    if (rest === null) return { head: this.cleanBytes(head), rest };
    const { ready, rest: held } = this.#split(head);
    return { head: ready, rest: this.cleanStream(rest, held) };
  }

  #clean(bytes: Bytes): Bytes {
    const source = toByteString(bytes);
    const ranges = this.#find(source);
    return ranges.length === 0 ? bytes : toBytes(replaced(source, ranges, 0, source.length));
  }

  /** What can be handed on of a piece, and what must wait for the next one. */
  #split(bytes: Bytes): Split {
    let cut = bytes.length - this.#heldBytes;
    if (cut <= 0) return { ready: bytes.subarray(0, 0), rest: bytes, isSearched: false };
    // Most pieces pass a check that costs next to nothing.
    if (!this.maybeIn(decoder.decode(bytes))) {
      return { ready: bytes.subarray(0, cut), rest: bytes.subarray(cut), isSearched: false };
    }
    const source = toByteString(bytes);
    const ranges = this.#find(source).filter(({ start }) => start < cut);
    cut = Math.max(cut, ranges.at(-1)?.end ?? 0);
    const ready =
      ranges.length === 0 ? bytes.subarray(0, cut) : toBytes(replaced(source, ranges, 0, cut));
    return { ready, rest: bytes.subarray(cut), isSearched: true };
  }

  /** Where the key is found in any form: sorted, without overlaps. */
  #find(source: string): readonly Range[] {
    // The engine's own search is many times as fast as what follows, which matters for long errors.
    if (!this.maybeIn(source)) return [];
    const found: Range[] = [];
    for (let start = 0; start < source.length; start += 1) {
      const code = source.charCodeAt(start);
      if (!isEscape(code)) {
        const needles = this.#byFirst.get(code);
        if (needles !== undefined) findFrom(needles, source, start, start + 1, found);
        continue;
      }
      for (const { code: hidden, end } of readingsAt(source, start)) {
        const needles = this.#byFirst.get(hidden);
        if (needles !== undefined) findFrom(needles, source, start, end, found);
      }
    }
    return merged(found);
  }
}

/** @param next Where the needles' second character begins. */
function findFrom(
  needles: readonly string[],
  source: string,
  start: number,
  next: number,
  found: Range[],
): void {
  for (const needle of needles) {
    const end = endOf(needle, source, next);
    if (end !== -1) found.push({ start, end });
  }
}

/** Where a text whose first character ends at `next` ends, whichever of the others are escaped; -1 if it isn't there. */
function endOf(needle: string, source: string, next: number): number {
  let positions: readonly number[] = [next];
  for (let index = 1; index < needle.length; index += 1) {
    const code = needle.charCodeAt(index);
    const [only = 0] = positions;
    positions =
      positions.length === 1
        ? endsOf(code, source, only)
        : [...new Set(positions.flatMap((at) => endsOf(code, source, at)))];
    if (positions.length === 0) return -1;
  }
  return Math.max(...positions);
}

const NOWHERE: readonly number[] = [];

/** Where the character that begins at `at` ends, escaped or not. */
function endsOf(code: number, source: string, at: number): readonly number[] {
  const first = source.charCodeAt(at);
  if (!isEscape(first)) return first === code ? [at + 1] : NOWHERE;
  return readingsAt(source, at).flatMap((reading) => (reading.code === code ? [reading.end] : []));
}

/** A character, and where it ends. */
interface Reading {
  readonly code: number;
  readonly end: number;
}

/** What stands at `at`: the character itself, and what it is with up to `MAX_LAYERS` layers of escapes undone. */
function readingsAt(source: string, at: number): readonly Reading[] {
  const readings: Reading[] = [{ code: source.charCodeAt(at), end: at + 1 }];
  let from = 0;
  for (let layer = 0; layer < MAX_LAYERS && from < readings.length; layer += 1) {
    const to = readings.length;
    for (; from < to; from += 1) {
      const reading = readings[from];
      if (reading !== undefined) undoEscape(source, reading, readings);
    }
  }
  return readings;
}

/** What an escape whose first character is known means. */
function undoEscape(source: string, { code, end }: Reading, readings: Reading[]): void {
  const add = (meant: number, length: number) => {
    if (meant !== -1) readings.push({ code: meant, end: end + length });
  };
  if (code === PERCENT) add(hexAt(source, end, 2), 2);
  else if (code === BACKSLASH) {
    const letter = source.charCodeAt(end);
    if (letter === LETTER_U) add(hexAt(source, end + 1, 4), 5);
    add(SHORT_ESCAPES.get(letter) ?? -1, 1);
  } else if (code === AMPERSAND) {
    const [entity = "", hex, decimal, named] =
      ENTITY.exec(source.slice(end, end + ENTITY_CHARS)) ?? [];
    if (entity !== "") add(entityCode(hex, decimal, named), entity.length);
  }
}

function isEscape(code: number): boolean {
  return code === PERCENT || code === BACKSLASH || code === AMPERSAND;
}

function entityCode(
  hex: string | undefined,
  decimal: string | undefined,
  named: string | undefined,
): number {
  if (hex !== undefined) return Number.parseInt(hex, 16);
  if (decimal !== undefined) return Number(decimal);
  return NAMED_ENTITIES[named?.toLowerCase() ?? ""] ?? -1;
}

/** A hexadecimal number of so many digits; -1 if there is none. */
function hexAt(source: string, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = hexDigit(source.charCodeAt(index));
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last === undefined || range.start >= last.end) result.push(range);
    else if (range.end > last.end)
      result[result.length - 1] = { start: last.start, end: range.end };
  }
  return result;
}

function replaced(source: string, ranges: readonly Range[], from: number, to: number): string {
  let result = "";
  let position = from;
  for (const { start, end } of ranges) {
    result += source.slice(position, start) + REPLACEMENT;
    position = end;
  }
  return result + source.slice(position, to);
}

const PIECE = 8_192;

function toByteString(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += PIECE) {
    text += String.fromCharCode(...bytes.subarray(from, from + PIECE));
  }
  return text;
}

function toBytes(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

function joined(one: Bytes, other: Bytes): Bytes {
  if (one.length === 0) return other;
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

/**
 * Removes a provider key from an upstream's response, however it is written there: unchanged, percent-encoded,
 * JSON-escaped, or in base64 at any of its three alignments, alone or as part of a longer text ("user:key"). Everything
 * else keeps its bytes.
 *
 * Works on byte strings, one character per byte, so that bytes that aren't UTF-8 survive.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import { base64Forms } from "../base64-forms";
import { NOTHING, type StreamHead } from "./stream-head";

/** Replaces a key. */
const REPLACEMENT = "[key]";

/** An error that quotes an error that quotes an address: each quotation escapes once more. */
const MAX_LAYERS = 3;
/** The most bytes for one character of a key: `\\\\u0073`. */
const MAX_EXPANSION = 10;

const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** JSON's one-letter escapes, by what they mean. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  ['""', "\\\\", "//", "\bb", "\ff", "\nn", "\rr", "\tt"].map((pair) => [
    pair.charCodeAt(0),
    pair.charCodeAt(1),
  ]),
);

/** Escapes that can hide a key of ordinary characters: letters, digits, `+`, `/` and the like. */
const HIDES_ORDINARY = /%[2-7][\da-f]|\\(?:u00[2-7]|\/)/i;
const HIDES_ANYTHING = /%[\da-f]{2}|\\./i;
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

/** From `start` up to `end`, in bytes. */
interface Range {
  readonly start: number;
  readonly end: number;
}

export class KeyScrubber {
  readonly #plain: string;
  /** The key and its base64 forms, as byte strings. */
  readonly #needles: readonly string[];
  readonly #hides: RegExp;
  /** The most bytes at the end of a piece that may be the beginning of a key. */
  readonly #heldBytes: number;

  constructor(keyText: string) {
    const plain = toByteString(encoder.encode(keyText));
    this.#plain = keyText;
    this.#needles = keyText === "" ? [] : [plain, ...base64Forms(plain)];
    this.#hides = ORDINARY.test(keyText) ? HIDES_ORDINARY : HIDES_ANYTHING;
    const longest = Math.max(0, ...this.#needles.map(({ length }) => length));
    this.#heldBytes = longest * MAX_EXPANSION;
  }

  /** A quick check: false if the key is certainly not in the text; true requires a closer look. */
  maybeIn(text: string): boolean {
    if (this.#plain === "") return false;
    if (text.includes(this.#plain)) return true;
    for (const needle of this.#needles) if (text.includes(needle)) return true;
    return this.#hides.test(text);
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
   * of a key. For errors only, because it costs JavaScript per piece.
   * @param begun What was read before.
   */
  cleanStream(body: ByteStream, begun: Bytes = NOTHING): ByteStream {
    let held = begun;
    return body.pipeThrough(
      new TransformStream<Bytes, Bytes>({
        transform: (chunk, controller) => {
          const { ready, rest } = this.#split(joined(held, chunk));
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
  #split(bytes: Bytes): { readonly ready: Bytes; readonly rest: Bytes } {
    let cut = bytes.length - this.#heldBytes;
    if (cut <= 0) return { ready: bytes.subarray(0, 0), rest: bytes };
    // Most pieces pass a check that costs next to nothing.
    if (!this.maybeIn(decoder.decode(bytes))) {
      return { ready: bytes.subarray(0, cut), rest: bytes.subarray(cut) };
    }
    const source = toByteString(bytes);
    const ranges = this.#find(source).filter(({ start }) => start < cut);
    cut = Math.max(cut, ranges.at(-1)?.end ?? 0);
    const ready =
      ranges.length === 0 ? bytes.subarray(0, cut) : toBytes(replaced(source, ranges, 0, cut));
    return { ready, rest: bytes.subarray(cut) };
  }

  /** Where the key is found in any form: sorted, without overlaps. */
  #find(source: string): readonly Range[] {
    // The engine's own search is many times as fast as what follows, which matters for long errors.
    if (!this.maybeIn(source)) return [];
    const found: Range[] = [];
    for (let start = 0; start < source.length; start += 1) {
      const code = source.charCodeAt(start);
      const isEscape = code === PERCENT || code === BACKSLASH;
      for (const needle of this.#needles) {
        if (!isEscape && code !== needle.charCodeAt(0)) continue;
        const end = endOf(needle, source, start);
        if (end !== -1) found.push({ start, end });
      }
    }
    return merged(found);
  }
}

/** Where a text that begins at `start` ends, whichever of its characters are escaped; -1 if it isn't there. */
function endOf(needle: string, source: string, start: number): number {
  let positions: readonly number[] = [start];
  for (let index = 0; index < needle.length; index += 1) {
    const code = needle.charCodeAt(index);
    const [only = 0] = positions;
    positions =
      positions.length === 1
        ? endsOf(code, source, only, MAX_LAYERS)
        : [...new Set(positions.flatMap((at) => endsOf(code, source, at, MAX_LAYERS)))];
    if (positions.length === 0) return -1;
  }
  return Math.max(...positions);
}

const NOWHERE: readonly number[] = [];

/**
 * Where the character that begins at `at` ends: unescaped, or with at most this many layers of escapes. There are
 * several ends if escapes can begin with the character.
 */
function endsOf(code: number, source: string, at: number, layers: number): readonly number[] {
  const first = source.charCodeAt(at);
  if (layers === 0 || (first !== PERCENT && first !== BACKSLASH)) {
    return first === code ? [at + 1] : NOWHERE;
  }
  const ends = first === code ? [at + 1] : [];
  for (const digits of endsOf(PERCENT, source, at, layers - 1)) {
    if (hexAt(source, digits, 2) === code) ends.push(digits + 2);
  }
  for (const letter of endsOf(BACKSLASH, source, at, layers - 1)) {
    const isUnicode = source.charCodeAt(letter) === LETTER_U;
    if (isUnicode && hexAt(source, letter + 1, 4) === code) ends.push(letter + 5);
    const short = SHORT_ESCAPES.get(code);
    if (short !== undefined && source.charCodeAt(letter) === short) ends.push(letter + 1);
  }
  return ends;
}

function hexAt(source: string, at: number, digits: number): number {
  const text = source.slice(at, at + digits);
  return text.length === digits && /^[\da-f]+$/i.test(text) ? Number.parseInt(text, 16) : -1;
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

/**
 * Finds the usage object in JSON as its bytes pass, in any cuts, without keeping or parsing the rest.
 *
 * One pass follows strings and nesting, so that what a model wrote (`"usage": {…}` in its text or in the
 * arguments of a tool call) is never taken for what the provider reports: that stands in the outermost
 * object, or below it under known names only. Long strings, such as images, are skipped by the engine's own
 * search. Kept are the first and the last usage object, 8 KB at most each, whatever passes.
 *
 * Inside a string of JSON every quote and backslash is escaped (RFC 8259, section 7), and no byte of a
 * multi-byte character looks like ASCII (RFC 3629): characters and escapes may be cut in two anywhere.
 * @module
 */

/** Keys of the objects that `read-usage.ts` understands. */
const USAGE_KEYS = ["usage", "usageMetadata", "billed_units", "metrics"];

/**
 * Objects that usage may stand in besides the outermost: Responses (`response`), Anthropic's first event
 * (`message`), Groq (`x_groq`), Cohere (`delta`, `meta`), Cloudflare (`result`).
 */
const PARENT_KEYS = ["response", "message", "x_groq", "delta", "meta", "result"];

const MAX_CAPTURE_BYTES = 8 * 1024;
/** Deeper than any provider nests; beyond it a text is not looked at. */
const MAX_DEPTH = 256;
/** Shorter strings end sooner than the engine's search would have begun. */
const SEARCH_FROM_BYTES = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;

/** 1 for the bytes that matter outside of strings. */
const STRUCTURAL = tableOf('",[]{}');
/** 1 for the bytes that lists of numbers are made of. */
const NUMERIC = tableOf("0123456789+-.eE, ");

function tableOf(ascii: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of ascii) table[char.charCodeAt(0)] = 1;
  return table;
}

/** A character that is cut in two comes out as another: what is read of usage is ASCII. */
const decoder = new TextDecoder();

/** A set of keys that are told by a hash, since making a string of each key costs more than all the rest. */
export type KeySet = ReadonlySet<number>;

export function keySet(keys: readonly string[]): KeySet {
  const encoder = new TextEncoder();
  return new Set(keys.map((key) => encoder.encode(key).reduce(addToHash, 0)));
}

function addToHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

const usageKeys = keySet(USAGE_KEYS);
const parentKeys = keySet(PARENT_KEYS);

export class JsonScanner {
  /** JSON of the first usage object seen. */
  firstUsage: string | null = null;
  /** JSON of the last one; null where there was only one. */
  lastUsage: string | null = null;
  /** How many were seen. */
  usages = 0;
  /** Length of the strings under the keys of text that a model wrote. */
  textBytes = 0;
  readonly #textKeys: KeySet;
  /** For each open bracket, outermost first: 1 if it is an object's. */
  readonly #isObject: (0 | 1)[] = [];
  #depth = 0;
  #objectDepth = 0;
  /** How many of the open objects, from the outermost, are ones usage may stand in. */
  #trustedDepth = 0;
  #expectsKey = false;
  #inString = false;
  #isEscaped = false;
  /** Hash of the key that is being read or was read last. */
  #key = 0;

  /** What is read so far of a usage object; null while none is. */
  #capture: string | null = null;
  #captured = 0;
  /** `#depth` at which the object that is captured ends. */
  #captureDepth = 0;

  /** @param textKeys Keys whose strings are text that a model wrote. */
  constructor(textKeys: KeySet) {
    this.#textKeys = textKeys;
  }

  /** Begins a new text; what was found stays. */
  reset(): void {
    this.#depth = 0;
    this.#objectDepth = 0;
    this.#trustedDepth = 0;
    this.#expectsKey = false;
    this.#inString = false;
    this.#isEscaped = false;
    this.#capture = null;
  }

  /** Reads `bytes` from `start` to `end`; they are not kept. */
  push(bytes: Uint8Array, start: number, end: number): void {
    let captureFrom = start;
    let at = start;
    while (at < end) {
      if (this.#inString) {
        at = this.#expectsKey ? this.#readKey(bytes, at, end) : this.#skipText(bytes, at, end);
        continue;
      }
      const byte = bytes[at++] ?? 0;
      if (STRUCTURAL[byte] === 0) continue;
      if (byte === QUOTE) {
        this.#inString = true;
        if (this.#expectsKey) this.#key = 0;
      } else if (byte === COMMA) {
        this.#expectsKey = this.#isObject[this.#depth - 1] === 1;
      } else if (byte === OPEN_BRACE) {
        if (this.#openObject()) captureFrom = at - 1;
      } else if (byte === OPEN_BRACKET) {
        this.#open(0);
        while (at < end && NUMERIC[bytes[at] ?? 0] === 1) at += 1;
      } else {
        this.#close();
        if (this.#capture !== null && this.#depth === this.#captureDepth) {
          this.#keep(bytes, captureFrom, at);
          this.#finishCapture(this.#capture);
        }
      }
    }
    if (this.#capture !== null) this.#keep(bytes, captureFrom, end);
  }

  /** Whether it is a usage object. */
  #openObject(): boolean {
    const isRoot = this.#objectDepth === 0;
    const isTrusted = isRoot || this.#isTrustedValue();
    const begins = this.#capture === null && !isRoot && isTrusted && usageKeys.has(this.#key);
    if (begins) {
      this.#capture = "";
      this.#captured = 0;
      this.#captureDepth = this.#depth;
    }
    if (isRoot || (isTrusted && parentKeys.has(this.#key))) this.#trustedDepth += 1;
    // What is nested too deep to be told apart counts as a list.
    if (this.#depth < MAX_DEPTH) this.#objectDepth += 1;
    this.#open(1);
    this.#expectsKey = true;
    return begins;
  }

  /** Whether the value that begins is a field of an object usage may stand in. */
  #isTrustedValue(): boolean {
    return this.#objectDepth === this.#trustedDepth && this.#isObject[this.#depth - 1] === 1;
  }

  #open(isObject: 0 | 1): void {
    if (this.#depth < MAX_DEPTH) this.#isObject[this.#depth] = isObject;
    this.#depth += 1;
    this.#expectsKey = false;
  }

  #close(): void {
    if (this.#depth === 0) return;
    this.#depth -= 1;
    this.#expectsKey = false;
    if (this.#isObject[this.#depth] === 1) {
      this.#objectDepth -= 1;
      if (this.#objectDepth < this.#trustedDepth) this.#trustedDepth = this.#objectDepth;
    }
  }

  #readKey(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.#key;
    let at = start;
    while (at < end) {
      const byte = bytes[at++] ?? 0;
      if (this.#isEscaped) {
        this.#isEscaped = false;
      } else if (byte === QUOTE) {
        this.#inString = false;
        this.#expectsKey = false;
        break;
      } else if (byte === BACKSLASH) {
        this.#isEscaped = true;
      }
      hash = addToHash(hash, byte);
    }
    this.#key = hash;
    return at;
  }

  #skipText(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#endOfString(bytes, start, end);
    if (this.#textKeys.has(this.#key)) this.textBytes += at - start - (this.#inString ? 0 : 1);
    return at;
  }

  /** The position after the string's closing quote, or `end`. */
  #endOfString(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#isEscaped && at < end) {
      at += 1;
      this.#isEscaped = false;
    }
    let searchFrom = at + SEARCH_FROM_BYTES;
    let quote = -1;
    while (at < end) {
      if (at >= searchFrom) {
        if (quote < at) quote = indexOrEnd(bytes.indexOf(QUOTE, at), end);
        at = indexOrEnd(bytes.subarray(at, quote).indexOf(BACKSLASH) + at, quote, at);
        if (at >= end) break;
        searchFrom = at + SEARCH_FROM_BYTES;
      }
      const byte = bytes[at++];
      if (byte === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (byte === BACKSLASH) {
        if (at >= end) this.#isEscaped = true;
        else at += 1;
      }
    }
    return end;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    this.#captured += end - start;
    if (this.#captured > MAX_CAPTURE_BYTES) return;
    this.#capture = (this.#capture ?? "") + decoder.decode(bytes.subarray(start, end));
  }

  #finishCapture(text: string): void {
    this.#capture = null;
    // Longer than any provider's: not usage.
    if (this.#captured > MAX_CAPTURE_BYTES) return;
    this.usages += 1;
    if (this.firstUsage === null) this.firstUsage = text;
    else this.lastUsage = text;
  }
}

/** What a search found from `from` on, or `end` where that is nothing before it. */
function indexOrEnd(index: number, end: number, from = 0): number {
  return index < from || index > end ? end : index;
}

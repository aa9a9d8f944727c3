/**
 * How JSON texts are contained in a response's bytes. Each framing passes the bytes of JSON to `read`, and calls
 * `endText` between two texts.
 * @module
 */

export interface TextSink {
  read(bytes: Uint8Array, start: number, end: number): void;
  endText(): void;
}

export interface Framing {
  push(bytes: Uint8Array): void;
}

/** One JSON text, or several in a row: bodies, Gemini's growing list, lines of JSON. */
export class PlainFraming implements Framing {
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#sink.read(bytes, 0, bytes.length);
  }
}

/** One JSON text per line, such as the results of a batch. Anything that doesn't begin like that isn't read. */
export class LineFraming implements Framing {
  readonly #sink: TextSink;
  /** Null while only blanks have arrived. */
  #isJson: boolean | null = null;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    if (this.#isJson === null) {
      // Not the bytes of a byte order mark.
      const first = bytes.find((byte) => byte > SPACE && byte < 0x80);
      if (first !== undefined) this.#isJson = first === OPEN_BRACE;
    }
    if (this.#isJson !== true) return;
    let at = 0;
    for (;;) {
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      this.#sink.read(bytes, at, lineFeed < 0 ? bytes.length : lineFeed);
      if (lineFeed < 0) return;
      this.#sink.endText();
      at = lineFeed + 1;
    }
  }
}

const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CARRIAGE_RETURN = 0x0d;
const DATA = [..."data:"].map((char) => char.charCodeAt(0));

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Server-Sent Events: the `data` lines of an event are one text, an empty line ends it. The end of the first line
 * decides how all lines end: by a line feed, with or without a carriage return before it, or by a carriage return
 * alone.
 */
export class EventFraming implements Framing {
  readonly #sink: TextSink;
  /** Matched bytes of `data:` at the line's beginning; -1 in a line that begins otherwise. */
  #matched = 0;
  #isEmptyLine = true;
  /** Null before the first line's end. */
  #lineEnd: number | null = null;
  /** Whether everything so far ends with a carriage return, which a line feed may follow. */
  #isUndecided = false;
  #marks = 0;
  /** Whether a body declared as events is JSON: null while only blanks have arrived. */
  #isJson: boolean | null = null;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    if (this.#isJson === null) {
      const first = bytes.find((byte) => byte > SPACE && byte < 0x80);
      if (first !== undefined) this.#isJson = first === OPEN_BRACE || first === OPEN_BRACKET;
    }
    if (this.#isJson === true) {
      this.#sink.read(bytes, 0, bytes.length);
      return;
    }
    let at = this.#lineEnd === null ? this.#begin(bytes) : 0;
    const lineEnd = this.#lineEnd ?? LINE_FEED;
    while (at < bytes.length) {
      const found = bytes.indexOf(lineEnd, at);
      const end = found < 0 ? bytes.length : found;
      this.#pushLine(bytes, at, end);
      if (found < 0) return;
      this.#endLine();
      at = end + 1;
    }
  }

  #endLine(): void {
    if (this.#isEmptyLine) this.#sink.endText();
    this.#matched = 0;
    this.#isEmptyLine = true;
  }

  /** Looks for the first line's end. Returns where the text begins. */
  #begin(bytes: Uint8Array): number {
    let at = 0;
    while (this.#marks < BYTE_ORDER_MARK.length && bytes[at] === BYTE_ORDER_MARK[this.#marks]) {
      this.#marks += 1;
      at += 1;
    }
    if (at < bytes.length) this.#marks = BYTE_ORDER_MARK.length;
    if (this.#isUndecided && at < bytes.length) {
      this.#isUndecided = false;
      this.#lineEnd = bytes[at] === LINE_FEED ? LINE_FEED : CARRIAGE_RETURN;
      if (this.#lineEnd === CARRIAGE_RETURN) this.#endLine();
      return at;
    }
    const end = bytes.findIndex((byte) => byte === LINE_FEED || byte === CARRIAGE_RETURN);
    if (end < 0) return at;
    if (bytes[end] === LINE_FEED || bytes[end + 1] === LINE_FEED) this.#lineEnd = LINE_FEED;
    else if (end + 1 < bytes.length) this.#lineEnd = CARRIAGE_RETURN;
    else this.#isUndecided = true;
    return at;
  }

  /** A line, or a part of one. */
  #pushLine(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (this.#matched >= 0 && this.#matched < DATA.length && at < end) {
      const byte = bytes[at++];
      if (byte === DATA[this.#matched]) this.#matched += 1;
      else if (byte !== CARRIAGE_RETURN || !this.#isEmptyLine) this.#matched = -1;
      else continue;
      this.#isEmptyLine = false;
    }
    if (this.#matched === DATA.length && at < end) this.#sink.read(bytes, at, end);
  }
}

const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/**
 * Amazon's binary event stream: total length and header length as big-endian 32-bit numbers, their checksum,
 * headers, payload, checksum. Source: the Smithy specification, "Amazon Event Stream".
 */
export class AmazonFraming implements Framing {
  readonly #sink: TextSink;
  readonly #prelude = new DataView(new ArrayBuffer(PRELUDE_BYTES));
  #preludeBytes = 0;
  #headerBytes = 0;
  #payloadBytes = 0;
  #tailBytes = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const left = bytes.length - at;
      if (this.#preludeBytes < PRELUDE_BYTES) {
        this.#prelude.setUint8(this.#preludeBytes, bytes[at] ?? 0);
        this.#preludeBytes += 1;
        at += 1;
        if (this.#preludeBytes === PRELUDE_BYTES) this.#beginMessage();
      } else if (this.#headerBytes > 0) {
        const size = Math.min(left, this.#headerBytes);
        this.#headerBytes -= size;
        at += size;
      } else if (this.#payloadBytes > 0) {
        const size = Math.min(left, this.#payloadBytes);
        this.#sink.read(bytes, at, at + size);
        this.#payloadBytes -= size;
        at += size;
      } else {
        const size = Math.min(left, this.#tailBytes);
        this.#tailBytes -= size;
        at += size;
        if (this.#tailBytes === 0) this.#endMessage();
      }
    }
  }

  #beginMessage(): void {
    this.#headerBytes = this.#prelude.getUint32(4);
    const rest = this.#prelude.getUint32(0) - PRELUDE_BYTES - CHECKSUM_BYTES;
    this.#payloadBytes = Math.max(0, rest - this.#headerBytes);
    this.#tailBytes = CHECKSUM_BYTES;
  }

  #endMessage(): void {
    this.#preludeBytes = 0;
    this.#sink.endText();
  }
}

const BYTES_KEY = [...'"bytes":"'].map((char) => char.charCodeAt(0));
const SPACE = 0x20;
const QUOTE = 0x22;
const BITS_PER_CHAR = 6;
const BITS_PER_BYTE = 8;

/** The six bits of each character of Base64; 255 for others. */
const BASE64 = (() => {
  const table = new Uint8Array(256).fill(255);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const [value, char] of [...alphabet].entries()) table[char.charCodeAt(0)] = value;
  return table;
})();

/**
 * JSON texts as Base64 under `bytes` of other JSON texts: the payloads of Bedrock's `invoke-with-response-stream`. The
 * rest of the outer text, which is padding, is left out. No JSON string can look like the key, because its quotes would
 * be escaped.
 */
export class Base64Sink implements TextSink {
  readonly #sink: TextSink;
  /** Matched characters of the key; all of them within its string. */
  #matched = 0;
  #bits = 0;
  #bitCount = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#matched < BYTES_KEY.length) {
        const byte = bytes[at++] ?? 0;
        if (byte === BYTES_KEY[this.#matched]) this.#matched += 1;
        else if (byte !== SPACE) this.#matched = byte === QUOTE ? 1 : 0;
      } else {
        const quote = bytes.indexOf(QUOTE, at);
        const stop = quote < 0 || quote > end ? end : quote;
        this.#decode(bytes, at, stop);
        if (stop < end) this.#matched = 0;
        at = stop + 1;
      }
    }
  }

  endText(): void {
    this.#matched = 0;
    this.#bits = 0;
    this.#bitCount = 0;
    this.#sink.endText();
  }

  #decode(bytes: Uint8Array, start: number, end: number): void {
    const decoded = new Uint8Array(Math.ceil(((end - start) * BITS_PER_CHAR) / BITS_PER_BYTE) + 1);
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const value = BASE64[bytes[at] ?? 0] ?? 255;
      if (value === 255) continue;
      this.#bits = ((this.#bits << BITS_PER_CHAR) | value) & 0xffff;
      this.#bitCount += BITS_PER_CHAR;
      if (this.#bitCount < BITS_PER_BYTE) continue;
      this.#bitCount -= BITS_PER_BYTE;
      decoded[length] = (this.#bits >> this.#bitCount) & 0xff;
      length += 1;
    }
    if (length > 0) this.#sink.read(decoded, 0, length);
  }
}

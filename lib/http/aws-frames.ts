/**
 * Amazon's binary event stream: total length and header length as big-endian 32-bit numbers, their checksum, headers,
 * payload, checksum. Source: the Smithy specification, "Amazon Event Stream". The client verifies checksums.
 * @module
 */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** For a longer message (an image), the beginning is kept. */
const KEPT_BYTES = 64 * 1024;

export interface AwsFrame {
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: string;
}

/** Reassembles messages from bytes split anywhere. */
export class AwsFrames {
  readonly #prelude = new Uint8Array(PRELUDE_BYTES);
  #preludeBytes = 0;
  #frame: Uint8Array = this.#prelude;
  #filled = 0;
  /** Bytes of the message that are still to come. */
  #left = 0;

  /** The messages that these bytes complete; the caller may keep them. */
  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#preludeBytes < PRELUDE_BYTES) {
        this.#prelude[this.#preludeBytes] = bytes[at] ?? 0;
        this.#preludeBytes += 1;
        at += 1;
        if (this.#preludeBytes === PRELUDE_BYTES) this.#begin();
      } else {
        const size = Math.min(this.#left, bytes.length - at);
        const kept = Math.min(size, this.#frame.length - this.#filled);
        this.#frame.set(bytes.subarray(at, at + kept), this.#filled);
        this.#filled += kept;
        this.#left -= size;
        at += size;
      }
      if (this.#preludeBytes === PRELUDE_BYTES && this.#left === 0) {
        frames.push(this.#frame);
        this.#preludeBytes = 0;
      }
    }
    return frames;
  }

  #begin(): void {
    const length = new DataView(this.#prelude.buffer).getUint32(0);
    this.#left = Math.max(0, length - PRELUDE_BYTES);
    this.#frame = new Uint8Array(PRELUDE_BYTES + Math.min(this.#left, KEPT_BYTES));
    this.#frame.set(this.#prelude);
    this.#filled = PRELUDE_BYTES;
  }
}

/** Bytes of a header's value by its type; strings and byte arrays (6, 7) state theirs. */
const VALUE_BYTES: Readonly<Record<number, number>> = {
  0: 0,
  1: 0,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  8: 8,
  9: 16,
};
const TYPE_BYTES = 6;
const TYPE_STRING = 7;

const decoder = new TextDecoder();

/** A message's string headers and its payload as text. */
export function readFrame(frame: Uint8Array): AwsFrame {
  const headers = new Map<string, string>();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const total = Math.min(view.getUint32(0), frame.length + CHECKSUM_BYTES);
  const headersEnd = Math.min(PRELUDE_BYTES + view.getUint32(4), frame.length);
  let at = PRELUDE_BYTES;
  while (at + 2 <= headersEnd) {
    const nameEnd = at + 1 + view.getUint8(at);
    if (nameEnd + 3 > headersEnd) break;
    const name = decoder.decode(frame.subarray(at + 1, nameEnd));
    const type = view.getUint8(nameEnd);
    const isCounted = type === TYPE_STRING || type === TYPE_BYTES;
    const start = nameEnd + 1 + (isCounted ? 2 : 0);
    const end = start + (isCounted ? view.getUint16(nameEnd + 1) : (VALUE_BYTES[type] ?? 0));
    if (type === TYPE_STRING) headers.set(name, decoder.decode(frame.subarray(start, end)));
    at = end;
  }
  const payloadEnd = Math.min(frame.length, Math.max(headersEnd, total - CHECKSUM_BYTES));
  return { headers, payload: decoder.decode(frame.subarray(headersEnd, payloadEnd)) };
}

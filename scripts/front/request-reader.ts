/**
 * Follows the requests of one connection in its client's bytes, and marks the head of each. What follows a head passes
 * unchanged.
 * @module
 */
import { BadRequest, type RequestHead, readRequestHead } from "./request-head.ts";

/** As much as workerd reads. */
const MAX_HEAD_BYTES = 128 * 1024;
/** Of a chunk's first line, and of each line of a trailer. */
const MAX_LINE_BYTES = 4 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");
const CRLF = "\r\n";

/**
 * - `head`: within a request's head, or between two requests.
 * - `body`: this many bytes of a body, or of a chunk and its line end, are still to come.
 * - `size`, `trailer`: a line of a chunked body is still to come.
 * - `asked`: a WebSocket was requested; the response decides whether requests or frames follow.
 * - `tunnel`: everything passes.
 */
type State = "head" | "body" | "size" | "trailer" | "asked" | "tunnel";

export class RequestReader {
  #state: State = "head";
  /** What can't be passed on yet. */
  #held = new GrowingBuffer();
  #bytesLeft = 0;
  #isChunked = false;
  readonly #mark: (head: RequestHead) => Uint8Array | null;

  /** @param mark returns the field to add to a head, with its line end; null for none */
  constructor(mark: (head: RequestHead) => Uint8Array | null) {
    this.#mark = mark;
  }

  /** Whether a head has begun whose end hasn't arrived. */
  get isWithinHead(): boolean {
    return this.#state === "head" && this.#held.length > 0;
  }

  /** Whether it must know how the server responds to a WebSocket request: see `answered`. */
  get awaitsAnswer(): boolean {
    return this.#state === "asked";
  }

  /**
   * @returns what to pass on of the bytes so far
   * @throws {BadRequest}
   */
  read(chunk: Buffer): Buffer[] {
    const passed: Buffer[] = [];
    let rest: Buffer = chunk;
    while (rest.length > 0) rest = this.#step(rest, passed);
    return passed;
  }

  /** The response to the WebSocket request begins. @returns what to pass on of the held bytes */
  answered(isSwitching: boolean): Buffer[] {
    this.#state = isSwitching ? "tunnel" : "head";
    const held = this.#held.take();
    return held.length === 0 ? [] : this.read(held);
  }

  /** Handles the beginning of the bytes. @returns the rest */
  #step(bytes: Buffer, passed: Buffer[]): Buffer {
    switch (this.#state) {
      case "head":
        return this.#readHead(bytes, passed);
      case "body":
        return this.#passBody(bytes, passed);
      case "size":
      case "trailer":
        return this.#readLine(bytes, passed);
      case "asked":
        this.#hold(bytes, MAX_HEAD_BYTES);
        return Buffer.alloc(0);
      case "tunnel":
        passed.push(bytes);
        return Buffer.alloc(0);
    }
  }

  #readHead(bytes: Buffer, passed: Buffer[]): Buffer {
    // Empty lines between requests are to be ignored: RFC 9112, section 2.2.
    if (this.#held.length === 0) {
      let begin = 0;
      while (bytes[begin] === 0x0d && bytes[begin + 1] === 0x0a) begin += 2;
      if (begin > 0) return bytes.subarray(begin);
    }
    const before = this.#held.length;
    const end = before === 0 ? bytes.indexOf(HEAD_END) : this.#held.endWith(bytes, HEAD_END);
    if (end === -1) {
      if (before === 0) this.#hold(bytes, MAX_HEAD_BYTES);
      if (this.#held.length > MAX_HEAD_BYTES) throw tooLarge();
      return Buffer.alloc(0);
    }
    const all = before === 0 ? bytes : this.#held.take();
    if (end > MAX_HEAD_BYTES) throw tooLarge();
    const head = readRequestHead(all.toString("latin1", 0, end + CRLF.length));
    const mark = this.#mark(head);
    const headEnd = end + HEAD_END.length;
    if (mark === null) pass(passed, all.subarray(0, headEnd));
    else {
      const line = all.subarray(0, head.lineBytes);
      passed.push(Buffer.concat([line, mark, all.subarray(head.lineBytes, headEnd)]));
    }
    this.#isChunked = head.bodyBytes === null;
    this.#bytesLeft = head.bodyBytes ?? 0;
    if (head.isUpgrade) this.#state = "asked";
    else if (this.#isChunked) this.#state = "size";
    else if (this.#bytesLeft > 0) this.#state = "body";
    return all.subarray(headEnd);
  }

  #passBody(bytes: Buffer, passed: Buffer[]): Buffer {
    const own = bytes.length <= this.#bytesLeft ? bytes : bytes.subarray(0, this.#bytesLeft);
    pass(passed, own);
    this.#bytesLeft -= own.length;
    if (this.#bytesLeft === 0) this.#state = this.#isChunked ? "size" : "head";
    return bytes.subarray(own.length);
  }

  #readLine(bytes: Buffer, passed: Buffer[]): Buffer {
    const end = bytes.indexOf(0x0a);
    const own = end === -1 ? bytes : bytes.subarray(0, end + 1);
    this.#hold(own, MAX_LINE_BYTES);
    pass(passed, own);
    if (end === -1) return Buffer.alloc(0);
    const line = this.#held.take().toString("latin1");
    if (this.#state === "trailer") {
      if (line === CRLF) this.#state = "head";
      else if (!/^[\w!#$%&'*+.^`|~-]+:[^\r\n]*\r\n$/.test(line)) throw badChunk();
    } else {
      const [, size] = /^([\da-f]{1,12})[ \t]*(?:;[^\r\n]*)?\r\n$/i.exec(line) ?? [];
      if (size === undefined) throw badChunk();
      const bytesOfChunk = Number.parseInt(size, 16);
      this.#state = bytesOfChunk === 0 ? "trailer" : "body";
      this.#bytesLeft = bytesOfChunk === 0 ? 0 : bytesOfChunk + CRLF.length;
    }
    return bytes.subarray(own.length);
  }

  #hold(bytes: Buffer, maxBytes: number): void {
    this.#held.append(bytes);
    if (this.#held.length > maxBytes) throw tooLarge();
  }
}

/** Joins what follows the previous piece within one chunk. */
function pass(passed: Buffer[], piece: Buffer): void {
  const before = passed.at(-1);
  if (
    before !== undefined &&
    before.buffer === piece.buffer &&
    before.byteOffset + before.length === piece.byteOffset
  ) {
    const length = before.length + piece.length;
    passed[passed.length - 1] = Buffer.from(before.buffer, before.byteOffset, length);
  } else passed.push(piece);
}

function tooLarge(): BadRequest {
  return new BadRequest("431 Request Header Fields Too Large", "head");
}

function badChunk(): BadRequest {
  return new BadRequest("400 Bad Request", "chunk");
}

/** Bytes that arrive in pieces: each is copied a bounded number of times, however small the pieces are. */
class GrowingBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(1_024, 2 * length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** Appends, and finds a mark that ends within the new bytes or after. @returns its position, or -1 */
  endWith(bytes: Buffer, mark: Buffer): number {
    const from = Math.max(0, this.#length - mark.length + 1);
    this.append(bytes);
    return this.#bytes.subarray(0, this.#length).indexOf(mark, from);
  }

  /** Everything so far; afterwards it is empty. */
  take(): Buffer {
    const all = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return all;
  }
}

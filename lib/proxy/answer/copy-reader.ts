/**
 * Reads what a stream has available now, without waiting for more.
 * @module
 */
import type { ByteStream, Bytes } from "../../http/byte-stream";

/** Most streams are idle most of the time: the buffer that waits with them is small until much comes. */
const FIRST_BUFFER_BYTES = 4 * 1024;
const LARGEST_BUFFER_BYTES = 64 * 1024;

export interface CopyReader {
  /**
   * What is there, or else the next that comes; null at the stream's end. Overwritten by the next read.
   * A read that still waits is returned again.
   * @throws what the stream broke off with.
   */
  read(): Promise<Bytes | null>;
  /** Whether the last read filled its buffer: more may be there. */
  readonly isMoreThere: boolean;
  cancel(): void;
  /** The stream with what was not read. No read may be waiting. */
  release(): ByteStream;
}

export function copyReader(stream: ByteStream): CopyReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    // Node's streams that are made of chunks and not of bytes.
    return new ChunkReader(stream);
  }
  return new BufferReader(stream, reader);
}

abstract class WaitingReader implements CopyReader {
  abstract readonly isMoreThere: boolean;
  readonly #stream: ByteStream;
  #waiting: Promise<Bytes | null> | null = null;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  read(): Promise<Bytes | null> {
    this.#waiting ??= this.#readOnce();
    return this.#waiting;
  }

  cancel(): void {
    void this.reader.cancel().catch(() => {});
  }

  release(): ByteStream {
    this.reader.releaseLock();
    return this.#stream;
  }

  protected abstract readonly reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Bytes>;
  protected abstract next(): Promise<Bytes | null>;

  async #readOnce(): Promise<Bytes | null> {
    try {
      return await this.next();
    } finally {
      this.#waiting = null;
    }
  }
}

class BufferReader extends WaitingReader {
  protected readonly reader: ReadableStreamBYOBReader;
  #buffer: Bytes = new Uint8Array(FIRST_BUFFER_BYTES);
  isMoreThere = false;

  constructor(stream: ByteStream, reader: ReadableStreamBYOBReader) {
    super(stream);
    this.reader = reader;
  }

  protected async next(): Promise<Bytes | null> {
    const { done, value } = await this.reader.read(this.#buffer);
    if (done || value === undefined) {
      this.isMoreThere = false;
      return null;
    }
    const { buffer } = value;
    this.isMoreThere = value.length === buffer.byteLength;
    this.#buffer =
      this.isMoreThere && buffer.byteLength < LARGEST_BUFFER_BYTES
        ? new Uint8Array(buffer.byteLength * 4)
        : new Uint8Array(buffer);
    return value;
  }
}

class ChunkReader extends WaitingReader {
  protected readonly reader: ReadableStreamDefaultReader<Bytes>;
  readonly isMoreThere = false;

  constructor(stream: ByteStream) {
    super(stream);
    this.reader = stream.getReader();
  }

  protected async next(): Promise<Bytes | null> {
    return (await this.reader.read()).value ?? null;
  }
}

/**
 * Reads what a stream has available now, without waiting for more.
 * @module
 */
import type { ByteStream, Bytes } from "../../http/byte-stream";

/** Most streams are idle most of the time: the waiting buffer is small until much arrives. */
const FIRST_BUFFER_BYTES = 4 * 1024;
const LARGEST_BUFFER_BYTES = 64 * 1024;

export interface CopyReader {
  /**
   * What is available, or otherwise what arrives next; null at the stream's end. Overwritten by the next read. While a
   * read is waiting, the same promise is returned again.
   * @throws the error with which the stream broke off.
   */
  read(): Promise<Bytes | null>;
  /** Whether the last read filled its buffer: more may be available. */
  readonly isMoreThere: boolean;
  cancel(): void;
  /** Returns the stream with what wasn't read. No read may be waiting. */
  release(): ByteStream;
}

export function copyReader(stream: ByteStream): CopyReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    // Node's streams that consist of chunks, not bytes.
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

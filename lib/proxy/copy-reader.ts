/**
 * Reads whatever a stream holds just now, at once.
 * @module
 */
import type { ByteStream, Bytes } from "./stream-head";

/** Most streams are idle most of the time: the buffer that waits with them is small until much comes. */
const FIRST_BUFFER_BYTES = 4 * 1024;
const LARGEST_BUFFER_BYTES = 64 * 1024;

export interface CopyReader {
  /**
   * What is there, or else the next that comes; null at the stream's end. Overwritten by the next read.
   * @throws what the stream broke off with.
   */
  read(): Promise<Bytes | null>;
  /** Whether the last read filled its buffer: more may be there. */
  readonly isMoreThere: boolean;
  cancel(): void;
}

export function copyReader(stream: ByteStream): CopyReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    // Node's streams that are made of chunks and not of bytes.
    return new ChunkReader(stream);
  }
  return new BufferReader(reader);
}

class BufferReader implements CopyReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer: Bytes = new Uint8Array(FIRST_BUFFER_BYTES);
  isMoreThere = false;

  constructor(reader: ReadableStreamBYOBReader) {
    this.#reader = reader;
  }

  async read(): Promise<Bytes | null> {
    const { done, value } = await this.#reader.read(this.#buffer);
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

  cancel(): void {
    void this.#reader.cancel().catch(() => {});
  }
}

class ChunkReader implements CopyReader {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  readonly isMoreThere = false;

  constructor(stream: ByteStream) {
    this.#reader = stream.getReader();
  }

  async read(): Promise<Bytes | null> {
    return (await this.#reader.read()).value ?? null;
  }

  cancel(): void {
    void this.#reader.cancel().catch(() => {});
  }
}

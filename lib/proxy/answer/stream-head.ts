/**
 * Reads the beginning of a stream and still passes on the whole stream.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import type { AnswerStart } from "../../providers/answers/answer-start";
import type { CopyReader } from "./copy-reader";

/** A body that wasn't examined, or no body. */
export function unread(body: ByteStream | null): StreamHead {
  return { head: NOTHING, rest: body };
}

export const NOTHING: Bytes = new Uint8Array(0);

export interface StreamHead {
  /** What was read. */
  readonly head: Bytes;
  /** The unread remainder; null if the stream ended within `head`. With a `copy`, the whole body. */
  readonly rest: ByteStream | null;
  /** If `head` was read from a copy of the body: the copy, with what it still delivers. */
  readonly copy?: BodyCopy;
}

export interface BodyCopy {
  readonly reader: CopyReader;
  /** What was found at the start; null once output that a client can use was seen. */
  readonly start: AnswerStart | null;
}

/** Discards a body that won't be delivered. */
export function discardBody({ rest, copy }: StreamHead): void {
  void rest?.cancel().catch(() => {});
  copy?.reader.cancel();
}

/** Reads until the stream ends or `head` contains at least `enoughBytes`. */
export async function readHead(stream: ByteStream, enoughBytes: number): Promise<StreamHead> {
  const reader = stream.getReader();
  const chunks: Bytes[] = [];
  let length = 0;
  while (length < enoughBytes) {
    const { done, value } = await reader.read();
    if (done) return { head: concat(chunks, length), rest: null };
    chunks.push(value);
    length += value.length;
  }
  reader.releaseLock();
  return { head: concat(chunks, length), rest: stream };
}

/** An extension of workerd's byte readers: a read that ends when a number of bytes has arrived, or no more come. */
interface FillingReader extends ReadableStreamBYOBReader {
  readAtLeast?(bytes: number, buffer: Bytes): Promise<{ done: boolean; value?: Bytes }>;
}

/** The same in a single read, if the platform supports it: each smaller read costs JavaScript. */
export async function fillHead(stream: ByteStream, bytes: number): Promise<StreamHead> {
  const reader = byteReader(stream);
  if (reader?.readAtLeast === undefined) {
    reader?.releaseLock();
    return readHead(stream, bytes);
  }
  const { done, value = NOTHING } = await reader.readAtLeast(bytes, new Uint8Array(bytes));
  reader.releaseLock();
  return { head: value, rest: done || value.length < bytes ? null : stream };
}

/** Null if the stream consists of chunks, not bytes. */
function byteReader(stream: ByteStream): FillingReader | null {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

/**
 * The stream as it was before it was examined. Back-pressure is kept, and a reader that cancels cancels the source.
 * @param length Total bytes if known: workerd then sends `content-length` instead of chunks.
 */
export function rejoin({ head, rest, copy }: StreamHead, length: number | null = null): ByteStream {
  if (copy !== undefined && rest !== null) {
    copy.reader.cancel();
    return rest;
  }
  const { readable, writable } = byteChannel(length);
  void pump(head, rest, writable);
  return readable;
}

async function pump(head: Bytes, rest: ByteStream | null, writable: WritableStream<Bytes>) {
  const writer = writable.getWriter();
  try {
    if (head.length > 0) await writer.write(head);
    if (rest === null) await writer.close();
  } catch (error) {
    // The reader left: only the source is left to notify.
    await rest?.cancel(error).catch(() => {});
    return;
  }
  writer.releaseLock();
  // `pipeTo` itself passes a failure on either side to the other.
  await rest?.pipeTo(writable).catch(() => {});
}

interface ByteChannel {
  readonly readable: ByteStream;
  readonly writable: WritableStream<Bytes>;
}

/** Constructors that only workerd has; through them the rest is pumped natively, without JavaScript per chunk. */
const native = globalThis as {
  FixedLengthStream?: new (length: number) => ByteChannel;
  IdentityTransformStream?: new () => ByteChannel;
};

/** @param length Total bytes if known: workerd then sends `content-length` instead of chunks. */
export function byteChannel(length: number | null): ByteChannel {
  if (length !== null && native.FixedLengthStream) return new native.FixedLengthStream(length);
  if (native.IdentityTransformStream) return new native.IdentityTransformStream();
  return new TransformStream<Bytes, Bytes>();
}

export function concat(chunks: readonly Bytes[], length: number): Bytes {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const all = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

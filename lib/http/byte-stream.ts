/**
 * Bytes that come one piece after the other, as the platform's streams and as iterables.
 * @module
 */
/** Of a buffer of its own, which may be handed over. */
export type Bytes = Uint8Array<ArrayBuffer>;
export type ByteStream = ReadableStream<Bytes>;

/** Asks for the next piece when the stream wants one, and for no more once its reader has left. */
export function streamOf(pieces: AsyncIterator<Uint8Array>): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}

/** What a stream brings. One whose reader stops half-way is cancelled. */
export async function* piecesOf<Piece>(stream: ReadableStream<Piece>): AsyncGenerator<Piece> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/**
 * Bytes that arrive piece by piece, as the platform's streams and as iterables.
 * @module
 */
/** In a buffer of its own, which may be transferred. */
export type Bytes = Uint8Array<ArrayBuffer>;
export type ByteStream = ReadableStream<Bytes>;

/** Requests the next piece when the stream wants one, and none once its reader has left. */
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

/** The pieces of a stream. A stream whose reader stops half-way is canceled. */
export async function* piecesOf<Piece>(stream: ReadableStream<Piece>): AsyncGenerator<Piece> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/**
 * Responses packed in a way that was not requested: only gzip and br are, which the runtime decompresses, but some
 * servers send deflate or zstd to every client.
 * @module
 */
import { type ByteStream, type Bytes, piecesOf, streamOf } from "../../http/byte-stream";
import { fillHead, type StreamHead } from "../answer/stream-head";
import { isZlib } from "../request/unpack-body";

/** The first bytes of a deflate body, which show its format. */
const FORMAT_BYTES = 2;

/** @returns The response with its body decompressed, or the response itself if it isn't packed in these ways. */
export async function unpackAnswer(response: Response): Promise<Response> {
  const { body, status, statusText } = response;
  const encoding = response.headers.get("content-encoding")?.trim().toLowerCase();
  // No `Response` can be created with any other status.
  if (body === null || status > 599 || (encoding !== "deflate" && encoding !== "zstd")) {
    return response;
  }
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "etag"]) headers.delete(name);
  return new Response(await unpacked(body, encoding), { status, statusText, headers });
}

async function unpacked(body: ByteStream, encoding: "deflate" | "zstd"): Promise<ByteStream> {
  const [{ createInflate, createInflateRaw, createZstdDecompress }, { pipeline, Readable }, start] =
    await Promise.all([import("node:zlib"), import("node:stream"), fillHead(body, FORMAT_BYTES)]);
  const createUnpacker =
    encoding === "zstd"
      ? createZstdDecompress
      : isZlib(start.head)
        ? createInflate
        : createInflateRaw;
  // Its errors are those of its last stream, whose reader gets them.
  const plain = pipeline(Readable.from(wholeOf(start)), createUnpacker(), () => {});
  return streamOf(plain[Symbol.asyncIterator]());
}

async function* wholeOf({ head, rest }: StreamHead): AsyncGenerator<Bytes> {
  yield head;
  if (rest !== null) yield* piecesOf(rest);
}

/**
 * Responses packed in a way that was not requested: only gzip and br are, which the runtime decompresses, but some
 * servers send deflate or zstd to every client, and some name a coding that the runtime doesn't know: `none` of those
 * that keep proxies from packing a stream, `x-gzip`, `GZIP`.
 * @module
 */
import { type ByteStream, type Bytes, piecesOf, streamOf } from "../../http/byte-stream";
import { fillHead, type StreamHead } from "../answer/stream-head";
import { isZlib, ZSTD_WINDOW_LOG } from "../request/unpack-body";

/** The first bytes of a body, which show its format. */
const FORMAT_BYTES = 4;

const PARTIAL_CONTENT = 206;

/** @returns The response with its body decompressed, or the response itself if it isn't packed in these ways. */
export async function unpackAnswer(response: Response): Promise<Response> {
  const { body, status, statusText } = response;
  const encoding = response.headers.get("content-encoding")?.trim().toLowerCase();
  if (encoding === undefined || !UNPACKED.test(encoding)) return response;
  // No `Response` can be created with a higher status. A part of a packed body can't be unpacked.
  if (body === null || status > 599 || status === PARTIAL_CONTENT) return response;
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "etag"]) headers.delete(name);
  return new Response(await unpacked(body, encoding), { status, statusText, headers });
}

const UNPACKED = /^(?:deflate|zstd|(?:x-)?gzip|none|utf-?8|)$/;

async function unpacked(body: ByteStream, encoding: string): Promise<ByteStream> {
  const [zlib, { pipeline, Readable }, start] = await Promise.all([
    import("node:zlib"),
    import("node:stream"),
    fillHead(body, FORMAT_BYTES),
  ]);
  const format = formatOf(start.head, encoding);
  if (format === "plain") return streamOf(wholeOf(start));
  const { ZSTD_d_windowLogMax } = zlib.constants;
  const params = { [ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG };
  const create = {
    inflate: () => zlib.createInflate(),
    raw: () => zlib.createInflateRaw(),
    gzip: () => zlib.createGunzip(),
    zstd: () => zlib.createZstdDecompress({ params }),
  }[format];
  const packed = new PackedPieces(wholeOf(start));
  async function* plain(): AsyncGenerator<Uint8Array> {
    try {
      do {
        const unpacker = create();
        // Its errors are those of its last stream, whose reader gets them.
        const feed = packed.next(() => unpacker.bytesWritten);
        yield* pipeline(Readable.from(feed), unpacker, () => {});
        packed.drop(unpacker.bytesWritten);
        // A body may have several frames of zstd. What follows a deflate stream has no meaning.
      } while (format === "zstd" && (await packed.hasMore()));
    } finally {
      await packed.leave();
    }
  }
  return streamOf(plain());
}

/** Packed bytes for one unpacker after another, each of which may get some that belong to the next. */
class PackedPieces {
  readonly #pieces: AsyncGenerator<Bytes>;
  /** What the present unpacker may not have used yet: its own buffers, and what a previous one left over. */
  #given: Bytes[] = [];
  /** Bytes of the present unpacker that are no longer here. */
  #dropped = 0;

  constructor(pieces: AsyncGenerator<Bytes>) {
    this.#pieces = pieces;
  }

  /**
   * Its reader may leave early, which doesn't end the source.
   * @param used The bytes that the unpacker has used so far.
   */
  async *next(used: () => number): AsyncGenerator<Bytes> {
    this.#dropped = 0;
    yield* [...this.#given];
    for (let { done, value } = await this.#pieces.next(); !done; ) {
      this.drop(used());
      this.#given.push(value);
      yield value;
      ({ done, value } = await this.#pieces.next());
    }
  }

  /** @param used Of all bytes that the present unpacker got. */
  drop(used: number): void {
    for (let [first] = this.#given; first !== undefined; [first] = this.#given) {
      const rest = first.subarray(Math.min(used - this.#dropped, first.length));
      this.#dropped += first.length - rest.length;
      if (rest.length > 0) {
        this.#given[0] = rest;
        return;
      }
      this.#given.shift();
    }
  }

  async hasMore(): Promise<boolean> {
    if (this.#given.length > 0) return true;
    const { done, value } = await this.#pieces.next();
    if (!done) this.#given.push(value);
    return !done;
  }

  async leave(): Promise<void> {
    await this.#pieces.return(undefined);
  }
}

/** How JSON, events and pages begin. No packed body does: its second byte would be another. */
const BEGINS_PLAIN = /^(?:\{["\s}]|\[["\s[{\]]|data|even|: |:\n|<[!a-z?]|\s\s)/i;
/** RFC 8878: of a frame, and of one to be skipped. */
const ZSTD_FRAME = 0xfd2fb528;
const SKIPPED_FRAME = 0x184d2a50;

/** By its first bytes: servers in between unpack a body and leave its label, or pack nothing. */
function formatOf(head: Bytes, encoding: string): "plain" | "inflate" | "raw" | "gzip" | "zstd" {
  const begin = String.fromCharCode(...head.subarray(0, FORMAT_BYTES));
  if (begin === "" || BEGINS_PLAIN.test(begin)) return "plain";
  if (encoding === "zstd") return isZstd(head) ? "zstd" : "plain";
  if (encoding === "deflate") return isZlib(head) ? "inflate" : "raw";
  return encoding.endsWith("gzip") && head[0] === 0x1f && head[1] === 0x8b ? "gzip" : "plain";
}

function isZstd([first = 0, second = 0, third = 0, fourth = 0]: Bytes): boolean {
  const magic = ((fourth << 24) | (third << 16) | (second << 8) | first) >>> 0;
  return magic === ZSTD_FRAME || magic - (magic % 16) === SKIPPED_FRAME;
}

async function* wholeOf({ head, rest }: StreamHead): AsyncGenerator<Bytes> {
  if (head.length > 0) yield head;
  if (rest !== null) yield* piecesOf(rest);
}

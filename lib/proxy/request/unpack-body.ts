/**
 * Compressed request bodies (RFC 9110 section 8.4): Codex uses zstd, others gzip. They are decompressed to be read, and
 * sent on decompressed, without `content-encoding`.
 * @module
 */

import type { Bytes } from "../../http/byte-stream";
import type { HeaderFields } from "../../http/read-headers";
import { ProxyError } from "../proxy-error";

/**
 * The memory that a zstd body may demand by its first bytes is 2 to the power of this: 8 MB, as RFC 9659 has it for
 * HTTP. The library's own maximum would be all that a Worker has.
 */
export const ZSTD_WINDOW_LOG = 23;

export type Packing = "gzip" | "deflate" | "br" | "zstd";

const PACKINGS: ReadonlyMap<string, Packing> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);

/** How a body is compressed; null if it isn't. @throws {ProxyError} `unsupported_content_encoding`. */
export function packingOf(headers: HeaderFields): Packing | null {
  const encoding = headers.get("content-encoding");
  if (encoding === null) return null;
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return null;
  const packing = PACKINGS.get(name);
  if (packing !== undefined) return packing;
  throw unreadable(
    `Request bodies packed with ${JSON.stringify(encoding.slice(0, 64))} cannot be read here: send gzip, deflate, br, zstd, or plain.`,
  );
}

/**
 * @param maxBytes Maximum decompressed size; decompression stops beyond it.
 * @throws {ProxyError} `body_too_large`, `unsupported_content_encoding`.
 */
export async function unpack(packed: Bytes, packing: Packing, maxBytes: number): Promise<Bytes> {
  // Loaded on demand: most requests aren't compressed.
  const zlib = await import("node:zlib");
  const options = { maxOutputLength: maxBytes };
  const unpackers: Readonly<Record<Packing, () => Uint8Array<ArrayBufferLike>>> = {
    gzip: () => zlib.gunzipSync(packed, options),
    // Some servers and clients mean the raw format by this name.
    deflate: () => (isZlib(packed) ? zlib.inflateSync : zlib.inflateRawSync)(packed, options),
    br: () => zlib.brotliDecompressSync(packed, options),
    zstd: () => {
      const params = { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG };
      return zlib.zstdDecompressSync(packed, { ...options, params });
    },
  };
  try {
    const unpacked = unpackers[packing]();
    // zlib's buffers are never in shared memory.
    return new Uint8Array(unpacked.buffer as ArrayBuffer, unpacked.byteOffset, unpacked.byteLength);
  } catch (error) {
    // Node reports ERR_BUFFER_TOO_LARGE, workerd "Memory limit exceeded"; both as this class.
    if (error instanceof RangeError) {
      const megabytes = Math.floor(maxBytes / 1024 / 1024);
      throw new ProxyError(
        "body_too_large",
        `The request body is larger than ${megabytes} MiB once it is unpacked.`,
      );
    }
    throw unreadable(`The request body is not the ${packing} that its content-encoding says.`);
  }
}

/** The two-byte header of RFC 1950: method 8, and a multiple of 31. */
export function isZlib([first = 0, second = 0]: Bytes): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

function unreadable(message: string): ProxyError {
  return new ProxyError("unsupported_content_encoding", message);
}

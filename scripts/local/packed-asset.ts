import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type Coding, describePacked, isPackable, varyByCoding } from "./content-coding.ts";
import { packedResponse } from "./packed-response.ts";

/** Far above any file of the portal. */
const MAX_BYTES = 8 * 1024 * 1024;
/** All files of the portal, compressed in both ways, take less than half of it. */
const CACHE_MAX_BYTES = 16 * 1024 * 1024;
/** The largest file takes about 10 ms, once. */
const BROTLI_QUALITY = 5;

type Bytes = Uint8Array<ArrayBuffer>;

/** Files by coding, path and version. The first are the oldest. */
const cache = new Map<string, Bytes>();
let cachedBytes = 0;

/**
 * A file, compressed when it is first requested.
 * @param asset the response to `request`, a GET or HEAD
 * @param read gets the file itself, for a HEAD
 */
export async function packedAsset(
  request: Request,
  asset: Response,
  coding: Coding | null,
  read: () => Promise<Response>,
): Promise<Response> {
  if (asset.status !== 304 && !isPackable(asset)) return asset;
  const etag = asset.headers.get("etag");
  const isHead = request.method === "HEAD";
  const isTooLarge = Number(asset.headers.get("content-length") ?? 0) > MAX_BYTES;
  if (asset.status !== 200 || coding === null || etag === null || isTooLarge) {
    const plain = new Response(asset.body, asset);
    varyByCoding(plain.headers);
    return plain;
  }
  const id = `${coding} ${new URL(request.url).pathname} ${etag}`;
  let packed = cache.get(id);
  if (packed === undefined) {
    packed = pack(await (await (isHead ? read() : asset)).arrayBuffer(), coding);
    keep(id, packed);
  } else {
    await asset.body?.cancel();
  }
  const answer = packedResponse(isHead ? null : packed, asset);
  varyByCoding(answer.headers);
  describePacked(answer.headers, coding, packed.byteLength);
  return answer;
}

function pack(bytes: ArrayBuffer, coding: Coding): Bytes {
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  return new Uint8Array(coding === "br" ? brotliCompressSync(bytes, { params }) : gzipSync(bytes));
}

function keep(id: string, packed: Bytes): void {
  cache.set(id, packed);
  cachedBytes += packed.byteLength;
  for (const [oldest, bytes] of cache) {
    if (cachedBytes <= CACHE_MAX_BYTES) break;
    cache.delete(oldest);
    cachedBytes -= bytes.byteLength;
  }
}

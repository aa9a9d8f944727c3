/**
 * Responses compressed with content codings, split as by the network, and decompressed as the platform does: whatever
 * has arrived is decompressed as far as possible.
 * @module
 */

import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
} from "node:zlib";
import type { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { pick } from "./protocol-streams.ts";

export interface Packing {
  /** The `content-encoding`; null for none. */
  readonly encoding: "gzip" | "br" | null;
  pack(bytes: Buffer): Buffer;
  /** Decompresses the beginning of compressed bytes. */
  unpackBeginning(packed: Buffer): Buffer;
}

const NOTHING = Buffer.alloc(0);

/** What Workers decompress; zstd and deflate aren't requested. */
export const PACKINGS: readonly [plain: Packing, ...packed: Packing[]] = [
  { encoding: null, pack: (bytes) => bytes, unpackBeginning: (bytes) => bytes },
  {
    encoding: "gzip",
    // The fastest: the size doesn't matter here.
    pack: (bytes) => gzipSync(bytes, { level: constants.Z_BEST_SPEED }),
    unpackBeginning: (packed) =>
      // Its header alone isn't a beginning yet.
      packed.length <= 10 ? NOTHING : gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }),
  },
  {
    encoding: "br",
    pack: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    unpackBeginning: (packed) =>
      brotliDecompressSync(packed, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  },
];

const [PLAIN, ...PACKED] = PACKINGS;

/** Mostly uncompressed: decompression takes longer than everything that is done with the response. */
export function pickPacking(random: SeededRandom, packedShare: number): Packing {
  return random.chance(packedShare) ? pick(random, PACKED) : PLAIN;
}

/** The most pieces of compressed bytes: each is decompressed together with all before it. */
const MOST_PIECES = 12;

/**
 * The pieces that a reader gets of a response which is compressed on its way.
 * @param cut How the network splits the transferred bytes.
 */
export function piecesOf(
  bytes: Buffer,
  packing: Packing,
  cut: (bytes: Buffer) => readonly Buffer[],
): readonly Buffer[] {
  if (packing.encoding === null) return cut(bytes);
  const packed = packing.pack(bytes);
  const lengths = fewer(cut(packed).map(({ length }) => length));
  const pieces: Buffer[] = [];
  let seen = 0;
  let upTo = 0;
  for (const length of lengths) {
    upTo += length;
    const unpacked = packing.unpackBeginning(packed.subarray(0, upTo));
    if (unpacked.length > seen) pieces.push(unpacked.subarray(seen));
    seen = unpacked.length;
  }
  return pieces;
}

/** The same total in fewer numbers: neighbors are combined. */
function fewer(lengths: readonly number[]): readonly number[] {
  const together = Math.ceil(lengths.length / MOST_PIECES);
  const sums: number[] = [];
  for (let from = 0; from < lengths.length; from += together) {
    sums.push(lengths.slice(from, from + together).reduce((sum, length) => sum + length, 0));
  }
  return sums;
}

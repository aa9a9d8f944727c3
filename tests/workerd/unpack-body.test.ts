/** workerd decompresses what Node decompresses, and stops at the bound as Node does. */
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { expect, test } from "vitest";
import { unpack } from "../../lib/proxy/request/unpack-body.ts";

const PACKERS = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
] as const;

test.each(PACKERS)("%s", async (packing, pack) => {
  const text = JSON.stringify({ model: "gpt-4o", messages: ["a".repeat(100_000)] });
  const packed = new Uint8Array(pack(text));
  expect(new TextDecoder().decode(await unpack(packed, packing, 200_000))).toBe(text);
  await expect(unpack(packed, packing, 50_000)).rejects.toMatchObject({ code: "body_too_large" });
  const broken = packed.slice(0, packed.length - 9);
  await expect(unpack(broken, packing, 200_000)).rejects.toMatchObject({
    code: "unsupported_content_encoding",
  });
});

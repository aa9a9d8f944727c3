/** What is uploaded stays below the free plan's limit, and a proxy's isolate compiles little. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { root } from "../../scripts/root.ts";

/** Cloudflare's page on limits: 3 MB after compression, on the free plan. */
const UPLOAD_MAX_BYTES = 3_000_000;
/** Compiled in every isolate that proxies. */
const PROXY_MAX_BYTES = 1_000_000;

const folder = join(root, "dist/worker");
const modules = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith(".js"))
    .map((name) => [name, readFileSync(join(folder, name))]),
);

test("there are two module graphs, the proxy's and the portal's", () => {
  expect(Object.keys(modules).toSorted()).toEqual(["portal.js", "worker.js"]);
});

test(`packed, they are at most ${UPLOAD_MAX_BYTES} bytes together`, () => {
  const packed = Object.values(modules).map((code) => gzipSync(code).length);
  expect(packed.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(UPLOAD_MAX_BYTES);
});

test("the proxy's graph carries neither Next nor what checks the portal's input", () => {
  const code = modules["worker.js"] ?? Buffer.alloc(0);
  expect(code.length).toBeLessThanOrEqual(PROXY_MAX_BYTES);
  for (const stranger of ["__NEXT_", "react.element", "ZodError", "$ZodType"]) {
    expect(code.includes(stranger), stranger).toBe(false);
  }
});

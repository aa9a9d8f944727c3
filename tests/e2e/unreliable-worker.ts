/**
 * The production build on a D1 whose connection can be cut while it serves.
 * @module
 */
import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../../scripts/root.ts";
import type { D1Mode } from "../workerd/unreliable-d1.ts";
import { D1_MODE_PATH } from "./d1-mode-path.ts";

/** A folder to be served in place of `dist/worker`, for the caller to remove. */
export async function unreliableWorkerDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "one-balance-unreliable-"));
  await copyFile(join(root, "dist/worker/worker.js"), join(dir, "product.js"));
  await build({
    entryPoints: [fileURLToPath(new URL("unreliable-worker-entry.ts", import.meta.url))],
    outfile: join(dir, "worker.js"),
    bundle: true,
    format: "esm",
    external: ["./product.js"],
    logLevel: "warning",
  });
  return dir;
}

/** @param url Of a server on `unreliableWorkerDir`. */
export async function setD1Mode(url: string, mode: D1Mode): Promise<void> {
  const response = await fetch(`${url}${D1_MODE_PATH}`, { method: "POST", body: mode });
  if (!response.ok) throw new Error(`the mode was not set: ${response.status}`);
}

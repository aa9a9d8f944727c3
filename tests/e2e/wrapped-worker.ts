/**
 * The production build behind a test's own entry.
 * @module
 */
import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../../scripts/root.ts";

/**
 * A folder to be served in place of `dist/worker`, without the portal's object; for the caller to remove.
 * @param entry File beside this one, or its whole path; it finds the built Worker as `./product.js`.
 */
export async function wrappedWorkerDir(entry: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "one-balance-wrapped-"));
  await copyFile(join(root, "dist/worker/worker.js"), join(dir, "product.js"));
  await copyFile(join(root, "dist/worker/portal.js"), join(dir, "portal.js"));
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile: join(dir, "worker.js"),
    bundle: true,
    format: "esm",
    external: ["./product.js"],
    logLevel: "warning",
  });
  return dir;
}

/**
 * The folder that is deployed to Cloudflare Pages, in its advanced mode: the static files, the Worker as `_worker.js/`,
 * and `_routes.json`, so that static files aren't billed as Worker requests.
 * https://developers.cloudflare.com/pages/functions/advanced-mode/
 * @module
 */
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.ts";
import {
  type BaseConfig,
  type DeploymentConfig,
  pagesConfig,
  writeConfig,
} from "./worker-config.ts";

/** The static files and the Worker, below the folder with `wrangler.toml`. */
export const SITE_DIR = "site";

/** Pages allows 100 rules, and there are few files besides `_next`. */
const EXCLUDE_MAX = 99;

/** Writes `folder` again from the last build. */
export async function writePagesFolder(
  folder: string,
  base: BaseConfig,
  deployment: DeploymentConfig,
): Promise<void> {
  const site = join(folder, SITE_DIR);
  await rm(folder, { recursive: true, force: true });
  await cp(join(root, base.assets.directory), site, { recursive: true });
  await copyWorker(join(root, "dist/worker"), join(site, "_worker.js"));
  await writeFile(join(site, "_routes.json"), JSON.stringify(await routes(site), null, 2));
  await writeConfig(join(folder, "wrangler.toml"), pagesConfig(base, deployment, SITE_DIR));
}

async function copyWorker(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    if (/\.(?:map|md)$/.test(name)) continue;
    await cp(join(from, name), join(to, name === "worker.js" ? "index.js" : name));
  }
}

async function routes(site: string) {
  const entries = await readdir(site, { withFileTypes: true });
  const exclude = entries
    .filter(({ name }) => !name.startsWith("_") || name === "_next")
    .map((entry) => (entry.isDirectory() ? `/${entry.name}/*` : `/${entry.name}`))
    // Only `_next/static` contains nothing but files.
    .map((path) => (path === "/_next/*" ? "/_next/static/*" : path))
    .slice(0, EXCLUDE_MAX);
  return { version: 1, include: ["/*"], exclude };
}

/**
 * The production build: Next through OpenNext into `.open-next/`, then two module graphs into `dist/worker/`, by the
 * bundler of `wrangler deploy`, minified: `worker.js`, the proxy, and `portal.js`, everything that Next serves.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import packageJson from "../package.json" with { type: "json" };
import { writeMachineDocs } from "./build/machine-docs.ts";
import { root } from "./root.ts";
import { runCommand, step } from "./run-command.ts";

/** The build's inputs; test files in these folders are left out. */
const INPUTS = [
  "app",
  "components",
  "docs",
  "i18n",
  "lib",
  "messages",
  "public",
  "scripts/build",
  "scripts/docs",
  "worker.ts",
  "portal.ts",
  "next.config.ts",
  "open-next.config.ts",
  "postcss.config.mjs",
  "wrangler.toml",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

/** The built modules. */
export const WORKER_DIR = "dist/worker";
/** Static files. */
const ASSETS_DIR = ".open-next/assets";
/** `scripts/local/local-door.ts` in one file. */
export const LOCAL_DOOR = "dist/local-door.js";
/** The portal's bundle on its way into the Worker's folder. */
const PORTAL_DIR = "dist/portal";

/**
 * Modules are compiled when they are first imported, not when the isolate starts: an isolate that only proxies never
 * compiles the portal. Without the flag everything works, but starts more slowly.
 */
export const MODULE_REGISTRY_FLAG = "new_module_registry";

const HASH_FILE = join(root, "dist/build-hash");
const LOCK_FILE = join(root, "dist/build-lock");

/**
 * The part of wrangler.toml that the local server needs, stored next to the build so that serving needn't load
 * wrangler.
 */
export interface WorkerConfig {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
}

/** Builds unless the last build used the same sources. Of two simultaneous callers, the second waits for the first. */
export async function buildIfChanged(signal?: AbortSignal): Promise<void> {
  const localDoor = await bundleLocalDoor();
  // Nothing is written if there is nothing to do: the folder may belong to another user.
  if ((await isBuilt()) && localDoor === (await readIfThere(join(root, LOCAL_DOOR)))) return;
  await mkdir(join(root, "dist"), { recursive: true });
  const unlock = await lock(signal);
  try {
    // A running server must never read a half-written one.
    await writeFile(join(root, `${LOCAL_DOOR}.new`), localDoor);
    await rename(join(root, `${LOCAL_DOOR}.new`), join(root, LOCAL_DOOR));
    if (await isBuilt()) return;
    const hash = await hashInputs();
    const version = `${packageJson.version}+${hash.slice(0, 7)}`;
    // Without its hash, a partial build is never mistaken for a complete one.
    await rm(HASH_FILE, { force: true });
    await step("Building the portal with Next and OpenNext (about half a minute)", () =>
      runBuildTool("opennextjs-cloudflare", ["build"], signal),
    );
    await writeMachineDocs(root, join(root, ASSETS_DIR));
    await step("Bundling the Worker and the portal", async () => {
      const folders = [WORKER_DIR, PORTAL_DIR];
      for (const folder of folders) await rm(join(root, folder), { recursive: true, force: true });
      await Promise.all([
        bundle("worker.ts", WORKER_DIR, version, signal),
        bundle("portal.ts", PORTAL_DIR, version, signal),
      ]);
      for (const file of ["portal.js", "portal.js.map"]) {
        await rename(join(root, PORTAL_DIR, file), join(root, WORKER_DIR, file));
      }
      await rm(join(root, PORTAL_DIR), { recursive: true });
      await writeWorkerConfig();
    });
    await writeFile(HASH_FILE, hash);
  } finally {
    await unlock();
  }
}

function bundle(entry: string, folder: string, version: string, signal: AbortSignal | undefined) {
  const define = `BUILD_VERSION:${JSON.stringify(version)}`;
  const args = ["deploy", entry, "--dry-run", "--minify", "--outdir", folder, "--define", define];
  return runBuildTool("wrangler", args, signal);
}

function runBuildTool(command: string, args: string[], signal: AbortSignal | undefined) {
  return runCommand(command, args, {
    env: {
      NEXT_TELEMETRY_DISABLED: "1",
      WRANGLER_SEND_METRICS: "false",
      // Also skips wrangler's lookup of its newest version.
      WRANGLER_HIDE_BANNER: "true",
      // Otherwise wrangler delegates a deploy back to OpenNext.
      OPEN_NEXT_DEPLOY: "true",
      NODE_ENV: "production",
    },
    ...(signal && { signal }),
  });
}

async function isBuilt(): Promise<boolean> {
  return (await hashInputs()) === (await readIfThere(HASH_FILE));
}

function readIfThere(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

/** Fast enough to need no check for changes. */
async function bundleLocalDoor(): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(root, "scripts/local/local-door.ts")],
    write: false,
    bundle: true,
    format: "esm",
    target: "esnext",
    external: ["node:*"],
    logLevel: "warning",
  });
  return outputFiles[0]?.text ?? "";
}

async function writeWorkerConfig(): Promise<void> {
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const config = readConfig({ config: join(root, "wrangler.toml") });
  if (config.compatibility_date === undefined) {
    throw new Error("wrangler.toml has no compatibility_date");
  }
  const workerConfig: WorkerConfig = {
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: [...config.compatibility_flags, MODULE_REGISTRY_FLAG],
  };
  await writeFile(join(root, "dist/worker-config.json"), JSON.stringify(workerConfig));
}

/** SHA-256 over the names and contents of all inputs. */
async function hashInputs(): Promise<string> {
  const hash = createHash("sha256");
  for (const input of INPUTS) {
    for (const file of await filesBelow(input)) {
      hash
        .update(`${file}\0`)
        .update(await readFile(join(root, file)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

/** Files at or below a path, relative to the root and sorted; none if it doesn't exist. */
async function filesBelow(path: string): Promise<string[]> {
  const stats = await stat(join(root, path)).catch(() => null);
  if (stats === null) return [];
  if (stats.isFile()) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

/** Takes the build lock, waiting while a living process has it. Returns a function that releases it. */
async function lock(signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const file = await open(LOCK_FILE, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(LOCK_FILE, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (await isLockStale()) await rm(LOCK_FILE, { force: true });
    else await sleep(200, undefined, signal && { signal });
  }
}

async function isLockStale(): Promise<boolean> {
  const pid = Number(await readFile(LOCK_FILE, "utf8").catch(() => ""));
  // Empty: just taken, and its owner hasn't written yet.
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

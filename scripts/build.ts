/**
 * The production build: Next through OpenNext into `.open-next/`, then `worker.ts` with everything it
 * needs into `dist/worker/`, by the same bundler and options as `wrangler deploy`.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./root.ts";
import { runCommand, step } from "./run-command.ts";

/** What the build is made of; test files in these folders are left out. */
const INPUTS = [
  "app",
  "components",
  "docs",
  "i18n",
  "lib",
  "messages",
  "public",
  "scripts/docs",
  "worker.ts",
  "next.config.ts",
  "open-next.config.ts",
  "postcss.config.mjs",
  "wrangler.toml",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

const HASH_FILE = join(root, "dist/build-hash");
const LOCK_FILE = join(root, "dist/build-lock");

/** What of wrangler.toml the local server needs, kept beside the build so that serving need not load wrangler. */
export interface WorkerConfig {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
}

/** Builds unless the last build was made of the same sources. Two callers at once: the second waits for the first. */
export async function buildIfChanged(signal?: AbortSignal): Promise<void> {
  await mkdir(join(root, "dist"), { recursive: true });
  const unlock = await lock(signal);
  try {
    const hash = await hashInputs();
    if (hash === (await readFile(HASH_FILE, "utf8").catch(() => ""))) return;
    // Without its hash a half-made build is never taken for a whole one.
    await rm(HASH_FILE, { force: true });
    await step("Building the portal with Next and OpenNext (about half a minute)", () =>
      runBuildTool("opennextjs-cloudflare", ["build"], signal),
    );
    await step("Bundling the Worker", async () => {
      await rm(join(root, "dist/worker"), { recursive: true, force: true });
      await runBuildTool("wrangler", ["deploy", "--dry-run", "--outdir", "dist/worker"], signal);
      await writeWorkerConfig();
    });
    await writeFile(HASH_FILE, hash);
  } finally {
    await unlock();
  }
}

function runBuildTool(command: string, args: string[], signal: AbortSignal | undefined) {
  return runCommand(command, args, {
    env: {
      NEXT_TELEMETRY_DISABLED: "1",
      WRANGLER_SEND_METRICS: "false",
      // Also skips wrangler's look-up of its newest version.
      WRANGLER_HIDE_BANNER: "true",
      // Otherwise wrangler hands a deploy back to OpenNext.
      OPEN_NEXT_DEPLOY: "true",
      NODE_ENV: "production",
    },
    ...(signal && { signal }),
  });
}

async function writeWorkerConfig(): Promise<void> {
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const config = readConfig({ config: join(root, "wrangler.toml") });
  if (config.compatibility_date === undefined) {
    throw new Error("wrangler.toml has no compatibility_date");
  }
  const workerConfig: WorkerConfig = {
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
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

/** Files at or below a path, relative to the root and sorted; none where it does not exist. */
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

/** Takes the build lock, waiting while a living process holds it. Returns how to give it back. */
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
  // Empty: taken just now, its holder has not written yet.
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

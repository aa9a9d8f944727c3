/**
 * The built product as Cloudflare's own tools serve it: `wrangler dev` for Workers, `wrangler pages dev` for
 * Pages.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databaseFile } from "../../scripts/database-watch.ts";
import { writePagesFolder } from "../../scripts/deploy/pages-folder.ts";
import { NOT_MIGRATED } from "../../scripts/deploy/portal-object.ts";
import {
  companionConfig,
  readBaseConfig,
  workerConfig,
  writeConfig,
} from "../../scripts/deploy/worker-config.ts";
import { root } from "../../scripts/root.ts";

export type Platform = "workers" | "pages";

export interface PlatformServer {
  readonly url: string;
  /** Stops it; what it stored is kept. */
  dispose(): Promise<void>;
}

const READY_WITHIN_MS = 120_000;

export interface PlatformOptions {
  readonly platform: Platform;
  /** Whether the portal runs in its object; on Pages a companion Worker contains it. */
  readonly hasObject: boolean;
  /** Environment variables of the Worker. */
  readonly vars: Readonly<Record<string, string>>;
  /** Folder of the local D1. */
  readonly dataDir: string;
  /** SQL that is run on the migrated database before anything is served. */
  readonly prepare?: string;
}

export async function startPlatformServer({
  platform,
  hasObject,
  vars,
  dataDir,
  prepare,
}: PlatformOptions): Promise<PlatformServer> {
  // Inside the repository, as when it is deployed: paths to the build are relative.
  const folder = await mkdtemp(join(root, "dist/platform-"));
  const base = await readBaseConfig();
  const deployment = {
    name: "one-balance",
    databaseName: "one-balance",
    // The same for each start on one data folder, because it names the file.
    databaseId: "one-balance-test",
    vars,
    object: { hasObject, hasLeases: hasObject, migrated: NOT_MIGRATED },
    compilesLate: true,
  };
  const configFile = join(folder, "worker/wrangler.toml");
  await writeConfig(configFile, workerConfig(base, deployment, configFile));
  const local = ["--persist-to", dataDir];
  migrated ??= migrateByWrangler(configFile);
  const stored = await migrated;
  // A second start finds what the first stored.
  if (!existsSync(join(dataDir, stored.name))) {
    await mkdir(dirname(join(dataDir, stored.name)), { recursive: true });
    await writeFile(join(dataDir, stored.name), stored.database);
    if (prepare !== undefined) execute(join(dataDir, stored.name), prepare);
  }

  const pagesFolder = join(folder, "pages");
  const listen = ["--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0"];
  const server =
    platform === "workers"
      ? startWrangler(["dev", "--config", configFile, ...listen, ...local], root)
      : startWrangler(
          ["pages", "dev", ...(await pagesSources()), ...listen, ...local],
          pagesFolder,
        );
  /** What is served on Pages: the folder, and the companion beside it. */
  async function pagesSources(): Promise<readonly string[]> {
    await writePagesFolder(pagesFolder, base, deployment);
    if (!hasObject) {
      // `wrangler pages dev` (4.164) takes neither variables nor the database's id from wrangler.toml.
      const variables = Object.entries(deployment.vars);
      return [
        ...variables.map(([name, value]) => `--binding=${name}=${value}`),
        `--d1=DB=${deployment.databaseId}`,
      ];
    }
    const companionFile = join(folder, "companion/wrangler.toml");
    await writeConfig(companionFile, companionConfig(base, deployment, companionFile));
    return ["--config", join(pagesFolder, "wrangler.toml"), "--config", companionFile];
  }

  return {
    url: await addressOf(server),
    async dispose() {
      const closed = once(server, "close");
      server.kill("SIGTERM");
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A database that wrangler migrated, for all servers: to migrate another would show nothing more. */
let migrated: Promise<{ readonly name: string; readonly database: Buffer }> | undefined;

/** @returns The file, and its name below the data folder. */
async function migrateByWrangler(configFile: string) {
  const folder = await mkdtemp(join(tmpdir(), "one-balance-wrangler-"));
  const migrate = ["d1", "migrations", "apply", "DB", "--local", "--config", configFile];
  await endOf(startWrangler([...migrate, "--persist-to", folder], root));
  const file = await databaseFile(join(folder, "v3"));
  execute(file, "pragma wal_checkpoint(truncate)");
  const database = await readFile(file);
  await rm(folder, { recursive: true, force: true });
  return { name: relative(folder, file), database };
}

function execute(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function startWrangler(args: readonly string[], cwd: string): ChildProcess {
  return spawn("wrangler", args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      CI: "true",
      // Would be fetched from the web.
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
    },
  });
}

async function endOf(child: ChildProcess): Promise<void> {
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`wrangler failed:\n${output}`);
}

/** Waits until the server says where it listens. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (reason: string) => reject(new Error(`wrangler ${reason}:\n${output}`));
    const timer = setTimeout(() => fail("is not ready in time"), READY_WITHIN_MS);
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /Ready on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("close", () => {
      clearTimeout(timer);
      fail("ended");
    });
  });
}

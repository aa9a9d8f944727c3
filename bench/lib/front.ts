/**
 * Workers for measuring what runs in the front Worker alone: each a workerd process of its own, with the store in
 * another.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, NoOpLog } from "miniflare";
import { applyMigrations } from "../../scripts/migrate.ts";
import { root } from "../../scripts/root.ts";
import { workerdPids } from "./processes.ts";

export interface Front {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface Store extends Front {
  readonly database: Awaited<ReturnType<Miniflare["getD1Database"]>>;
}

export const FRONT_TOKEN = "bench-access-token";
export const FRONT_SECRET = "bench-encryption-secret";

const FLAGS = ["nodejs_compat", "enable_request_signal"];
const DATE = "2026-11-01";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Bundles a Worker as the deployment is: minified, with what the runtime brings left out. */
export async function bundle(entry: string, minify = true): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*", "#open-next"],
    minify,
    logLevel: "warning",
    absWorkingDir: root,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`nothing was built of ${entry}`);
  return output.text;
}

export const bundleFront = () => bundle(file("front-entry.ts"));

/** The process that has the database. */
export async function startStore(): Promise<Store> {
  const script = await bundle(file("store-entry.ts"));
  const dataDir = await mkdtemp(join(tmpdir(), "one-balance-store-"));
  const started = await startScript(script, {}, dataDir);
  const database = await started.miniflare.getD1Database("DB", "script");
  await applyMigrations(database);
  return {
    ...started,
    database,
    async stop() {
      await started.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** @param script From `bundleFront`. */
export function startFront(script: string, storeUrl: string, upstreamUrl: string): Promise<Front> {
  return startScript(script, {
    STORE_URL: storeUrl,
    AUTH_KEY: FRONT_TOKEN,
    AUTH_SECRET: "bench-session-secret",
    KEY_ENCRYPTION_SECRET: FRONT_SECRET,
    AI_GATEWAY_URL: upstreamUrl,
  });
}

/** Sends every request on as it is. */
const BARE = `
export default {
  fetch(request, env) {
    const url = new URL(request.url);
    return fetch(new Request(env.UPSTREAM + url.pathname, request));
  },
};`;

const EMPTY = "export default { fetch: () => new Response(null, { status: 204 }) };";

export const startBareFront = (upstreamUrl: string) => startScript(BARE, { UPSTREAM: upstreamUrl });

export const startEmpty = () => startScript(EMPTY, {});

async function startScript(
  script: string,
  vars: Readonly<Record<string, string>>,
  dataDir?: string,
) {
  const before = workerdPids();
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    log: new NoOpLog(),
    cf: false,
    enableDevRegistry: false,
    ...(dataDir !== undefined && { resourcePersistencePath: dataDir }),
    workers: [
      {
        config: {
          name: "script",
          compatibilityDate: DATE,
          compatibilityFlags: FLAGS,
          manifest: {
            mainModule: "script.js",
            modulesRoot: "/",
            modules: { "script.js": { type: "esm", contents: script } },
          },
          env: {
            ...Object.fromEntries(
              Object.entries(vars).map(([name, value]) => [name, { type: "text" as const, value }]),
            ),
            ...(dataDir !== undefined && { DB: { type: "d1" as const, id: "DB" } }),
          },
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }], stripCfConnectingIp: false },
      },
    ],
  });
  await miniflare.ready;
  const [pid] = [...workerdPids()].filter((candidate) => !before.has(candidate));
  if (pid === undefined) throw new Error("no workerd was started");
  const url = await miniflare.unsafeGetDirectURL("script");
  return {
    url: url.origin,
    port: Number(url.port),
    pid,
    miniflare,
    stop: () => miniflare.dispose(),
  };
}

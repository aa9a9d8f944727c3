/**
 * Workers for measuring what runs in the front Worker alone: each a separate workerd process, with the database and the
 * portal in another.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, NoOpLog } from "miniflare";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { applyMigrations } from "../../scripts/migrate.ts";
import { root } from "../../scripts/root.ts";
import { startServer } from "../../scripts/serve.ts";
import { wrappedWorkerDir } from "../../tests/e2e/wrapped-worker.ts";
import { workerdPids } from "./processes.ts";

export interface Front {
  readonly port: number;
  readonly pid: number;
  /** Bytes of the heap that its JavaScript uses. */
  heapBytes(): Promise<number>;
  stop(): Promise<void>;
}

export interface Store {
  readonly url: string;
  stop(): Promise<void>;
}

export const FRONT_TOKEN = "bench-access-token";
export const FRONT_SECRET = "bench-encryption-secret";

const FLAGS = ["nodejs_compat", "enable_request_signal", "new_module_registry"];
const DATE = "2026-11-01";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The front Worker, minified as in the deployment. */
export async function bundleFront(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file("front-entry.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    minify: true,
    logLevel: "warning",
    absWorkingDir: root,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error("nothing was built");
  return output.text;
}

/**
 * The front Worker on a clock that is this many times faster: its timers fire earlier, and the same number of times.
 */
export function onFasterClock(script: string, factor: number): string {
  return `const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, ms, ...rest) => wait(callback, ms / ${factor}, ...rest);
${script}`;
}

const VARS = {
  AUTH_KEY: FRONT_TOKEN,
  AUTH_SECRET: "bench-session-secret",
  KEY_ENCRYPTION_SECRET: FRONT_SECRET,
  SETUP_TOKEN: "bench-setup-token",
};

type LocalDatabase = Awaited<ReturnType<typeof openLocalDatabase>>["database"];

/**
 * The process that has the database and the portal.
 * @param fill Writes into the database before it is served.
 */
export async function startStore(
  upstreamUrl: string,
  fill: (database: LocalDatabase) => Promise<void>,
): Promise<Store> {
  const dataDir = await mkdtemp(join(tmpdir(), "one-balance-store-"));
  const local = await openLocalDatabase(dataDir);
  try {
    await applyMigrations(local.database);
    await fill(local.database);
  } finally {
    await local.close();
  }
  const workerDir = await wrappedWorkerDir(file("store-entry.ts"));
  const server = await startServer({
    port: 0,
    dataDir,
    workerDir,
    hasObject: false,
    vars: { ...VARS, AI_GATEWAY_URL: upstreamUrl },
  });
  return {
    url: server.workerUrl,
    async stop() {
      await server.dispose();
      for (const folder of [dataDir, workerDir]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param script From `bundleFront`. */
export function startFront(
  script: string,
  storeUrl: string,
  upstreamUrl: string,
  vars: Readonly<Record<string, string>> = {},
): Promise<Front> {
  const addresses = { STORE_URL: storeUrl, AI_GATEWAY_URL: upstreamUrl };
  return startScript(script, { ...VARS, ...addresses, ...vars });
}

/** Sends every request on unchanged, proxied ones to the upstream, all others to the store's process. */
const BARE = `
export default {
  fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const isProxied = /^\\/(?:api\\/openai|v1)\\//.test(pathname);
    const url = isProxied ? env.UPSTREAM + pathname.replace("/api", "") : env.STORE_URL + pathname;
    return fetch(new Request(url + search, request), { redirect: "manual" });
  },
};`;

const EMPTY = "export default { fetch: () => new Response(null, { status: 204 }) };";

export function startBareFront(storeUrl: string, upstreamUrl: string): Promise<Front> {
  return startScript(BARE, { UPSTREAM: upstreamUrl, STORE_URL: storeUrl });
}

export const startEmpty = () => startScript(EMPTY, {});

async function startScript(script: string, vars: Readonly<Record<string, string>>): Promise<Front> {
  const before = workerdPids();
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    inspectorPort: 0,
    log: new NoOpLog(),
    cf: false,
    enableDevRegistry: false,
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
          env: Object.fromEntries(
            Object.entries(vars).map(([name, value]) => [name, { type: "text" as const, value }]),
          ),
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }], stripCfConnectingIp: false },
      },
    ],
  });
  await miniflare.ready;
  const [pid] = [...workerdPids()].filter((candidate) => !before.has(candidate));
  if (pid === undefined) throw new Error("no workerd was started");
  return {
    port: Number((await miniflare.unsafeGetDirectURL("script")).port),
    pid,
    heapBytes: async () => usedHeap(await miniflare.getInspectorURL()),
    stop: () => miniflare.dispose(),
  };
}

/** Asks V8 after a garbage collection. */
async function usedHeap({ host }: URL): Promise<number> {
  const targets: { title: string; webSocketDebuggerUrl: string }[] = await (
    await fetch(`http://${host}/json`)
  ).json();
  const target = targets.find(({ title }) => title.includes("script")) ?? targets[0];
  if (target === undefined) throw new Error("the inspector knows no Worker");
  const { WebSocket } = await import("ws");
  const socket = new WebSocket(target.webSocketDebuggerUrl, { origin: "http://localhost" });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const call = (id: number, method: string) =>
    new Promise<{ usedSize?: number }>((resolve) => {
      socket.on("message", (data) => {
        const answer = JSON.parse(String(data));
        if (answer.id === id) resolve(answer.result);
      });
      socket.send(JSON.stringify({ id, method }));
    });
  await call(1, "HeapProfiler.enable");
  await call(2, "HeapProfiler.collectGarbage");
  const { usedSize } = await call(3, "Runtime.getHeapUsage");
  socket.close();
  return usedSize ?? Number.NaN;
}

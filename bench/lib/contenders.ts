/**
 * What is compared: the product's Worker, and the minimum that Workers in the same place could do.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Miniflare, NoOpLog } from "miniflare";
import { startServer } from "../../scripts/serve.ts";
import { workerdPids } from "./processes.ts";

export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of its workerd. */
  readonly pid: number;
  stop(): Promise<void>;
}

const ACCESS_TOKEN = "bench-access-token";

/** Sends every request on unchanged: no token, no key, no classification. */
const BARE_WORKER = `
export default {
  fetch(request, env) {
    const url = new URL(request.url);
    return fetch(new Request(env.UPSTREAM + url.pathname, request));
  },
};
`;

/**
 * The minimum for a key pool: the body read, so that a second attempt is possible, a key set, the response read, so
 * that its tokens can be counted. No pool can avoid this overhead over the bare one.
 */
const MINIMAL_WORKER = `
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("authorization", "Bearer bench-key");
    const body = await request.arrayBuffer();
    const init = { method: request.method, headers, body, redirect: "manual" };
    const response = await fetch(env.UPSTREAM + url.pathname, init);
    const answer = new Response(await response.arrayBuffer(), response);
    answer.headers.set("x-request-id", "1");
    return answer;
  },
};
`;

export function startBare(upstreamUrl: string): Promise<Contender> {
  return startScript("bare pass-through", BARE_WORKER, upstreamUrl);
}

export function startMinimal(upstreamUrl: string): Promise<Contender> {
  return startScript("reads both bodies", MINIMAL_WORKER, upstreamUrl);
}

async function startScript(name: string, script: string, upstreamUrl: string): Promise<Contender> {
  const before = workerdPids();
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    log: new NoOpLog(),
    cf: false,
    enableDevRegistry: false,
    workers: [
      {
        config: {
          name: "script",
          compatibilityDate: "2026-11-01",
          manifest: {
            mainModule: "script.js",
            modulesRoot: "/",
            modules: { "script.js": { type: "esm", contents: script } },
          },
          env: { UPSTREAM: { type: "text", value: upstreamUrl } },
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }], stripCfConnectingIp: false },
      },
    ],
  });
  await miniflare.ready;
  return {
    name,
    port: Number((await miniflare.unsafeGetDirectURL("script")).port),
    path: "/openai/chat/completions",
    headers: { authorization: "Bearer bench-key" },
    pid: newPid(before),
    stop: () => miniflare.dispose(),
  };
}

/** The built product with this many OpenAI keys in its pool. @param vars Besides its own. */
export async function startOneBalance(
  upstreamUrl: string,
  keys: number,
  vars: Readonly<Record<string, string>> = {},
): Promise<Contender> {
  const before = workerdPids();
  const dataDir = await mkdtemp(join(tmpdir(), "one-balance-bench-"));
  const server = await startServer({
    port: 0,
    dataDir,
    vars: {
      AUTH_KEY: ACCESS_TOKEN,
      AUTH_SECRET: "bench-session-secret",
      KEY_ENCRYPTION_SECRET: "bench-encryption-secret",
      AI_GATEWAY_URL: upstreamUrl,
      ...vars,
    },
  });
  await addKeys(server.url, keys);
  return {
    name: `One Balance, ${keys.toLocaleString("en")} keys`,
    // Without the TCP front of `npm start`, because the bare Worker has none.
    port: Number(new URL(server.workerUrl).port),
    path: "/api/openai/chat/completions",
    headers: { authorization: `Bearer ${ACCESS_TOKEN}` },
    pid: newPid(before),
    stop: async () => {
      await server.dispose();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * Another built tree's One Balance, to compare two versions in one run: `BEFORE=../other npm run bench -- …`. Null if
 * none is named.
 */
export async function startBefore(upstreamUrl: string, keys: number): Promise<Contender | null> {
  const { BEFORE } = process.env;
  if (BEFORE === undefined) return null;
  const dir = resolve(BEFORE);
  const other: { startOneBalance: typeof startOneBalance } = await import(
    pathToFileURL(join(dir, "bench/lib/contenders.ts")).href
  );
  const own = process.cwd();
  process.chdir(dir);
  try {
    return { ...(await other.startOneBalance(upstreamUrl, keys)), name: "the version before" };
  } finally {
    process.chdir(own);
  }
}

async function addKeys(url: string, count: number): Promise<void> {
  const response = await fetch(`${url}/api/admin/provider-keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${ACCESS_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      provider: "openai",
      keys: Array.from(
        { length: count },
        (_, index) => `sk-bench-${String(index).padStart(40, "0")}`,
      ),
    }),
  });
  if (!response.ok)
    throw new Error(`keys were not added: ${response.status} ${await response.text()}`);
}

function newPid(before: ReadonlySet<number>): number {
  const [pid] = [...workerdPids()].filter((candidate) => !before.has(candidate));
  if (pid === undefined) throw new Error("no workerd was started");
  return pid;
}

/**
 * `KEY_ENCRYPTION_SECRET` changes under load, for 10,000 keys: no request fails, and afterwards the old secret is no
 * longer needed.
 */
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";
import { newDataFolder } from "./data-folder.ts";
import { ADMIN_TOKEN } from "./harness.ts";

const KEYS = 10_000;
const OLD = "the secret before the rotation";
const NEW = "the secret after the rotation";

interface Resealed {
  readonly resealed: number;
  readonly remaining: number;
  readonly unopenable: number;
  readonly damaged: readonly string[];
}

let dataDir = "";
let upstream: FakeUpstream;
let server: RunningServer;
const admin = new AdminApi(() => server.url, ADMIN_TOKEN);

function serve(current: string, previous: string | null): Promise<RunningServer> {
  const vars = {
    AUTH_KEY: ADMIN_TOKEN,
    AUTH_SECRET: "test-session-secret",
    KEY_ENCRYPTION_SECRET: current,
    AI_GATEWAY_URL: upstream.gatewayUrl,
    ...(previous !== null && { KEY_ENCRYPTION_SECRET_PREVIOUS: previous }),
  };
  return startServer({ port: 0, dataDir, vars });
}

beforeAll(async () => {
  dataDir = await newDataFolder("one-balance-rotation-");
  upstream = await startFakeUpstream({ unknownKey: () => ({ kind: "ok" }), keepsRequests: false });
  server = await serve(OLD, null);
  const keys = Array.from({ length: KEYS }, (_, index) => `sk-fake-rotated-${index}`);
  expect(await admin.addKeys("openai", keys)).toMatchObject({ added: KEYS });
  await server.dispose();
  server = await serve(NEW, OLD);
});
afterAll(async () => {
  await Promise.all([server?.dispose(), upstream?.close()]);
  await rm(dataDir, { recursive: true, force: true });
});

async function chat(): Promise<number> {
  const response = await fetch(`${server.url}/api/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Chats until it is aborted. @returns How many responses had which status. */
async function chatUntil(signal: AbortSignal): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  while (!signal.aborted) {
    const status = await chat();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return statuses;
}

test("all keys are resealed under load, over a stop half-way, and no request fails", async () => {
  const stop = new AbortController();
  const load = [1, 2, 3, 4, 5, 6, 7, 8].map(() => chatUntil(stop.signal));
  const startedAtMs = performance.now();
  const reseal = () => admin.call<Resealed>("POST", "provider-keys/reseal", { limit: 200 });
  const first = await reseal();
  expect(first).toEqual({ resealed: 200, remaining: KEYS - 200, unopenable: 0, damaged: [] });
  // Nothing is kept between calls: the next one continues.
  await sleep(100);
  let left = first.remaining;
  while (left > 0) {
    const { resealed, remaining } = await reseal();
    expect(remaining).toBe(left - resealed);
    expect(resealed).toBeGreaterThan(0);
    left = remaining;
  }
  const tookMs = performance.now() - startedAtMs;
  stop.abort();
  const statuses = (await Promise.all(load)).flatMap((each) => [...each]);
  const served = statuses.reduce((sum, [, count]) => sum + count, 0);
  console.info(`${KEYS} keys in ${Math.round(tookMs)} ms beside ${served} requests`);
  expect(statuses.filter(([status]) => status !== 200)).toEqual([]);
  expect(served).toBeGreaterThan(20);
}, 300_000);

test("without the old secret every key serves, is known again, and none is left to do", async () => {
  await server.dispose();
  server = await serve(NEW, null);
  const again = Array.from({ length: 100 }, (_, index) => `sk-fake-rotated-${index * 7}`);
  expect(await admin.addKeys("openai", again)).toMatchObject({ added: 0, duplicates: 100 });
  for (let index = 0; index < 50; index++) expect(await chat()).toBe(200);
  expect(await admin.call("POST", "provider-keys/reseal", {})).toEqual({
    resealed: 0,
    remaining: 0,
    unopenable: 0,
    damaged: [],
  });
});

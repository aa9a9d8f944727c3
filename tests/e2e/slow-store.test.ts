/**
 * The proxy over a D1 that is slow, fails or never responds, under load of many clients, some of which leave.
 *
 * In workerd a request that awaits a promise of another request that has ended gets an error, so this needs separate
 * requests: `tests/workerd` runs in one.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { D1_MODE_PATH } from "./d1-mode-path.ts";
import { type ProxyServer, startProxyServer } from "./proxy-server.ts";
import { storeKeys, storeTokens } from "./stored-rows.ts";

const SEED = Number(process.env.SLOW_STORE_SEED ?? Date.now() % 1e6);
const TOKEN = "slow-store-token";
const LEAVING_SHARE = 0.2;
const SECONDS = Number(process.env.SLOW_STORE_SECONDS ?? 8);
const PER_SECOND = 20;

describe(`seed ${SEED}`, () => {
  const random = new SeededRandom(SEED);
  const errors: string[] = [];
  let upstream: FakeUpstream;
  let server: ProxyServer;

  beforeAll(async () => {
    upstream = await startFakeUpstream({ unknownKey: () => ({ kind: "ok" }) });
    server = await startProxyServer({
      entry: fileURLToPath(new URL("slow-store-entry.ts", import.meta.url)),
      vars: {
        AUTH_KEY: TOKEN,
        KEY_ENCRYPTION_SECRET: "test-encryption-secret",
        AI_GATEWAY_URL: upstream.gatewayUrl,
      },
      onError: (message) => errors.push(message),
    });
    await storeKeys(server.database, "test-encryption-secret", "openai", 20);
    await storeTokens(server.database, [
      { text: "limited-token", dailyRequests: 1_000_000, dailyCostUsd: 1_000 },
    ]);
  });

  afterAll(async () => {
    await server?.close();
    await upstream?.close();
  });

  const ask = (token: string, signal?: AbortSignal) =>
    fetch(`${server.url}/api/openai/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: "hello" }],
      }),
      ...(signal && { signal }),
    });

  async function setMode(mode: string): Promise<void> {
    const answer = await fetch(`${server.url}${D1_MODE_PATH}`, { method: "POST", body: mode });
    if (!answer.ok) throw new Error(`the mode was not set: ${answer.status}`);
  }

  /** Sends requests for a while; returns what happened to those whose client stayed. */
  async function load(seconds: number): Promise<ReadonlyMap<number, number>> {
    const statuses = new Map<number, number>();
    const open: Promise<void>[] = [];
    const send = async () => {
      const leaving = random.chance(LEAVING_SHARE);
      // Clients that leave take along what they have begun: immediately, or while they wait for the store.
      const signal = leaving ? AbortSignal.timeout(random.between(1, 400)) : undefined;
      const token = random.chance(0.5) ? TOKEN : "limited-token";
      try {
        const answer = await ask(token, signal);
        await answer.arrayBuffer();
        if (!leaving) statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      } catch (error) {
        if (!leaving) throw error;
      }
    };
    for (let sent = 0; sent < seconds * PER_SECOND; sent += 1) {
      open.push(send());
      await sleep(1_000 / PER_SECOND);
    }
    await Promise.all(open);
    return statuses;
  }

  test.each(["slow-300", "slow-1500", "slow-3000", "slow-10000", "down", "hanging"])(
    "warm: no client sees an error while D1 is %s",
    async (mode) => {
      await setMode("up");
      for (const token of [TOKEN, "limited-token"]) expect((await ask(token)).status).toBe(200);
      errors.length = 0;
      await setMode(mode);
      const statuses = await load(SECONDS);
      expect([...statuses.keys()], errors.slice(0, 3).join("\n")).toEqual([200]);
      expect(errors.filter((message) => message.includes("unexpected error"))).toEqual([]);
    },
    120_000,
  );

  test("each attempt that reached the upstream is counted once D1 is back", async () => {
    await setMode("up");
    // The writer may have died with its client: the next request takes over.
    const difference = async () => {
      await (await ask(TOKEN)).arrayBuffer();
      await sleep(1_500);
      const row = await server.database
        .prepare("select sum(attempt_count) as attempts from request_log")
        .first<{ attempts: number }>();
      return upstream.requests.length - (row?.attempts ?? 0);
    };
    await expect.poll(difference, { timeout: 90_000, interval: 1_000 }).toBe(0);
  }, 120_000);
});

test("cold, with a D1 that never answers: an error says so, and it serves as soon as D1 does", async () => {
  const upstream = await startFakeUpstream({ unknownKey: () => ({ kind: "ok" }) });
  const server = await startProxyServer({
    entry: fileURLToPath(new URL("slow-store-entry.ts", import.meta.url)),
    vars: {
      AUTH_KEY: TOKEN,
      KEY_ENCRYPTION_SECRET: "test-encryption-secret",
      AI_GATEWAY_URL: upstream.gatewayUrl,
    },
  });
  try {
    await storeKeys(server.database, "test-encryption-secret", "openai", 1);
    const ask = (mode: string | null) =>
      mode === null
        ? fetch(`${server.url}/api/openai/v1/models`, {
            headers: { authorization: `Bearer ${TOKEN}` },
          })
        : fetch(`${server.url}${D1_MODE_PATH}`, { method: "POST", body: mode });
    await ask("down");
    const refused = await ask(null);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(await refused.json()).toMatchObject({ error: { code: "store_unavailable" } });
    await ask("up");
    await expect.poll(async () => (await ask(null)).status, { timeout: 5_000 }).toBe(200);
  } finally {
    await server.close();
    await upstream.close();
  }
}, 60_000);

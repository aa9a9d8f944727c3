/** What the pool and the attempts guarantee together, whatever the upstream does. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { KeyPool } from "../../lib/pool/key-pool.ts";
import { type Lease, newKeyRequest, type PickResult } from "../../lib/pool/pick-result.ts";
import type { PoolKey } from "../../lib/pool/types.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
const NOW = Date.UTC(2026, 10, 23, 12);
const CLAIM = { tokenId: "at_1", weight: 1, priority: 0 };
const CHAT = "/api/openai/v1/chat/completions";

const chat = (maxWaitS = 0): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", "x-one-balance-max-wait": String(maxWaitS) },
  body: JSON.stringify({ model: "m1", messages: [{ role: "user", content: "hi" }] }),
});

const error = (status: number, message: string, code: string | null, headers = {}) =>
  Response.json({ error: { message, code, type: null } }, { status, headers });

const DEEDS: readonly (() => Response)[] = [
  () => Response.json({ choices: [] }),
  () => error(429, "Too many requests", null),
  () => error(429, "Rate limit reached", "rate_limit_exceeded", { "retry-after": "2" }),
  () => error(429, "You exceeded your current quota", "insufficient_quota"),
  () => error(401, "Incorrect API key provided", "invalid_api_key"),
  () => error(403, "model m1 is not available to you", "model_not_found"),
  () => error(503, "Service unavailable", null, { "retry-after": "1" }),
  () => error(400, "bad request", "invalid_request"),
  () => new Response("<html>bad gateway</html>", { status: 502 }),
  () => {
    throw new TypeError("connection reset");
  },
];

test(`each lease is settled once its request is over, whatever became of it (seed ${SEED})`, async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const history = fc.record({
    keys: fc.integer({ min: 1, max: 6 }),
    deeds: fc.array(fc.nat(DEEDS.length - 1), { minLength: 20, maxLength: 60 }),
    unopenable: fc.nat(3),
    waits: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(history, async ({ keys, deeds, unopenable, waits }) => {
      let next = 0;
      const upstream = () => {
        const deed = DEEDS[deeds[next % deeds.length] ?? 0];
        next += 1;
        return deed?.() ?? Response.json({});
      };
      const texts = Array.from({ length: keys }, (_, index) => `k${index}`);
      const proxy = scriptedProxy({ upstream, keys: { openai: texts } });
      const pool = proxy.state.pool("openai");
      const leases = new Set<Lease>();
      const noted = <Result extends PickResult | Lease | null>(result: Result): Result => {
        if (result !== null && "lease" in result) leases.add(result.lease);
        else if (result !== null && "entry" in result) leases.add(result);
        return result;
      };
      const { ask, askProven } = pool;
      pool.ask = (...args) => noted(ask.apply(pool, args));
      pool.askProven = (...args) => noted(askProven.apply(pool, args));
      let closed = unopenable;
      proxy.state.openKey = async (key: PoolKey) => {
        closed -= 1;
        if (closed >= 0) throw new Error("sealed under another secret");
        return key.sealed;
      };
      for (let request = 0; request < 8; request += 1) {
        const response = await proxy.fetch(CHAT, chat(waits ? 3 : 0));
        await response.arrayBuffer();
      }
      expect(leases.size).toBeGreaterThan(0);
      expect([...leases].filter(({ isSettled }) => !isSettled)).toEqual([]);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test("when a key is available doesn't depend on what others have requested", () => {
  const pool = new KeyPool(() => 0.5);
  const limits = [{ model: "*", rpm: null, tpm: 1_000, dailyRequests: null }];
  for (const id of ["a", "b"]) {
    pool.upsert({
      ...{ id, provider: "openai", sealed: "", masked: "", status: "active", weight: 1 },
      ...{ priority: 0, quotaDomain: null, models: null, limits, cooldowns: new Map() },
    });
  }
  const large = () => pool.ask("m", { ...newKeyRequest(CLAIM), tokens: 900 }, NOW);
  expect([large().kind, large().kind]).toEqual(["granted", "granted"]);
  const before = pool.availability("m", NOW);
  expect(large().kind).toBe("exhausted");
  expect(pool.availability("m", NOW)).toEqual(before);
  expect(before).toMatchObject({ keys: 2, ready: 2 });
});

test("what found no quota is none of a token's requests of the day", async () => {
  let isFull = true;
  const upstream = () =>
    isFull
      ? error(429, "Rate limit reached", "rate_limit_exceeded", { "retry-after": "1" })
      : Response.json({ choices: [] });
  const limits = { ...NO_LIMITS, dailyRequests: 2 };
  const limitHolders = [{ kind: "token", id: "at_1", budgetId: "at_1", limits }] as const;
  const tokens = new Map([["token", { ...unlimitedToken("at_1"), limitHolders }]]);
  const proxy = scriptedProxy({ upstream, tokens, keys: { openai: ["k1"] } });
  const statuses: number[] = [];
  const ask = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      statuses.push((await proxy.fetch(CHAT, chat())).status);
    }
  };
  await ask(4);
  isFull = false;
  await proxy.fetch(CHAT, chat(10)).then(({ status }) => statuses.push(status));
  await ask(3);
  expect(statuses).toEqual([429, 429, 429, 429, 200, 200, 429, 429]);
});

describe("a pool's key in the words of a good answer's error", () => {
  const KEY = "sk-proj-0123456789abcdefghij";
  const words = { error: { message: `overloaded, key ${KEY}`, code: 529 } };
  const answers: Record<string, () => Response> = {
    "one JSON text": () => Response.json(words),
    "events of a stream": () =>
      new Response(`data: ${JSON.stringify(words)}\n\n`, {
        headers: { "content-type": "text/event-stream" },
      }),
  };
  test.each(Object.entries(answers))("in %s reaches no one", async (_name, upstream) => {
    const proxy = scriptedProxy({ upstream, keys: { openai: [KEY] } });
    const response = await proxy.fetch(CHAT, chat());
    const text = await response.text();
    expect(text).toContain("overloaded");
    expect(text).not.toContain(KEY);
    expect(JSON.stringify(proxy.usage).replaceAll(`pk_${KEY}`, "")).not.toContain(KEY);
  });
});

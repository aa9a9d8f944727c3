/** A request that finds no key among those that a new isolate has read so far waits for the others. */
import { expect, test } from "vitest";
import type { PoolKey } from "../../lib/pool/types";
import { scriptedProxy } from "../doors/scripted-proxy";

const BODY = JSON.stringify({ model: "m1", messages: [{ role: "user", content: "hi" }] });
const ANSWER = JSON.stringify({ choices: [{ message: { content: "hi" }, finish_reason: "stop" }] });

/** A proxy that knows one key; a second arrives with all the others. */
function proxyOf(first: Partial<PoolKey>) {
  const proxy = scriptedProxy({
    upstream: () => new Response(ANSWER, { headers: { "content-type": "application/json" } }),
    keys: { openai: ["sk-fake-first"] },
  });
  const pool = proxy.state.pool("openai");
  const [known] = proxy.keys("openai");
  if (known === undefined) throw new Error("no key");
  pool.upsert({ ...known, ...first });
  let reads = 0;
  const waits = async () => {
    await Promise.resolve();
    pool.upsert({ ...known, id: "pk_second", sealed: "sk-fake-second" });
  };
  Object.assign(proxy.state, {
    whole: () => {
      reads += 1;
      return reads === 1 ? waits() : null;
    },
  });
  const ask = () => proxy.fetch("/api/openai/chat/completions", { method: "POST", body: BODY });
  return { ask, calls: proxy.calls, reads: () => reads };
}

const later = new Map([["*", { untilMs: Number.MAX_SAFE_INTEGER, reason: "manual" }]]);

test.each([
  ["rests", { cooldowns: later }],
  ["is disabled", { status: "disabled" }],
  ["may not serve the model", { models: ["other"] }],
] as const)("where the known key %s, another serves", async (_, first) => {
  const { ask, calls } = proxyOf(first);
  const response = await ask();
  expect(response.status).toBe(200);
  expect(calls.at(-1)?.headers.get("authorization")).toBe("Bearer sk-fake-second");
});

test("where a known key is ready, nothing is waited for", async () => {
  const { ask, reads } = proxyOf({});
  expect((await ask()).status).toBe(200);
  expect(reads()).toBe(0);
});

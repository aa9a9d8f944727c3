/**
 * In a pool too small for other keys to be witnesses, the provider's free call decides whether a rejected key is
 * invalid.
 */
import { describe, expect, test } from "vitest";
import { scriptedProxy, type UpstreamCall } from "../doors/scripted-proxy.ts";

const KEYS = ["fake-key-number-one", "fake-key-number-two", "fake-key-number-three"];
const isCheck = ({ method, url }: UpstreamCall) =>
  method === "GET" && url.pathname.endsWith("/models");
const dead = () =>
  Response.json(
    { error: { message: "Incorrect API key provided.", code: "invalid_api_key" } },
    { status: 401 },
  );

async function ask(proxy: ReturnType<typeof scriptedProxy>): Promise<number> {
  const response = await proxy.fetch("/api/openai/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [] }),
  });
  return response.status;
}

const statuses = (proxy: ReturnType<typeof scriptedProxy>) =>
  proxy.keys("openai").map(({ status }) => status);

describe.each([1, 2, 3])("a pool of %i", (size) => {
  const keys = { openai: KEYS.slice(0, size) };

  test("whose keys are all dead: blocked within a minute of traffic, with the rejection as evidence", async () => {
    const proxy = scriptedProxy({ keys, upstream: dead });
    for (let second = 0; second < 60; second += 1) {
      expect(await ask(proxy)).not.toBe(200);
      await proxy.clock.advance(1_000);
    }
    expect(statuses(proxy)).toEqual(keys.openai.map(() => "blocked"));
    const blocks = proxy.state.events.filter(({ kind }) => kind === "key-blocked");
    expect(blocks).toHaveLength(size);
    for (const block of blocks) {
      expect(block).toMatchObject({ evidence: { status: 401, model: "gpt-5-mini" } });
    }
  });

  test("whose free call is answered: the request was at fault, no key is changed, and the call is rare", async () => {
    const proxy = scriptedProxy({
      keys,
      upstream: (call) => (isCheck(call) ? Response.json({ data: [] }) : dead()),
    });
    for (let second = 0; second < 120; second += 1) {
      await ask(proxy);
      await proxy.clock.advance(1_000);
    }
    expect(statuses(proxy)).toEqual(keys.openai.map(() => "active"));
    expect(proxy.calls.filter(isCheck).length).toBeLessThanOrEqual(size);
  });

  test("whose free call fails: no key is condemned", async () => {
    const proxy = scriptedProxy({
      keys,
      upstream: (call) => (isCheck(call) ? new Response("down", { status: 503 }) : dead()),
    });
    for (let second = 0; second < 30; second += 1) {
      await ask(proxy);
      await proxy.clock.advance(1_000);
    }
    expect(statuses(proxy)).toEqual(keys.openai.map(() => "active"));
  });
});

test("with five keys or more, many that fail alike are the breaker's, and no free call is made", async () => {
  const keys = { openai: Array.from({ length: 5 }, (_, index) => `fake-key-of-five-${index}`) };
  const proxy = scriptedProxy({ keys, upstream: dead });
  for (let second = 0; second < 30; second += 1) {
    await ask(proxy);
    await proxy.clock.advance(1_000);
  }
  expect(proxy.calls.filter(isCheck)).toEqual([]);
  expect(new Set(statuses(proxy))).toEqual(new Set(["active"]));
});

test("a suspicion is recorded once, with its words, and so is the answer that ends it", async () => {
  let refusals = 2;
  const upstream = (call: UpstreamCall) => {
    if (isCheck(call)) return Response.json({ data: [] });
    refusals -= 1;
    return refusals >= 0 ? dead() : Response.json({ choices: [{ message: { content: "hi" } }] });
  };
  const proxy = scriptedProxy({ keys: { openai: KEYS.slice(0, 1) }, upstream });
  while (refusals >= 0) {
    await ask(proxy);
    await proxy.clock.advance(10_000);
  }
  const told = proxy.state.events.filter(
    ({ kind }) => kind === "key-suspected" || kind === "key-cleared" || kind === "key-blocked",
  );
  expect(told).toMatchObject([
    { kind: "key-suspected", evidence: { status: 401, words: "Incorrect API key provided." } },
    { kind: "key-cleared" },
  ]);
});

/** How much one request may cost before it fails, and whom its rejections affect: through the whole handler. */
import { describe, expect, test } from "vitest";
import { scriptedProxy, type UpstreamCall } from "../doors/scripted-proxy.ts";

const CHAT = "/api/openai/chat/completions";
const MAX_ATTEMPTS = 10;

function keys(count: number) {
  return { openai: Array.from({ length: count }, (_, index) => `fake-key-number-${index}`) };
}

function chat(): RequestInit {
  const headers = { "content-type": "application/json", "x-one-balance-max-wait": "0" };
  return { method: "POST", headers, body: JSON.stringify({ model: "m1", messages: [] }) };
}

function refusal(status: number, message: string, code: string | null = null) {
  return () => Response.json({ error: { message, code } }, { status });
}

const dead = refusal(401, "Incorrect API key provided.", "invalid_api_key");
const isCheck = ({ url }: UpstreamCall) => url.pathname.endsWith("/models");

describe("one request", () => {
  test("costs as many failures as are allowed", async () => {
    const upstream = refusal(503, "Service unavailable");
    const proxy = scriptedProxy({ upstream, keys: keys(40) });
    expect((await proxy.fetch(CHAT, chat())).status).toBe(503);
    expect(proxy.calls.length).toBe(MAX_ATTEMPTS);
  });

  test("gets more rejections where they come immediately, and not where they take their time", async () => {
    const refused = refusal(429, "Too many requests");
    for (const [tookMs, sends] of [
      [0, 30],
      [3_000, MAX_ATTEMPTS],
    ] as const) {
      const proxy = scriptedProxy({
        upstream: async (_call, clock) => {
          await new Promise<void>((resolve) => clock.setTimer(resolve, tookMs));
          return refused();
        },
        keys: keys(60),
      });
      await proxy.fetch(CHAT, chat());
      expect([tookMs, proxy.calls.length]).toEqual([tookMs, sends]);
    }
  });

  test("tries twice in a region that is rejected", async () => {
    const proxy = scriptedProxy({
      upstream: () => new Response("Unavailable", { status: 451 }),
      keys: keys(9),
    });
    await proxy.fetch(CHAT, chat());
    expect(proxy.calls.length).toBe(2);
  });

  test("tries to open twenty keys", async () => {
    const proxy = scriptedProxy({ upstream: () => Response.json({}), keys: keys(60) });
    let opened = 0;
    proxy.state.openKey = async () => {
      opened += 1;
      throw new Error("sealed with another secret");
    };
    await proxy.fetch(CHAT, chat());
    expect(opened).toBe(20);
  });

  test("tries three keys while all are rejected alike", async () => {
    const proxy = scriptedProxy({
      upstream: (call) => (isCheck(call) ? new Response("down", { status: 503 }) : dead()),
      keys: keys(20),
    });
    for (let second = 0; second < 20; second += 1) {
      await proxy.fetch(CHAT, chat());
      await proxy.clock.advance(1_000);
    }
    expect(proxy.state.pool("openai").incident).not.toBeNull();
    const before = proxy.calls.length;
    await proxy.fetch(CHAT, chat());
    expect(proxy.calls.length - before).toBeGreaterThan(0);
    expect(proxy.calls.length - before).toBeLessThanOrEqual(3);
  });
});

test("a key that serves a request convicts the one that was rejected for it", async () => {
  const [first, second] = keys(2).openai;
  const proxy = scriptedProxy({
    upstream: ({ key }) => (key === first ? dead() : Response.json({})),
    keys: keys(2),
  });
  while (!proxy.calls.some(({ key }) => key === first)) await proxy.fetch(CHAT, chat());
  expect(proxy.calls.at(-1)?.key).toBe(second);
  expect(proxy.keys("openai").map(({ status }) => status)).toEqual(["blocked", "active"]);
  expect(proxy.state.events.filter(({ kind }) => kind === "key-blocked")).toHaveLength(1);
});

test("a key whose connections break comes last", async () => {
  const [first] = keys(3).openai;
  const proxy = scriptedProxy({
    upstream: ({ key }) => {
      if (key === first) throw new TypeError("connection reset");
      return Response.json({});
    },
    keys: keys(3),
  });
  for (let request = 0; request < 30; request += 1) {
    expect((await proxy.fetch(CHAT, chat())).status).toBe(200);
  }
  expect(proxy.calls.filter(({ key }) => key === first).length).toBeLessThanOrEqual(4);
});

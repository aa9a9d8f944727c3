/** After one response has shown that several keys are invalid, the provider's free call finds others. */
import { describe, expect, test } from "vitest";
import { KeyPool } from "../../lib/pool/key-pool.ts";
import { scriptedProxy, type UpstreamCall } from "../doors/scripted-proxy.ts";

const isCheck = ({ method, url }: UpstreamCall) =>
  method === "GET" && url.pathname.endsWith("/models");
const invalid = () =>
  Response.json(
    { error: { message: "Incorrect API key provided.", code: "invalid_api_key" } },
    { status: 401 },
  );
const models = () => Response.json({ object: "list", data: [] });

/** Keys in the order in which they are first used: `x` for an invalid one, `o` for one that works. */
function proxyOf(order: string, check: (call: UpstreamCall) => Response = models) {
  const texts = [...order].map(
    (kind, index) => `fake-${kind === "x" ? "dead" : "live"}-key-${String(index).padStart(2, "0")}`,
  );
  const isDead = ({ key }: UpstreamCall) => key.startsWith("fake-dead");
  const proxy = scriptedProxy({
    keys: { openai: texts },
    upstream: (call) => {
      if (isCheck(call)) return isDead(call) ? invalid() : check(call);
      return isDead(call)
        ? invalid()
        : Response.json({ choices: [{ message: { content: "hi" } }] });
    },
  });
  const pool = new KeyPool(() => 0.5);
  for (const key of proxy
    .keys("openai")
    .toSorted((a, b) => texts.indexOf(a.sealed) - texts.indexOf(b.sealed))) {
    pool.upsert(key);
  }
  proxy.state.setPool("openai", pool);
  return {
    proxy,
    /** @returns How many keys the request was sent with. */
    async ask(): Promise<number> {
      const before = proxy.calls.filter((call) => !isCheck(call)).length;
      const response = await proxy.fetch("/api/openai/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-5-mini", messages: [] }),
      });
      expect(response.status).toBe(200);
      await response.text();
      await proxy.clock.advance(1);
      return proxy.calls.filter((call) => !isCheck(call)).length - before;
    },
    checked: () => proxy.calls.filter(isCheck).map(({ key }) => texts.indexOf(key)),
    /** `b` for a blocked key, in the order of the keys. */
    states: () =>
      texts
        .map((text) => proxy.keys("openai").find(({ sealed }) => sealed === text)?.status)
        .map((status) => (status === "blocked" ? "b" : status === "active" ? "." : "?"))
        .join(""),
  };
}

describe("a response after two invalid keys", () => {
  test("has the next keys checked, and then the one that served: the invalid ones are blocked", async () => {
    const { proxy, ask, checked, states } = proxyOf("xxoxxxoxxo");
    expect(await ask()).toBe(3);
    expect(checked()).toEqual([3, 4, 5, 6, 7, 8, 9, 2]);
    expect(states()).toBe("bb.bbb.bb.");
    const blocks = proxy.state.events.filter(({ kind }) => kind === "key-blocked");
    expect(blocks).toHaveLength(7);
    expect(blocks.at(-1)).toMatchObject({
      evidence: { meaning: "key_invalid", status: 401, model: null, requestId: "req_1" },
    });
    expect(await ask()).toBe(1);
  });

  test.each(["disabled", "blocked"] as const)("leaves out keys that are %s", async (status) => {
    const { proxy, ask, checked } = proxyOf("oxxoxxxoxxo");
    expect(await ask()).toBe(1);
    // It is still in its place among the keys that are next.
    const [key] = proxy.keys("openai").slice(4);
    if (key !== undefined) key.status = status;
    expect(await ask()).toBe(3);
    expect(checked()).toEqual([0, 5, 6, 7, 8, 9, 10, 3]);
  });

  test("checks no more than 15, the one that served among them, in one second", async () => {
    const { proxy, ask, checked } = proxyOf(`xxo${"x".repeat(20)}xxo`);
    await ask();
    expect(checked()).toHaveLength(15);
    await ask();
    expect(checked()).toHaveLength(15);
    await proxy.clock.advance(1_000);
    await ask();
    expect(checked().length).toBeGreaterThan(15);
  });

  test("checks only as many as its attempts leave of an invocation's subrequests", async () => {
    const { proxy, ask, checked } = proxyOf(`${"x".repeat(25)}o${"x".repeat(20)}`);
    expect(await ask()).toBe(26);
    expect(checked()).toHaveLength(4);
    expect(proxy.calls).toHaveLength(30);
  });

  test("checks half of the keys among those that worked last, and half among the next", async () => {
    const { proxy, ask, checked } = proxyOf(`${"o".repeat(20)}xxo${"x".repeat(20)}`);
    for (let request = 0; request < 20; request += 1) expect(await ask()).toBe(1);
    await proxy.clock.advance(1_000);
    expect(await ask()).toBe(3);
    expect(checked()).toEqual([
      ...[19, 18, 17, 16, 15, 14, 13],
      ...[23, 24, 25, 26, 27, 28, 29],
      22,
    ]);
  });

  test.each([
    ["rejects the key that served", invalid],
    ["fails for the key that served", () => new Response("down", { status: 503 })],
  ])("changes no other key if the check %s", async (_what, check) => {
    const { ask, states } = proxyOf("xxoxxxoxxo", check);
    await ask();
    expect(states()).toBe("bb........");
  });

  test("leaves keys alone that the check rejects for an unclear reason", async () => {
    const { proxy, ask, states } = proxyOf("xxoooooo", ({ key }) =>
      key.endsWith("02") ? models() : Response.json({ error: { message: "No." } }, { status: 401 }),
    );
    await ask();
    expect(states()).toBe("bb......");
    expect(proxy.keys("openai").every(({ cooldowns }) => cooldowns.size === 0)).toBe(true);
  });

  test("asks on no longer than the provider responds", async () => {
    const { ask, checked, states } = proxyOf("xxoooooooooooo", () => {
      throw new TypeError("connection reset");
    });
    await ask();
    expect(checked()).toHaveLength(5);
    expect(states()).toBe("bb............");
  });
});

test("one invalid key is a matter of that key alone", async () => {
  const { ask, checked } = proxyOf("xoxoxo");
  expect([await ask(), await ask(), await ask()]).toEqual([2, 2, 2]);
  expect(checked()).toEqual([]);
});

/** Caps of keys along a request's way: what is in progress, what responses cost, and what the store receives. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { KeyCapValues } from "../../lib/pool/types.ts";
import type { AccessToken, StateEvent } from "../../lib/proxy/ports.ts";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, type UpstreamScript, unlimitedToken } from "../doors/scripted-proxy.ts";

const UNPRICED = "nobody-knows";
const NO_CAPS: KeyCapValues = {
  concurrentRequests: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
};
const CHAT = "/api/openai/v1/chat/completions";

/** A thousand tokens, which cost a tenth of a cent (`MemoryBudgets`). */
const completion = () =>
  Response.json({
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 500, completion_tokens: 500, total_tokens: 1_000 },
  });
const COST_USD = 0.001;

const refusal = () =>
  Response.json(
    { error: { message: "Slow down." } },
    { status: 429, headers: { "retry-after": "60" } },
  );

const chat = (model = "gpt-5-mini", more: object = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", "x-one-balance-max-wait": "0" },
  body: JSON.stringify({
    ...{ model, max_tokens: 10, messages: [{ role: "user", content: "hi" }] },
    ...more,
  }),
});

function proxyWith(
  caps: Partial<KeyCapValues>,
  upstream: UpstreamScript = completion,
  { keys = ["sk-fake-1"], token = {} as Partial<AccessToken> } = {},
) {
  const tokens = new Map([["token", { ...unlimitedToken("at_1"), ...token }]]);
  const proxy = scriptedProxy({ upstream, keys: { openai: keys }, tokens, unpriced: [UNPRICED] });
  const pool = proxy.state.pool("openai");
  for (const key of [...pool.keys()]) pool.upsert({ ...key, caps: { ...NO_CAPS, ...caps } });
  const ask = async (init = chat()) => {
    const response = await proxy.fetch(CHAT, init);
    await response.text();
    return response;
  };
  return { proxy, ask };
}

// Loading them takes real time, which a virtual clock doesn't include.
beforeAll(() => loadPriceBook());

const cooled = (events: readonly StateEvent[]) =>
  events.flatMap((event) => (event.kind === "key-cooled" ? [event] : []));

test("requests at the same time end with their answers, also those that stream", async () => {
  const opened: ReadableStreamDefaultController<Uint8Array>[] = [];
  const { proxy, ask } = proxyWith({ concurrentRequests: 2 }, () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void opened.push(controller),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const event = new TextEncoder().encode(
    'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n',
  );
  const streams = [0, 1].map(async () =>
    (await proxy.fetch(CHAT, chat("m", { stream: true }))).text(),
  );
  await proxy.clock.advance(10);
  for (const controller of opened) controller.enqueue(event);
  await proxy.clock.advance(10);
  const third = await ask(chat("other-model"));
  expect(third.status).toBe(429);
  expect(third.headers.get("x-one-balance-limit-source")).toBe("pool");
  expect(proxy.state.pool("openai").availability("m", proxy.clock.nowMs).atCap).toMatchObject([
    { kind: "concurrent", keys: 1 },
  ]);
  for (const controller of opened) {
    controller.enqueue(new TextEncoder().encode("data: [DONE]\n\n"));
    controller.close();
  }
  await proxy.clock.advance(1_000);
  await Promise.all(streams);
  const fourth = proxy.fetch(CHAT, chat("m", { stream: true }));
  await proxy.clock.advance(10);
  expect(opened).toHaveLength(3);
  opened[2]?.enqueue(event);
  opened[2]?.close();
  await proxy.clock.advance(10);
  await (await fourth).text();
});

test("an attempt that is rejected gives its slot back", async () => {
  let asked = 0;
  const upstream = () => {
    asked += 1;
    return asked === 1 ? refusal() : completion();
  };
  const { ask } = proxyWith({ concurrentRequests: 1 }, upstream, {
    keys: ["sk-fake-1", "sk-fake-2"],
  });
  expect((await ask()).status).toBe(200);
  // The other key is in cooldown; this one's slot is free again.
  expect((await ask()).status).toBe(200);
  expect(asked).toBe(3);
});

describe("costs", () => {
  test("a key that reached its cap is skipped, and the store records why and until when", async () => {
    const { proxy, ask } = proxyWith({ dailyCostUsd: 2.5 * COST_USD });
    for (let request = 0; request < 3; request += 1) expect((await ask()).status).toBe(200);
    const response = await ask();
    expect(response.status).toBe(429);
    const midnight = Math.ceil(proxy.clock.nowMs / 86_400_000) * 86_400_000;
    const waitS = (midnight - proxy.clock.nowMs) / 1_000;
    expect(Math.abs(Number(response.headers.get("retry-after")) - waitS)).toBeLessThan(2);
    const [told, ...others] = cooled(proxy.state.events);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ keyId: "pk_sk-fake-1", model: "*", untilMs: midnight });
    expect(told?.evidence).toMatchObject({ meaning: "cost_day", rule: "cap", requestId: "req_3" });
    await proxy.clock.advance(midnight - proxy.clock.nowMs);
    expect((await ask()).status).toBe(200);
  });

  test("what is under way is reserved: many at once do not overrun the cap", async () => {
    // Each may use 10,000 tokens at most: a cent.
    const { proxy } = proxyWith({ dailyCostUsd: 0.025 });
    const many = await Promise.all(
      Array.from({ length: 10 }, () => proxy.fetch(CHAT, chat("m", { max_tokens: 10_000 }))),
    );
    const statuses = many.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    await Promise.all(many.map((response) => response.text()));
  });

  test("no request can hold more than a model can write: others are served beside it", async () => {
    const waiting: (() => void)[] = [];
    let answersAtOnce = false;
    const { proxy } = proxyWith({ dailyCostUsd: 2, monthlyCostUsd: 2 }, () =>
      answersAtOnce
        ? completion()
        : new Promise((resolve) => {
            waiting.push(() => resolve(completion()));
          }),
    );
    const greedy = [{ max_tokens: 999_999_999 }, { max_tokens: 1e300 }, { max_tokens: "9e9" }].map(
      (more) => proxy.fetch(CHAT, chat("m", more)),
    );
    await proxy.clock.advance(100);
    expect(proxy.calls).toHaveLength(3);
    answersAtOnce = true;
    expect((await proxy.fetch(CHAT, chat())).status).toBe(200);
    for (const answer of waiting) answer();
    await proxy.clock.run(Promise.all(greedy));
  });

  test("a model without a price counts nothing, or what its token states", async () => {
    const free = proxyWith({ dailyCostUsd: COST_USD });
    for (let request = 0; request < 5; request += 1) {
      expect((await free.ask(chat(UNPRICED))).status).toBe(200);
    }
    expect(cooled(free.proxy.state.events)).toEqual([]);

    const holder = { kind: "token", id: "at_1", budgetId: "at_1" } as const;
    const limitHolders = [{ ...holder, limits: { ...NO_LIMITS, dailyCostUsd: 1_000 } }];
    const token = { limitHolders, unpricedReserveNanoUsd: COST_USD * 1e9 };
    const stated = proxyWith({ dailyCostUsd: 2 * COST_USD }, completion, { token });
    const statuses = [];
    for (let request = 0; request < 3; request += 1) {
      statuses.push((await stated.ask(chat(UNPRICED))).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });

  test("a key of the same priority without caps goes on", async () => {
    const { proxy, ask } = proxyWith({ monthlyCostUsd: COST_USD }, completion, {
      keys: ["sk-fake-1", "sk-fake-2"],
    });
    const pool = proxy.state.pool("openai");
    const second = pool.get("pk_sk-fake-2");
    if (second === undefined) throw new Error("the key is gone");
    const { caps: _, ...uncapped } = second;
    pool.upsert(uncapped);
    for (let request = 0; request < 6; request += 1) expect((await ask()).status).toBe(200);
    expect(proxy.calls.map(({ key }) => key).filter((key) => key === "sk-fake-1")).toHaveLength(1);
  });
});

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

test(`background work holds a cap of costs until its usage is known (seed ${SEED})`, async () => {
  const PATH = "/api/openai/v1/responses";
  const [most, capTokens] = [1_000, 4_000];
  /** Begins work if negative; otherwise one that goes on ends, with so much output. */
  const deeds = fc.array(fc.integer({ min: -most, max: most }), { minLength: 10, maxLength: 25 });
  const reached = new Set<number>();
  await fc.assert(
    fc.asyncProperty(deeds, async (history) => {
      const open: string[] = [];
      let [begun, billed, output] = [0, 0, 0];
      const { proxy } = proxyWith({ dailyCostUsd: capTokens / 1e6 }, ({ method, url }) => {
        if (method === "POST") {
          begun += 1;
          open.push(`resp_${begun}`);
          return Response.json({ id: `resp_${begun}`, status: "queued" });
        }
        const usage = { input_tokens: 1, output_tokens: output };
        return Response.json({ id: url.pathname.split("/").at(-1), status: "completed", usage });
      });
      const ask = async (path: string, init: RequestInit) => {
        const response = await proxy.fetch(path, init);
        await response.text();
        await new Promise((resolve) => setTimeout(resolve, 0));
        return response.status;
      };
      const body = { input: "hi", background: true, max_output_tokens: most, messages: undefined };
      for (const deed of history) {
        const [oldest] = open;
        if (deed < 0 || oldest === undefined) {
          const held = billed + open.length * most;
          const status = await ask(PATH, chat("gpt-5-mini", { ...body, max_tokens: undefined }));
          reached.add(status);
          // With something left, one more may begin.
          if (status === 200) expect(held).toBeLessThan(capTokens);
          else expect(held + open.length * 100).toBeGreaterThanOrEqual(capTokens);
          continue;
        }
        output = deed;
        const status = await ask(`${PATH}/${oldest}`, {
          headers: { "x-one-balance-max-wait": "0" },
        });
        if (status !== 200) continue;
        open.shift();
        billed += output + 1;
      }
    }),
    { seed: SEED, numRuns: 25 },
  );
  expect([...reached].sort()).toEqual([200, 429]);
});

/**
 * Money budgets apply if no price is known: such requests are rejected with both remedies named, or counted at the
 * amount that an admin set; and what is cut off is counted at its reservation.
 */
import { describe, expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, type UpstreamScript, unlimitedToken } from "../doors/scripted-proxy.ts";

const UNPRICED = "nobody-knows";

const tokenWith = (
  limits: Partial<typeof NO_LIMITS>,
  more: Partial<AccessToken> = {},
): ReadonlyMap<string, AccessToken> => {
  const holder = { kind: "token", id: "at_1", budgetId: "at_1" } as const;
  const limitHolders = [{ ...holder, limits: { ...NO_LIMITS, ...limits } }];
  return new Map([["token", { ...unlimitedToken("at_1"), limitHolders, ...more }]]);
};

const completion = () =>
  Response.json({
    id: "c",
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
  });

const proxyFor = (
  tokens: ReadonlyMap<string, AccessToken>,
  upstream: UpstreamScript = completion,
) => scriptedProxy({ upstream, keys: { openai: ["sk-fake-1"] }, tokens, unpriced: [UNPRICED] });

const chat = (model: string, more: object = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], ...more }),
});
const CHAT = "/api/openai/v1/chat/completions";
const codeOf = async (response: Response) =>
  ((await response.json()) as { readonly error: { readonly code: string } }).error.code;

describe("a model without a price", () => {
  test.each([{ dailyCostUsd: 0.0001 }, { monthlyCostUsd: 1_000 }])(
    "is rejected before anything is sent, and the remedies are named: %j",
    async (limits) => {
      const proxy = proxyFor(tokenWith(limits));
      const response = await proxy.fetch(CHAT, chat(UNPRICED));
      expect(response.status).toBe(403);
      const { error } = (await response.json()) as { error: Record<string, string> };
      expect(error.code).toBe("price_unknown");
      expect(error.message).toContain("Settings > Prices");
      expect(error.message).toContain("unpricedReserveUsd");
      expect(proxy.calls).toEqual([]);
      expect(proxy.usage.events).toMatchObject([{ outcome: "denied", errorCode: "price_unknown" }]);
      expect((await proxy.fetch(CHAT, chat("priced"))).status).toBe(200);
    },
  );

  test("is served where answers tell their cost, which the budget then holds", async () => {
    const proxy = scriptedProxy({
      upstream: () =>
        Response.json({
          model: UNPRICED,
          choices: [],
          usage: { prompt_tokens: 1_000, completion_tokens: 500, cost: 0.0123 },
        }),
      keys: { openrouter: ["sk-or-fake-1"] },
      tokens: tokenWith({ dailyCostUsd: 0.01 }),
      unpriced: [UNPRICED],
    });
    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent += 1) {
      const response = await proxy.fetch("/api/openrouter/v1/chat/completions", chat(UNPRICED));
      await proxy.clock.run(response.text());
      await proxy.clock.advance(100);
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 429, 429, 429]);
    expect(proxy.usage.events[0]?.usage?.reportedNanoUsd).toBe(12_300_000);
  });

  test("is served where no budget is of money", async () => {
    const proxy = proxyFor(tokenWith({ dailyRequests: 9, dailyTokens: 99_999, tpm: 99_999 }));
    expect((await proxy.fetch(CHAT, chat(UNPRICED))).status).toBe(200);
  });

  test("is counted at the stated reserve, and ends with the budget", async () => {
    const tokens = tokenWith({ dailyCostUsd: 1 }, { unpricedReserveNanoUsd: 4e8 });
    const proxy = proxyFor(tokens);
    const statuses: number[] = [];
    for (let sent = 0; sent < 5; sent += 1) {
      const response = await proxy.fetch(CHAT, chat(UNPRICED));
      await response.text();
      statuses.push(response.status);
    }
    // A budget is exceeded by at most one request: 0.4, 0.8, 1.2.
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(proxy.usage.events.slice(0, 3)).toMatchObject(
      Array.from({ length: 3 }, () => ({ outcome: "ok", statedNanoUsd: 4e8 })),
    );
  });

  test("costs nothing if the provider rejected it", async () => {
    const refusal = () =>
      Response.json({ error: { message: "bad", type: "invalid_request_error" } }, { status: 400 });
    const tokens = tokenWith({ dailyCostUsd: 1 }, { unpricedReserveNanoUsd: 9e8 });
    const proxy = proxyFor(tokens, refusal);
    for (let sent = 0; sent < 5; sent += 1) {
      expect((await proxy.fetch(CHAT, chat(UNPRICED))).status).toBe(400);
    }
    expect(proxy.usage.events.some((event) => "statedNanoUsd" in event)).toBe(false);
  });
});

describe("a request that hides its model", () => {
  const post = (body: object = {}): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

  test.each(["v1/batches", "v1/threads/thread_1/runs", "v1/fine_tuning/jobs", "v1/evals"])(
    "%s is rejected under a budget of money",
    async (path) => {
      const proxy = proxyFor(tokenWith({ monthlyCostUsd: 5 }));
      const response = await proxy.fetch(`/api/openai/${path}`, post({ input_file_id: "file-1" }));
      expect([response.status, await codeOf(response)]).toEqual([403, "price_unknown"]);
      expect(proxy.calls).toEqual([]);
    },
  );

  test.each<[string, RequestInit]>([
    ["v1/models", {}],
    ["v1/batches/batch_1", {}],
    ["v1/batches/batch_1/cancel", post()],
    ["v1/responses/resp_1", { method: "DELETE" }],
  ])("%s is free, and goes", async (path, init) => {
    const proxy = proxyFor(tokenWith({ monthlyCostUsd: 5 }), () => Response.json({ id: "x" }));
    for (const resource of ["batch_1", "resp_1"]) {
      proxy.state.record({
        kind: "resource-seen",
        provider: "openai",
        resource,
        keyId: "pk_sk-fake-1",
        tokenId: "at_1",
        userId: null,
        atMs: proxy.clock.nowMs,
      });
    }
    expect((await proxy.fetch(`/api/openai/${path}`, init)).status).toBe(200);
  });
});

describe("what is cut off", () => {
  test("counts as what was reserved, where the client leaves before the first byte", async () => {
    const leaving = new AbortController();
    const proxy = proxyFor(tokenWith({ dailyCostUsd: 1 }), () => {
      leaving.abort();
      return new Promise<Response>(() => undefined);
    });
    void proxy.fetch(CHAT, { ...chat("priced", { max_tokens: 900 }), signal: leaving.signal });
    await expect.poll(() => proxy.usage.events).toHaveLength(1);
    expect(proxy.usage.events).toMatchObject([
      { outcome: "aborted", usage: { outputTokens: 900, isEstimate: true } },
    ]);
  });

  test("counts nothing where no upstream had begun", async () => {
    const leaving = new AbortController();
    const proxy = proxyFor(tokenWith({ dailyCostUsd: 1 }), () => {
      setTimeout(() => leaving.abort(), 0);
      const error = { message: "Rate limit reached. Please try again in 5s.", type: "requests" };
      return Response.json({ error }, { status: 429, headers: { "retry-after": "5" } });
    });
    void proxy.fetch(CHAT, { ...chat("priced"), signal: leaving.signal });
    await expect.poll(() => proxy.usage.events).toHaveLength(1);
    expect(proxy.usage.events[0]?.usage).toBeNull();
  });

  test.each([
    ["compress", "application/json"],
    ["x-unknown", "text/event-stream"],
    ["gzip, br", "application/json"],
  ])(
    "so does a response in %s, which wasn't requested and can't be read",
    async (packing, type) => {
      const headers = { "content-type": type, "content-encoding": packing };
      const proxy = proxyFor(
        tokenWith({ dailyTokens: 100 }),
        () => new Response("packed", { headers }),
      );
      const ask = () => proxy.fetch(CHAT, chat("priced", { max_tokens: 90 }));
      const statuses: number[] = [];
      for (let request = 0; request < 4; request += 1) {
        const response = await ask();
        await proxy.clock.run(response.arrayBuffer());
        statuses.push(response.status);
      }
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
      expect(proxy.usage.events[0]).toMatchObject({
        outcome: "ok",
        usage: { outputTokens: 90, isEstimate: true },
      });
    },
  );
});

/** Model aliases in the handler alone, in front of a fake upstream. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAPABILITIES, type ModelAlias, type RouteTarget } from "../../lib/models/model-alias.ts";
import { customProvider, type Protocol } from "../../lib/providers/custom-provider.ts";
import { handleProxyRequest } from "../../lib/proxy/handle-request.ts";
import type { AccessScope } from "../../lib/proxy/ports.ts";
import { splitProxyPath } from "../../lib/proxy/request/proxy-path.ts";
import { KEPT_BODY_BYTES } from "../../lib/proxy/request/request-body.ts";
import { fetchDecoded } from "../../lib/runtime/fetch-decoded.ts";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { type LimitValues, NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { MemoryBudgets } from "../doors/memory-budgets.ts";
import { MemoryCatalog } from "../doors/memory-catalog.ts";
import { MemoryState } from "../doors/memory-state.ts";
import { MemoryUsage } from "../doors/memory-usage.ts";
import { MemoryWorks } from "../doors/memory-works";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import type { KeyBehaviour } from "../fake-upstream/types.ts";

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterAll(() => upstream.close());

const BUSY: KeyBehaviour = { kind: "flaky", share: 1, seed: 1 };
const SPENT: KeyBehaviour = { kind: "limited", requests: 0, windowMs: 60_000 };

let state: MemoryState;
let usage: MemoryUsage;
let budgets: MemoryBudgets;
beforeEach(() => {
  upstream.clear();
  usage = new MemoryUsage();
  budgets = new MemoryBudgets();
  startState(null);
});

function startState(scopes: readonly AccessScope[] | null, limits?: LimitValues): void {
  const token = {
    id: "at_1",
    name: "app",
    ownerId: null,
    scopes,
    expiresAtMs: null,
    ...(limits && {
      limitHolders: [{ kind: "token", id: "at_1", budgetId: "at_1", limits } as const],
    }),
  };
  const own = (slug: string, protocol: Protocol, path: string) =>
    customProvider(
      {
        slug,
        label: slug,
        baseUrl: `${upstream.gatewayUrl}/${path}`,
        keyHeader: protocol === "google" ? "x-goog-api-key" : "x-api-key",
        keyPrefix: "",
        protocol,
      },
      true,
    );
  state = new MemoryState(new Map([["ob-app", token]]), {
    customProviders: [
      own("claudish", "anthropic", "anthropic"),
      own("geminish", "google", "google-ai-studio"),
    ],
    direct: ["claudish", "geminish"],
  });
}

function keys(provider: string, ...behaviours: KeyBehaviour[]): void {
  const texts = behaviours.map((behaviour, index) => {
    const key = `fake-${provider}-${index}`;
    upstream.setKey(key, behaviour);
    return key;
  });
  state.setKeys(provider, texts);
}

const target = (name: string, fields: Partial<RouteTarget> = {}): RouteTarget => {
  const [provider = "", ...model] = name.split("/");
  return { provider, model: model.join("/"), weight: 1, capabilities: CAPABILITIES, ...fields };
};

function alias(targets: readonly (string | RouteTarget)[], fields: Partial<ModelAlias> = {}): void {
  state.setAliases({
    name: "fast",
    choice: "ordered",
    targets: targets.map((each) => (typeof each === "string" ? target(each) : each)),
    conversion: "needed",
    maxInputUsd: null,
    maxOutputUsd: null,
    ...fields,
  });
}

const HELLO = [{ role: "user", content: "Hello" }];

async function ask(
  path: string,
  body: BodyInit,
  limits: { readonly maxAttempts?: number; readonly firstByteTimeoutMs?: number } = {},
): Promise<Response> {
  const url = new URL(`http://one-balance.test/api/${path}`);
  const proxyPath = splitProxyPath(url.pathname);
  if (proxyPath === null) throw new Error(`${path} is not the proxy's`);
  const headers = { authorization: "Bearer ob-app", "content-type": "application/json" };
  const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
  const proxy = {
    config: {
      gatewayUrl: upstream.gatewayUrl,
      gatewayToken: null,
      maxAttempts: 10,
      firstByteTimeoutMs: 120_000,
      consecutive429Threshold: 2,
      ...limits,
    },
    ports: {
      nowMs: Date.now,
      random: Math.random,
      fetch: fetchDecoded,
      setTimer: (callback: () => void, ms: number) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      newRequestId: () => crypto.randomUUID(),
      state,
      usage,
      prices: () => loadPriceBook(),
      budgets,
      works: new MemoryWorks(),
    },
    catalog: new MemoryCatalog(),
  };
  return handleProxyRequest(new Request(url, init), url, proxyPath, proxy, () => {});
}

const chat = (fields: object = {}, path = "compat/chat/completions", limits = {}) =>
  ask(path, JSON.stringify({ model: "fast", messages: HELLO, ...fields }), limits);

const targetOf = (response: Response) => response.headers.get("x-one-balance-target");
/** Keys with which requests were sent, without the free call that checks a rejected key. */
const asked = () =>
  upstream.requests.filter(({ method }) => method === "POST").map(({ key }) => key);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function refusal(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

describe("a call in the OpenAI form", () => {
  test("goes to the first target, with the model replaced and nothing else", async () => {
    keys("groq", { kind: "ok" });
    alias(["groq/meta-llama/llama-4", "openai/gpt-5-mini"]);
    const body =
      '{ "temperature": 0.50, "model":"fast" ,"messages":[{"role":"user","content":"fast?"}]}';
    const response = await ask("openai/v1/chat/completions", body);
    expect(response.status).toBe(200);
    expect(targetOf(response)).toBe("groq/meta-llama/llama-4");
    const [seen] = upstream.requests;
    const sent = seen?.slug === "compat" ? "groq/meta-llama/llama-4" : "meta-llama/llama-4";
    expect(seen?.bodySha256).toBe(sha256(body.replace('"fast" ', `${JSON.stringify(sent)} `)));
  });

  test.each([
    "compat/v1/chat/completions",
    "openai/chat/completions",
    "anthropic/v1/chat/completions",
  ])("may be made at %s", async (path) => {
    keys("mistral", { kind: "ok" });
    alias(["mistral/small"]);
    const response = await chat({}, path);
    expect([response.status, targetOf(response)]).toEqual([200, "mistral/small"]);
  });

  test("that names no alias is what it was", async () => {
    keys("openai", { kind: "ok" });
    alias(["groq/llama"]);
    const response = await chat({ model: "gpt-5-mini" }, "openai/chat/completions");
    expect([response.status, targetOf(response)]).toEqual([200, null]);
  });

  test("for embeddings goes to the target's endpoint of that kind", async () => {
    keys("google-ai-studio", { kind: "ok" });
    alias(["google-ai-studio/gemini-embedding-001"]);
    const body = JSON.stringify({ model: "fast", input: "x" });
    const response = await ask("openai/v1/embeddings", body);
    expect(targetOf(response)).toBe("google-ai-studio/gemini-embedding-001");
    expect(upstream.requests[0]).toMatchObject({
      slug: "google-ai-studio",
      path: "v1beta/openai/embeddings",
      model: "gemini-embedding-001",
    });
  });
});

describe("a call in a provider's own form", () => {
  test("goes to targets that speak Anthropic's", async () => {
    keys("claudish", { kind: "ok" });
    keys("openai", { kind: "ok" });
    alias(["openai/gpt-5-mini", "claudish/claude-mini"]);
    const response = await chat({ max_tokens: 9 }, "anthropic/v1/messages");
    expect([response.status, targetOf(response)]).toEqual([200, "claudish/claude-mini"]);
    expect(upstream.requests).toMatchObject([
      { path: "v1/messages", key: "fake-claudish-0", model: "claude-mini" },
    ]);
  });

  test("has its model in the path at Google, and sometimes in the body again", async () => {
    keys("google-ai-studio", BUSY);
    keys("geminish", { kind: "ok" });
    alias(["google-ai-studio/gemini-a", "geminish/tuned b"]);
    const body = JSON.stringify({
      model: "models/fast",
      contents: [{ parts: [{ text: "fast" }] }],
    });
    const response = await ask("google-ai-studio/v1beta/models/fast:generateContent", body, {
      maxAttempts: 2,
    });
    expect([response.status, targetOf(response)]).toEqual([200, "geminish/tuned%20b"]);
    expect(upstream.requests.map(({ path, bodySha256 }) => [path, bodySha256])).toEqual(
      ["gemini-a", "tuned b"].map((model) => [
        `v1beta/models/${encodeURIComponent(model)}:generateContent`,
        sha256(body.replace("models/fast", `models/${model}`)),
      ]),
    );
  });

  test("without a target for the format, is rejected in that format", async () => {
    keys("openai", { kind: "ok" });
    alias(["elevenlabs/eleven_v3"]);
    const response = await chat({ max_tokens: 9 }, "anthropic/v1/messages");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", code: "no_route_target" },
    });
    expect(asked()).toEqual([]);
  });
});

describe("the next target serves", () => {
  test.each<[string, KeyBehaviour[]]>([
    ["has no keys", []],
    ["has used its keys up", [SPENT, SPENT]],
    ["is overloaded", [BUSY]],
    ["cannot be reached", [{ kind: "reset" }]],
    ["has only dead keys", [{ kind: "invalid" }]],
  ])("where the one before %s", async (_name, behaviours) => {
    keys("groq", ...behaviours);
    keys("openai", { kind: "ok" });
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const response = await chat({}, undefined, { maxAttempts: 4 });
    expect([response.status, targetOf(response)]).toEqual([200, "openai/gpt-5-mini"]);
    expect(asked().at(-1)).toBe("fake-openai-0");
    expect(response.headers.get("x-one-balance-attempts")).toBe(String(asked().length));
  });

  test("not if the request itself is rejected", async () => {
    const answer = {
      status: 400,
      headers: { "content-type": "application/json" },
      body: '{"error":{"message":"temperature must be below 2","type":"invalid_request_error"}}',
    };
    keys("groq", { kind: "answer", answer });
    keys("openai", { kind: "ok" });
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const response = await chat();
    expect([response.status, targetOf(response)]).toEqual([400, "groq/llama"]);
    expect(await response.text()).toBe(answer.body);
  });

  test("with attempts left, however many keys the one before has", async () => {
    keys("groq", ...Array.from({ length: 20 }, () => SPENT));
    keys("openai", { kind: "ok" });
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const response = await chat({}, undefined, { maxAttempts: 6 });
    expect([response.status, response.headers.get("x-one-balance-attempts")]).toEqual([200, "16"]);
    // Rejections are cheap, but half of the attempts are kept for the second target.
    expect(asked().filter((key) => key.includes("groq"))).toHaveLength(15);
  });

  test("within one deadline", async () => {
    keys("groq", { kind: "slow-headers", delayMs: 10_000 });
    keys("openai", { kind: "ok" });
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const response = await chat({}, undefined, { firstByteTimeoutMs: 150 });
    expect(await refusal(response)).toMatchObject({ status: 504, code: "upstream_timeout" });
    expect(asked()).toEqual(["fake-groq-0"]);
  });

  test("not with a body that was sent and is not kept", async () => {
    keys("groq", BUSY);
    keys("openai", { kind: "ok" });
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const long = [{ role: "user", content: "x".repeat(KEPT_BODY_BYTES) }];
    const response = await chat({ messages: long });
    expect([response.status, asked()]).toEqual([503, ["fake-groq-0"]]);
  });
});

describe("where no target serves", () => {
  test("the wait is that of the first to return, and each target is reported", async () => {
    keys("groq", { ...SPENT, windowMs: 3_600_000 });
    keys("openai", { ...SPENT, windowMs: 20_000 });
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const response = await chat();
    expect(Number(response.headers.get("retry-after"))).toBeLessThanOrEqual(20);
    expect(response.headers.get("x-one-balance-limit-source")).toBe("pool");
    const said = await refusal(response);
    expect(said).toMatchObject({ status: 429, code: "pool_exhausted" });
    expect(said.message).toMatch(
      /^No target of "fast" could serve\. groq\/llama: .* openai\/gpt-5-mini: /,
    );
  });

  test("an upstream's own failure is delivered, with its target", async () => {
    keys("groq", BUSY);
    alias(["groq/llama", "openai/gpt-5-mini"]);
    const response = await chat({}, undefined, { maxAttempts: 2 });
    expect([response.status, targetOf(response)]).toEqual([503, "groq/llama"]);
    expect(usage.events).toMatchObject([{ provider: "groq", model: "llama", status: 503 }]);
  });

  test("a token that may use none gets an error that says so", async () => {
    startState([{ provider: "mistral", models: null }]);
    keys("openai", { kind: "ok" });
    alias(["openai/gpt-5-mini"]);
    expect(await refusal(await chat())).toMatchObject({ status: 403, code: "access_denied" });
    expect(usage.events).toMatchObject([{ outcome: "denied", model: null }]);
  });
});

describe("conditions", () => {
  test("a request for more than a target is marked for goes on to the next", async () => {
    keys("groq", { kind: "ok" });
    keys("openai", { kind: "ok" });
    alias([target("groq/llama", { capabilities: ["tools"] }), "openai/gpt-5-mini"]);
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const messages = [{ role: "user", content: [picture] }];
    expect(targetOf(await chat({ tools: [{ type: "function" }] }))).toBe("groq/llama");
    expect(targetOf(await chat({ messages }))).toBe("openai/gpt-5-mini");
  });

  test("a target more expensive than the alias allows isn't called", async () => {
    keys("openai", { kind: "ok" });
    alias(["openai/gpt-5", "openai/gpt-5-mini"], { maxOutputUsd: 2 });
    expect(targetOf(await chat())).toBe("openai/gpt-5-mini");
    alias(["openai/gpt-5", "openai/gpt-5-mini"], { maxOutputUsd: 1 });
    const said = await refusal(await chat());
    expect(said).toMatchObject({ status: 400, code: "no_route_target" });
    expect(said.message).toContain("openai/gpt-5 costs more than the alias allows");
  });

  test("a token whose scope names the alias may use its targets by that name alone", async () => {
    startState([{ provider: null, models: ["fast"] }]);
    keys("openai", { kind: "ok" });
    alias(["openai/gpt-5-mini"]);
    expect((await chat()).status).toBe(200);
    expect((await chat({ model: "openai/gpt-5-mini" })).status).toBe(403);
  });
});

test("what is recorded is the target that served, and where each attempt before it was made", async () => {
  keys("groq", BUSY);
  keys("openai", { kind: "ok" });
  alias(["groq/llama", "openai/gpt-5-mini"]);
  await (await chat({}, undefined, { maxAttempts: 2 })).text();
  const groq = { provider: "groq", model: "llama" };
  expect(usage.events).toMatchObject([
    { provider: "openai", model: "gpt-5-mini", outcome: "ok", attempts: [{ target: groq }, {}] },
  ]);
  expect(usage.events[0]?.attempts[1]?.target).toBeUndefined();
});

test("a token's limit counts the request once, however many targets are tried", async () => {
  startState(null, { ...NO_LIMITS, dailyRequests: 2 });
  keys("groq", SPENT);
  keys("openai", { kind: "ok" });
  alias(["groq/llama", "openai/gpt-5-mini"]);
  const statuses: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    const response = await chat();
    await response.text();
    statuses.push(response.status);
  }
  expect(statuses).toEqual([200, 200, 429]);
});

/** `GET /api/quota`: a token's own limits, used and left; and per model whether it can be served now, or when. */
import { describe, expect, test } from "vitest";
import type { LimitHolder } from "../../lib/budgets/limit-holder.ts";
import { quotaAnswer as quotaSchema } from "../../lib/manage/answer-schemas.ts";
import type { Quota } from "../../lib/proxy/own/quota-answer.ts";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { type ScriptedProxy, scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const MODELS = ["gpt-5", "gpt-5-mini"];

function answerTo({ url, body }: { url: URL; body: Uint8Array }): Response {
  if (url.pathname.endsWith("/models")) {
    const ids = url.hostname === "api.openai.com" ? MODELS : ["claude-haiku-4-5"];
    return Response.json({ data: ids.map((id) => ({ id })) });
  }
  const { model } = JSON.parse(new TextDecoder().decode(body));
  if (model === "gpt-5") {
    const error = { message: "Rate limit reached", code: "rate_limit_exceeded" };
    return Response.json({ error }, { status: 429, headers: { "retry-after": "40" } });
  }
  return Response.json({
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 40, completion_tokens: 60, total_tokens: 100 },
  });
}

function proxyFor(
  more: Partial<AccessToken> = {},
  keys: Readonly<Record<string, readonly string[]>> = {
    openai: ["sk-fake-1"],
    anthropic: ["sk-ant-fake-1"],
  },
): ScriptedProxy {
  const tokens = new Map([
    ["token", { ...unlimitedToken("at_1"), name: "mine", ...more }],
    ["other", { ...unlimitedToken("at_2"), name: "other" }],
  ]);
  return scriptedProxy({ upstream: answerTo, keys, tokens, config: { gatewayUrl: null } });
}

const holder = (kind: LimitHolder["kind"], limits: Partial<LimitHolder["limits"]>): LimitHolder => {
  const id = kind === "token" ? "at_1" : "us_1";
  return { kind, id, budgetId: id, limits: { ...NO_LIMITS, ...limits } };
};

async function quotaOf(proxy: ScriptedProxy, token = "token"): Promise<Quota> {
  const response = await proxy.fetch("/api/quota", {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const quota = await response.json();
  // According to the OpenAPI document.
  return quotaSchema.parse(quota) as Quota;
}

const ask = (proxy: ScriptedProxy, model: string) =>
  proxy.fetch("/api/openai/chat/completions", {
    method: "POST",
    headers: { "x-one-balance-max-wait": "0" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
  });

describe("limits", () => {
  test("a token without limits has none, and gets its name and end", async () => {
    const proxy = proxyFor({ expiresAtMs: Date.UTC(2027, 0, 1) });
    const { token, limits } = await quotaOf(proxy);
    expect(token).toEqual({ name: "mine", expiresAt: Date.UTC(2027, 0, 1) });
    expect(limits).toEqual([]);
  });

  test("the token's and its member's: used, left, and when they renew", async () => {
    const proxy = proxyFor({
      limitHolders: [
        holder("token", { rpm: 5, tpm: 10_000, dailyRequests: 3, concurrentRequests: 2 }),
        holder("member", { dailyTokens: 1_000, monthlyCostUsd: 2 }),
      ],
    });
    const before = await quotaOf(proxy);
    expect(before.limits.map(({ used, held }) => used + held)).toEqual([0, 0, 0, 0, 0, 0]);
    await ask(proxy, "gpt-5-mini");
    const { limits } = await quotaOf(proxy);
    const midnight = Date.UTC(2026, 0, 16);
    const inAMinute = proxy.clock.nowMs + 60_000;
    expect(limits).toEqual([
      { of: "token", limit: "rpm", most: 5, used: 1, held: 0, left: 4, renewsAt: inAMinute },
      {
        of: "token",
        limit: "tpm",
        most: 10_000,
        used: 100,
        held: 0,
        left: 9_900,
        renewsAt: inAMinute,
      },
      {
        of: "token",
        limit: "concurrentRequests",
        most: 2,
        used: 0,
        held: 0,
        left: 2,
        renewsAt: null,
      },
      {
        of: "token",
        limit: "dailyRequests",
        most: 3,
        used: 1,
        held: 0,
        left: 2,
        renewsAt: midnight,
      },
      {
        of: "member",
        limit: "dailyTokens",
        most: 1_000,
        used: 100,
        held: 0,
        left: 900,
        renewsAt: midnight,
      },
      {
        of: "member",
        limit: "monthlyCostUsd",
        most: 2,
        used: 0.0001,
        held: 0,
        left: 2 - 0.0001,
        renewsAt: Date.UTC(2026, 1, 1),
      },
    ]);
  });

  test("asking uses nothing up, and another token's figures are not there", async () => {
    const proxy = proxyFor({ limitHolders: [holder("token", { dailyRequests: 2 })] });
    for (let round = 0; round < 5; round += 1) await quotaOf(proxy);
    expect((await quotaOf(proxy)).limits).toMatchObject([{ used: 0, left: 2 }]);
    expect(await quotaOf(proxy, "other")).toMatchObject({ token: { name: "other" }, limits: [] });
  });
});

describe("models", () => {
  const readiness = ({ models }: Quota) =>
    Object.fromEntries(models.map(({ model, isReady, readyAt }) => [model, isReady || readyAt]));

  test("ready ones are so now; one whose keys rest tells when the first is back", async () => {
    const proxy = proxyFor();
    proxy.state.setAliases({
      name: "fast",
      choice: "ordered",
      targets: [{ provider: "openai", model: "gpt-5", weight: 1, capabilities: [] }],
      conversion: "needed",
      maxInputUsd: null,
      maxOutputUsd: null,
    });
    expect(readiness(await quotaOf(proxy))).toEqual({
      fast: true,
      "openai/gpt-5": true,
      "openai/gpt-5-mini": true,
      "anthropic/claude-haiku-4-5": true,
    });
    await ask(proxy, "gpt-5");
    const resting = readiness(await quotaOf(proxy));
    expect(resting).toMatchObject({ "openai/gpt-5-mini": true });
    for (const model of ["fast", "openai/gpt-5"]) {
      const waitMs = Number(resting[model]) - proxy.clock.nowMs;
      expect(waitMs).toBeGreaterThan(30_000);
      expect(waitMs).toBeLessThanOrEqual(60_000);
    }
    await proxy.clock.advance(61_000);
    expect(readiness(await quotaOf(proxy))).toMatchObject({ "openai/gpt-5": true, fast: true });
  });

  test("cooldowns of models that no one requested here are read from the keys", async () => {
    const proxy = proxyFor({}, { openai: ["sk-fake-1", "sk-fake-2"] });
    await quotaOf(proxy);
    const untilMs = proxy.clock.nowMs + 500_000;
    for (const [index, key] of proxy.keys("openai").entries()) {
      const rest = { untilMs: untilMs + index * 1_000, reason: "rate_limit_day" };
      key.cooldowns = new Map([["gpt-5-mini", rest]]);
    }
    expect(readiness(await quotaOf(proxy))).toEqual({
      "openai/gpt-5": true,
      "openai/gpt-5-mini": untilMs,
    });
  });

  test("only what the token may use", async () => {
    const proxy = proxyFor({ scopes: [{ provider: "openai", models: ["gpt-5-mini"] }] });
    expect(readiness(await quotaOf(proxy))).toEqual({ "openai/gpt-5-mini": true });
  });
});

test.each([
  ["GET", "Bearer nobody", 401],
  ["POST", "Bearer token", 400],
] as const)("%s with %s: %i", async (method, authorization, status) => {
  const response = await proxyFor().fetch("/api/quota", { method, headers: { authorization } });
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty("error.code");
});

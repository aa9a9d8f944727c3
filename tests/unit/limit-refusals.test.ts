/**
 * A request that a limit refuses is told whose limit it is, what was used of it and when there is room again, and the
 * log keeps the same: for each kind of holder and each limit.
 */
import { describe, expect, test } from "vitest";
import type { LimitHolder } from "../../lib/budgets/limit-holder.ts";
import { NO_LIMITS, TOKEN_LIMITS, type TokenLimit } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const HOLDERS = [
  { kind: "token", id: "at_1", words: /^This token's limit of / },
  { kind: "member", id: "us_1", words: /^The owner's limit of .* owner's tokens together is/ },
  {
    kind: "group",
    id: "gr_1",
    name: "search",
    words: /^The limit of .* group "search" together is/,
  },
  {
    kind: "tag",
    id: "tag:customer=acme",
    name: "customer=acme",
    words: /^The limit of .* for all requests tagged customer=acme is/,
  },
] as const;

/** One request uses it up: it takes 10 tokens at a dollar per million. */
const MOST: Readonly<Record<TokenLimit, number>> = {
  rpm: 1,
  tpm: 10,
  concurrentRequests: 1,
  dailyRequests: 1,
  dailyTokens: 10,
  dailyCostUsd: 0.00001,
  monthlyCostUsd: 0.00001,
};

const AMOUNT: Readonly<Record<TokenLimit, string>> = {
  rpm: "1 request per minute",
  tpm: "10 tokens per minute",
  concurrentRequests: "1 request at the same time",
  dailyRequests: "1 request per day",
  dailyTokens: "10 tokens per day",
  dailyCostUsd: "$0.00001 per day",
  monthlyCostUsd: "$0.00001 per month",
};

const CHAT: RequestInit = {
  method: "POST",
  headers: { "content-type": "application/json", "x-one-balance-max-wait": "0" },
  body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
};

/** Two requests of a token with this limit: the first is answered, or still in progress if nothing else is counted. */
async function refused(holder: LimitHolder, isAnswered: boolean) {
  const others: LimitHolder[] = HOLDERS.filter(({ kind }) => kind !== holder.kind).map(
    ({ words: _, ...other }) => ({ ...other, budgetId: other.id, limits: FAR_AWAY }),
  );
  const token = { ...unlimitedToken("at_1"), limitHolders: [...others, holder] };
  const proxy = scriptedProxy({
    upstream: async (_call, clock) => {
      if (!isAnswered) await new Promise<void>((resolve) => clock.setTimer(resolve, 5_000));
      return Response.json({
        id: "c",
        object: "chat.completion",
        choices: [
          { index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
      });
    },
    keys: { openai: ["sk-fake-1", "sk-fake-2"] },
    tokens: new Map([["token", token]]),
  });
  const first = proxy.fetch("/api/openai/v1/chat/completions", CHAT);
  if (isAnswered) await proxy.clock.run((await first).text());
  const response = await proxy.fetch("/api/openai/v1/chat/completions", CHAT);
  const { nowMs } = proxy.clock;
  const { error } = (await response.json()) as { readonly error: { readonly message: string } };
  const event = proxy.usage.events.find(({ errorCode }) => errorCode !== null);
  await proxy.clock.run(first);
  return { response, message: error.message, reached: event?.reachedLimit, nowMs };
}

/** Limits that no request of these tests reaches. */
const FAR_AWAY = Object.fromEntries(TOKEN_LIMITS.map((name) => [name, 1e9])) as Record<
  TokenLimit,
  number
>;

describe.each(HOLDERS)("of a $kind", ({ words, ...holder }) => {
  test.each(TOKEN_LIMITS)("%s", async (limit) => {
    const most = MOST[limit];
    const limits = { ...NO_LIMITS, [limit]: most };
    const isOfSeats = limit === "concurrentRequests";
    const { response, message, reached, nowMs } = await refused(
      { ...holder, budgetId: holder.id, limits },
      !isOfSeats,
    );
    expect(response.status, message).toBe(429);
    expect(message).toMatch(words);
    expect(message).toContain(AMOUNT[limit]);
    const escaped = AMOUNT[limit].split(" ")[0]?.replace(/[$.]/g, "\\$&");
    if (!isOfSeats)
      expect(message).toMatch(new RegExp(`(Spent|at least).* ${escaped} of ${escaped}\\.`));
    expect(reached).toEqual({
      holder: holder.kind,
      id: holder.id,
      ...("name" in holder && { name: holder.name }),
      limit,
      most,
      used: isOfSeats ? 0 : expect.closeTo(most, 9),
      held: isOfSeats ? 1 : 0,
      renewsAtMs: isOfSeats ? null : expect.any(Number),
    });
    if (isOfSeats) {
      expect(message).toContain("In progress: at least 1 of 1.");
      return;
    }
    const renewsAtMs = reached?.renewsAtMs ?? 0;
    const renewsAt = new Date(renewsAtMs).toISOString();
    expect(message).toContain(renewsAt);
    if (limit.startsWith("daily")) expect(renewsAt).toMatch(/T00:00:00.000Z$/);
    if (limit.startsWith("monthly")) expect(renewsAt).toMatch(/-01T00:00:00.000Z$/);
    const waitS = Math.ceil((renewsAtMs - nowMs) / 1_000);
    expect(Number(response.headers.get("retry-after"))).toBe(waitS);
  });
});

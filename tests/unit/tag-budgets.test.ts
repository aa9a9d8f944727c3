/** Budgets by tag: they hold for all requests with the tag together, whichever tokens send them, and for no other. */
import { expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { type BudgetName, NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const OWN = { ...NO_LIMITS, dailyRequests: 1 };
const TOKENS: Readonly<Record<string, AccessToken>> = {
  one: unlimitedToken("at_1"),
  two: unlimitedToken("at_2"),
  limited: {
    ...unlimitedToken("at_4"),
    limitHolders: [{ kind: "token", id: "at_4", budgetId: "at_4", limits: OWN }],
  },
  fixed: { ...unlimitedToken("at_3"), fixedTags: { customer: "acme" } },
};

/** Each request takes ten tokens at a dollar per million. */
function proxyWith(budgets: Partial<Record<BudgetName, number>>) {
  const proxy = scriptedProxy({
    upstream: () =>
      Response.json({
        id: "c",
        object: "chat.completion",
        choices: [
          { index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" },
        ],
        usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
      }),
    keys: { openai: ["sk-fake-1"] },
    tokens: new Map(Object.entries(TOKENS)),
    unpriced: ["nobody-knows"],
  });
  const id = "tag:customer=acme";
  proxy.state.tagLimits.set("customer=acme", {
    ...{ kind: "tag", id, budgetId: id, name: "customer=acme" },
    limits: { ...NO_LIMITS, ...budgets },
  });
  const ask = async (token: string, headers: Readonly<Record<string, string>> = {}, more = {}) => {
    const response = await proxy.fetch("/api/openai/v1/chat/completions", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "x-one-balance-max-wait": "0",
        ...headers,
      },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], ...more }),
    });
    const text = await proxy.clock.run(response.text());
    return { status: response.status, text };
  };
  return { proxy, ask };
}

const ACME = { "x-one-balance-tags": "customer=acme,feature=rag" };
const METADATA = { "cf-aig-metadata": '{"customer":"acme"}' };

test.each<[BudgetName, number]>([
  ["dailyRequests", 3],
  ["dailyTokens", 30],
  ["dailyCostUsd", 0.00003],
  ["monthlyCostUsd", 0.00003],
])("%s of a tag is shared by tokens, headers, metadata and fixed tags", async (limit, most) => {
  const { proxy, ask } = proxyWith({ [limit]: most });
  const statuses = [await ask("one", ACME), await ask("two", METADATA), await ask("fixed")];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200]);
  for (const [token, headers] of [
    ["one", ACME],
    ["two", METADATA],
    ["fixed", {}],
  ] as const) {
    const refused = await ask(token, headers);
    expect(refused.status).toBe(429);
    expect(refused.text).toContain("for all requests tagged customer=acme is reached");
  }
  expect(proxy.usage.events.at(-1)?.reachedLimit).toMatchObject({
    ...{ holder: "tag", id: "tag:customer=acme", name: "customer=acme", limit, most },
  });
  // Whoever sends another value, or none, is served.
  const others = [
    {},
    { "x-one-balance-tags": "customer=globex" },
    { "x-one-balance-tags": "a=acme" },
  ];
  for (const headers of others) expect((await ask("one", headers)).status).toBe(200);
});

test("a budget of money refuses models without a price, for requests with the tag only", async () => {
  const { ask } = proxyWith({ monthlyCostUsd: 5 });
  const unpriced = { model: "nobody-knows" };
  expect((await ask("one", {}, unpriced)).status).toBe(200);
  const refused = await ask("one", ACME, unpriced);
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("price_unknown")]);
});

test("the token's own limits hold besides", async () => {
  const { ask } = proxyWith({ dailyRequests: 9 });
  expect((await ask("limited", ACME)).status).toBe(200);
  const refused = await ask("limited", ACME);
  expect(refused.text).toContain("This token's limit of 1 request per day");
});

/** The limits of access tokens, against the running worker. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { chat, inParallel } from "./chat.ts";
import { type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  stack.upstream.setKey("sk-fake-good", { kind: "ok" });
  stack.upstream.setKey("sk-fake-slow", { kind: "slow-headers", delayMs: 1_500 });
  await stack.admin.addKeys("openai", ["sk-fake-good"]);
  await stack.admin.addKeys("groq", ["sk-fake-slow"]);
});
afterAll(() => stack?.close());

test("requests a minute: 429 of the token's own, with the time to wait and the reason in words", async () => {
  const { token } = await stack.admin.createToken({ name: "slow", rpm: 2 });
  const statuses = [];
  for (let count = 0; count < 2; count += 1) statuses.push((await chat(stack, { token })).status);
  expect(statuses).toEqual([200, 200]);
  const refused = await chat(stack, { token });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("x-one-balance-limit-source")).toBe("token");
  const seconds = Number(refused.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThanOrEqual(61);
  expect(await refused.json()).toMatchObject({
    error: {
      code: "token_limit_reached",
      message: expect.stringContaining("2 requests per minute"),
    },
  });
});

test("a day's requests, 200 at once: as many are answered as the budget holds, to the last", async () => {
  const { token } = await stack.admin.createToken({ name: "daily", dailyRequests: 50 });
  const answers = await inParallel(200, 50, async () => (await chat(stack, { token })).status);
  expect(answers.filter((status) => status === 200)).toHaveLength(50);
  expect(answers.filter((status) => status === 429)).toHaveLength(150);
});

test("a budget of money, many at once: one request's cost over it at most", async () => {
  const { token } = await stack.admin.createToken({ name: "poor", monthlyCostUsd: 1e-9 });
  const answers = await inParallel(20, 20, async () => (await chat(stack, { token })).status);
  expect(answers.filter((status) => status === 200)).toHaveLength(1);
  const refused = await chat(stack, { token });
  expect(await refused.json()).toMatchObject({
    error: { message: expect.stringContaining("per month") },
  });
});

test("a dollar a day under 200 at once: used up, and exceeded by one request's cost at most", async () => {
  const model = "gpt-4o-mini";
  const dear = { provider: "openai", model, input: 1_000, output: 1_000 };
  await stack.admin.call("PATCH", "settings", {
    section: "prices",
    changes: { overrides: [dear] },
  });
  const { token } = await stack.admin.createToken({ name: "a dollar", dailyCostUsd: 1 });
  const costs = await inParallel(600, 200, async () => {
    const answer = await fetch(`${stack.url}/api/openai/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ model, max_tokens: 20, messages: [{ role: "user", content: "hi" }] }),
    });
    const body: { usage?: { total_tokens: number } } = await answer.json();
    return answer.status === 200 ? (body.usage?.total_tokens ?? 0) / 1_000 : 0;
  });
  await stack.admin.call("PATCH", "settings", { section: "prices", changes: { overrides: [] } });
  const spent = costs.reduce((sum, cost) => sum + cost, 0);
  expect(Math.max(...costs)).toBeLessThan(0.1);
  expect(spent).toBeGreaterThanOrEqual(1 - 1e-9);
  expect(spent).toBeLessThanOrEqual(1 + Math.max(...costs));
});

test("concurrent requests: the others wait for a slot, or are rejected if they may not wait", async () => {
  const { token } = await stack.admin.createToken({ name: "one by one", concurrentRequests: 1 });
  const slow = { token, provider: "groq" };
  const answers = await Promise.all([chat(stack, slow), chat(stack, slow)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);

  const first = chat(stack, slow);
  const refused = await inParallel(3, 3, () =>
    chat(stack, { ...slow, headers: { "x-one-balance-max-wait": "0" } }),
  );
  const limited = refused.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThanOrEqual(2);
  for (const answer of limited) {
    expect(answer.headers.get("x-one-balance-limit-source")).toBe("token");
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await answer.json()).toMatchObject({
      error: {
        code: "token_limit_reached",
        message: expect.stringContaining("This token's limit of 1 request at the same time"),
      },
    });
  }
  await first;
});

test("a token's own longest wait bounds what its requests may wait", async () => {
  const limits = { concurrentRequests: 1, maxWaitSeconds: 0 };
  const { token } = await stack.admin.createToken({ name: "impatient", ...limits });
  const slow = { token, provider: "groq", headers: { "x-one-balance-max-wait": "60" } };
  const statuses = (await Promise.all([chat(stack, slow), chat(stack, slow)])).map(
    ({ status }) => status,
  );
  expect(statuses.sort()).toEqual([200, 429]);
});

test("budgets are shown by the admin API, compared with the log, and recounted", async () => {
  const { id, token } = await stack.admin.createToken({
    name: "told",
    dailyRequests: 10,
    weight: 5,
    priorityClass: "batch",
  });
  expect((await chat(stack, { token })).status).toBe(200);
  interface Told {
    readonly items: readonly { readonly id: string; readonly budgets: readonly object[] }[];
  }
  await expect
    .poll(async () => {
      const { items } = await stack.admin.call<Told>("GET", "budgets");
      return items.find((item) => item.id === id)?.budgets;
    })
    .toMatchObject([{ limit: "dailyRequests", most: 10, used: 1, left: 9, share: 0.1 }]);
  interface Check {
    readonly periods: readonly { readonly holder: { readonly id: string } }[];
  }
  const check = async () => {
    const { periods } = await stack.admin.call<Check>("GET", "budgets/check");
    return periods.filter(({ holder }) => holder.id === id);
  };
  const alike = { agrees: true, isLogWhole: true, log: { requests: 1 }, rollups: { requests: 1 } };
  expect(await check()).toMatchObject([alike]);
  const rebuilt = await stack.admin.call("POST", "budgets/rebuild");
  expect(rebuilt).toMatchObject({ fromRollups: 0, corrected: 0 });
  expect(await check()).toMatchObject([{ ...alike, budget: { requests: 1 } }]);
  const limits = await stack.admin.request("PATCH", "members/us_nobody/limits", { rpm: 1 });
  expect(limits.status).toBe(404);
});

test("a token without limits is not held up by the others'", async () => {
  expect((await chat(stack)).status).toBe(200);
});

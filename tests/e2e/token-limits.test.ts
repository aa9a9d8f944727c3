/** The limits of access tokens, against the running worker. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { chat, inParallel } from "./chat.ts";
import { type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  stack.upstream.setKey("sk-fake-good", { kind: "ok" });
  await stack.admin.addKeys("openai", ["sk-fake-good"]);
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
    error: { code: "token_limit_reached", message: expect.stringContaining("2 requests a minute") },
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
    error: { message: expect.stringContaining("a month") },
  });
});

test("a token without limits is not held up by the others'", async () => {
  expect((await chat(stack)).status).toBe(200);
});

/** The instance keeps responding while the most expensive requests are read: no one can stop it with one. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

const MEBIBYTE = 1024 * 1024;
const LETTERS = "a".repeat(160);

let stack: Stack;
let limitedToken: string;

beforeAll(async () => {
  stack = await startStack({ upstream: { keys: { "sk-fake-openai": { kind: "ok" } } } });
  await stack.admin.addKeys("openai", ["sk-fake-openai"]);
  const response = await fetch(`${stack.url}/api/admin/access-tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "limited", models: ["*a*a*a*a*a*a*a*a*x", "gpt-4o"] }),
  });
  limitedToken = ((await response.json()) as { token: string }).token;
});
beforeEach(() => stack.upstream.clear());
afterAll(() => stack?.close());

interface Worst {
  readonly name: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly body: () => string;
}

const json = (model: string, rest: string) => `{"model":"${model}",${rest}}`;

const WORST: readonly Worst[] = [
  { name: "a glob of many stars", body: () => json(LETTERS, '"messages":[]') },
  {
    name: "a boundary of dashes in dashes",
    type: `multipart/form-data; boundary=${"-".repeat(70)}`,
    body: () => "-".repeat(2 * MEBIBYTE),
  },
  {
    name: "a boundary of 4,000 dashes",
    type: `multipart/form-data; boundary=${"-".repeat(4000)}`,
    body: () => "-".repeat(2 * MEBIBYTE),
  },
  { name: "deep lists", body: () => json("gpt-4o", `"x":${"[".repeat(MEBIBYTE)}`) },
  { name: "backslashes", body: () => json("gpt-4o", `"x":"${'\\"'.repeat(MEBIBYTE)}"`) },
  { name: "many models", body: () => `{${'"model":"gpt-4o",'.repeat(60_000)}"x":1}` },
  { name: "numbers", body: () => json("gpt-4o", `"x":[${"1,".repeat(MEBIBYTE / 2)}1]`) },
  { name: "empty lists", body: () => json("gpt-4o", `"x":[${"[],".repeat(MEBIBYTE / 3)}1]`) },
  { name: "empty names", body: () => json("gpt-4o", `${'"":1,'.repeat(MEBIBYTE / 5)}"x":1`) },
  {
    name: "different models",
    body: () =>
      `{"models":[${Array.from({ length: 60_000 }, (_, at) => `"gpt-${at}",`).join("")}"a"]}`,
  },
  { name: "many names", body: () => `{${'"\\u006dodel_":1,'.repeat(60_000)}"model":"gpt-4o"}` },
  {
    name: "many parts",
    type: "multipart/form-data; boundary=B",
    body: () => '--B\r\nContent-Disposition: form-data; name="model"\r\n\r\nx\r\n'.repeat(30_000),
  },
  {
    name: "many pairs",
    type: "application/x-www-form-urlencoded",
    body: () => "model=%67;&".repeat(80_000),
  },
  {
    name: "long headers",
    headers: { "x-a": "%".repeat(8000), "accept-encoding": "gzip,".repeat(1000) },
    body: () => json("gpt-4o", '"messages":[]'),
  },
];

const ask = (token: string, { type = "application/json", headers = {}, body }: Worst) =>
  fetch(`${stack.url}/api/openai/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": type, ...headers },
    body: body(),
  }).then((response) => response.arrayBuffer());

/** The longest of several health checks during the work, in ms. */
async function slowestHealth(work: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  let slowestMs = 0;
  do {
    const startedMs = performance.now();
    const response = await fetch(`${stack.url}/api/health`);
    expect(await response.json()).toEqual({ status: "ok" });
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  } while (!isDone);
  await working;
  return slowestMs;
}

describe("health, while requests are read", () => {
  test.each(WORST)("with $name", { timeout: 120_000 }, async (worst) => {
    // A plain request of the same length, on the same machine, in the same minute.
    const plain: Worst = {
      name: "plain",
      body: () =>
        json(
          "gpt-4o",
          `"messages":[{"role":"user","content":"${"x".repeat(worst.body().length)}"}]`,
        ),
    };
    await ask(limitedToken, plain);
    const usualMs = await slowestHealth(() =>
      Promise.all([1, 2, 3].map(() => ask(limitedToken, plain))),
    );
    const worstMs = await slowestHealth(() =>
      Promise.all([limitedToken, limitedToken, ADMIN_TOKEN].map((token) => ask(token, worst))),
    );
    // A request that is read in quadratic time or worse takes seconds, whatever else the machine does.
    expect(worstMs).toBeLessThan(10 * usualMs + 500);
  });
});

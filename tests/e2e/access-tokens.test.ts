/** Access tokens from the admin API and from the environment, end to end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { chat } from "./chat.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    vars: { AUTH_KEY: `${ADMIN_TOKEN};narrow-env-token=openai,gpt-4o-mini` },
    upstream: { unknownKey: () => ({ kind: "ok" }) },
  });
});
afterAll(() => stack?.close());

interface ListedToken {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}
const listTokens = async () => {
  const { items } = await stack.admin.call<{ items: readonly ListedToken[] }>(
    "GET",
    "access-tokens",
  );
  return items;
};

test("a token works at once and its text is shown only when made", async () => {
  await stack.admin.addKeys("huggingface", ["hf-fake-1"]);
  const { id, token } = await stack.admin.createToken({ name: "shown once" });
  expect((await chat(stack, { provider: "huggingface", token })).status).toBe(200);
  const listed = await listTokens();
  expect(listed.find((entry) => entry.id === id)).toMatchObject({ name: "shown once" });
  expect(JSON.stringify(listed)).not.toContain(token);
});

test("a revoked token is rejected within 5 s", async () => {
  await stack.admin.addKeys("fal", ["fal-fake-1"]);
  const { id, token } = await stack.admin.createToken({ name: "revoked" });
  const status = async () => {
    const response = await fetch(`${stack.url}/api/fal/fal-ai/x`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.text();
    return response.status;
  };
  expect(await status()).toBe(200);
  await stack.admin.call("DELETE", `access-tokens/${id}`);
  await expect.poll(status, { timeout: 5000, interval: 200 }).toBe(401);
  expect((await listTokens()).find((entry) => entry.id === id)?.status).toBe("revoked");
});

test("scopes hold, and change by PATCH", async () => {
  await stack.admin.addKeys("parallel", ["par-fake-1"]);
  const { id, token } = await stack.admin.createToken({ name: "scoped", providers: ["openai"] });
  const status = async () => {
    const response = await fetch(`${stack.url}/api/parallel/v1/tasks/runs`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.text();
    return response.status;
  };
  expect(await status()).toBe(403);
  await stack.admin.call("PATCH", `access-tokens/${id}`, { providers: ["openai", "parallel"] });
  await expect.poll(status, { timeout: 5000 }).toBe(200);
});

test("the environment's token keeps to its provider and model", async () => {
  const token = "narrow-env-token";
  const ask = async (provider: string, model: string) =>
    (await chat(stack, { provider, model, token })).status;
  await stack.admin.addKeys("openai", ["sk-fake-env-live"]);
  expect(await ask("openai", "gpt-4o-mini")).toBe(200);
  expect(await ask("openai", "gpt-4o")).toBe(403);
  expect(await ask("groq", "gpt-4o-mini")).toBe(403);
});

test("a body of the wrong shape: 400 with words", async () => {
  for (const body of [{}, { name: 5 }, { name: "x", providers: "openai" }]) {
    const response = await stack.admin.request("POST", "access-tokens", body);
    expect([400, 422]).toContain(response.status);
    await response.text();
  }
});

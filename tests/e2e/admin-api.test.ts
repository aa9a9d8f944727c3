/** The admin API, end to end. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ListedKey } from "./admin-api.ts";
import { chat, inParallel } from "./chat.ts";
import { ADMIN_TOKEN, type Stack, startStack } from "./harness.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    vars: { AUTH_KEY: `${ADMIN_TOKEN};narrow-env-token=openai` },
    upstream: { unknownKey: (key) => ({ kind: key.includes("dead") ? "invalid" : "ok" }) },
  });
});
afterAll(() => stack?.close());

const onlyKey = async (query: string): Promise<ListedKey> => {
  const [key, ...others] = await stack.admin.listKeys(query);
  if (key === undefined || others.length > 0) throw new Error(`not one key: ${query}`);
  return key;
};

describe("access", () => {
  const ask = (authorization: string | null) =>
    fetch(`${stack.url}/api/admin/provider-keys`, {
      headers: authorization === null ? {} : { authorization },
    });

  test("no token, an unknown one: 401", async () => {
    expect((await ask(null)).status).toBe(401);
    expect((await ask("Bearer nonsense")).status).toBe(401);
  });

  test("an environment token with limits is no admin: rejected", async () => {
    expect([401, 403]).toContain((await ask("Bearer narrow-env-token")).status);
  });

  test("an access token made by the admin API is no admin: rejected", async () => {
    const { token } = await stack.admin.createToken({ name: "no admin" });
    expect([401, 403]).toContain((await ask(`Bearer ${token}`)).status);
  });
});

describe("provider keys", () => {
  test("5,000 keys in one call, then all listed over pages, newest fields and no key text", async () => {
    const keys = Array.from(
      { length: 5000 },
      (_, index) => `cohere-fake-${String(index).padStart(5, "0")}`,
    );
    expect(await stack.admin.addKeys("cohere", keys)).toMatchObject({
      added: 5000,
      duplicates: 0,
      rejected: [],
    });
    const listed = await stack.admin.listKeys("provider=cohere");
    expect(listed).toHaveLength(5000);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(5000);
    expect(listed[0]).toMatchObject({
      provider: "cohere",
      status: "active",
      cooldowns: [],
      weight: 1,
      priority: 0,
      quotaDomain: null,
      models: null,
    });
    const text = JSON.stringify(listed);
    for (const key of [keys[0], keys[2500], keys[4999]]) expect(text).not.toContain(key);
  });

  test("duplicates are distinguished from additions, in one call and between calls", async () => {
    const first = await stack.admin.addKeys("groq", ["gsk-fake-a", "gsk-fake-b", "gsk-fake-a"]);
    expect(first).toMatchObject({ added: 2, duplicates: 1 });
    const second = await stack.admin.addKeys("groq", ["gsk-fake-b", "gsk-fake-c"]);
    expect(second).toMatchObject({ added: 1, duplicates: 1 });
    expect(await stack.admin.listKeys("provider=groq")).toHaveLength(3);
  });

  test("the same text may be a key of two providers", async () => {
    await stack.admin.addKeys("mistral", ["shared-fake-key"]);
    expect(await stack.admin.addKeys("deepseek", ["shared-fake-key"])).toMatchObject({ added: 1 });
  });

  test("each rejected line is named by its index with a reason; the others are added", async () => {
    const answer = await stack.admin.addKeys("cerebras", [
      "csk-fake-good",
      "",
      "   ",
      "csk-fake with space",
      "csk-fake\nbreak",
      { key: "csk-fake-weight", weight: -5 },
      "csk-fake-good-2",
    ]);
    expect(answer.added).toBe(2);
    expect(answer.rejected.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5]);
    for (const { reason } of answer.rejected) expect(reason.length).toBeGreaterThan(5);
    expect(JSON.stringify(answer)).not.toContain("csk-fake");
  });

  test("an unknown provider and a body of the wrong shape: 400 or 404 with words", async () => {
    for (const body of [{ provider: "nosuch", keys: ["a-fake-key"] }, { provider: "groq" }, []]) {
      const response = await stack.admin.request("POST", "provider-keys", body);
      expect([400, 404, 422]).toContain(response.status);
      expect(await response.text()).not.toBe("");
    }
  });

  test("settings given with a key are kept, and changed by PATCH", async () => {
    await stack.admin.addKeys("openrouter", [
      {
        key: "sk-or-fake-settings",
        remark: "team A",
        weight: 5,
        priority: 2,
        quotaDomain: "org-1",
        models: ["meta-llama/*"],
      },
    ]);
    const key = await onlyKey("provider=openrouter");
    expect(key).toMatchObject({
      remark: "team A",
      weight: 5,
      priority: 2,
      quotaDomain: "org-1",
      models: ["meta-llama/*"],
    });
    await stack.admin.call("PATCH", `provider-keys/${key.id}`, {
      remark: "team B",
      weight: 1,
      models: null,
    });
    expect(await onlyKey("provider=openrouter")).toMatchObject({
      remark: "team B",
      weight: 1,
      priority: 2,
      models: null,
    });
    expect(await onlyKey("q=team%20B")).toMatchObject({ id: key.id });
  });

  test("a disabled key is not used; enabled again, it is", async () => {
    await stack.admin.addKeys("fireworks", ["fw-fake-1"]);
    const key = await onlyKey("provider=fireworks");
    const status = async () => (await chat(stack, { provider: "fireworks" })).status;
    expect(await status()).toBe(200);
    await stack.admin.call("PATCH", `provider-keys/${key.id}`, { status: "disabled" });
    await expect.poll(status, { timeout: 5000 }).toBe(503);
    await stack.admin.call("PATCH", `provider-keys/${key.id}`, { status: "active" });
    await expect.poll(status, { timeout: 5000 }).toBe(200);
  });

  test("filters by status; a reset wakes a blocked key", async () => {
    await stack.admin.addKeys("perplexity-ai", ["pplx-fake-dead", "pplx-fake-live"]);
    for (let index = 0; index < 2; index++) {
      expect((await chat(stack, { provider: "perplexity-ai" })).status).toBe(200);
    }
    const blocked = () => stack.admin.listKeys("provider=perplexity-ai&status=blocked");
    await expect.poll(blocked, { timeout: 5000 }).toHaveLength(1);
    expect(await stack.admin.listKeys("provider=perplexity-ai&status=active")).toHaveLength(1);
    const [dead] = await blocked();
    expect(dead?.reason).toContain("Incorrect API key");
    await stack.admin.call("POST", `provider-keys/${dead?.id}/reset`);
    expect(await blocked()).toEqual([]);
    const asked = () => stack.upstream.ledger.get("pplx-fake-dead")?.requests;
    expect(asked()).toBe(1);
    await inParallel(2, 1, () => chat(stack, { provider: "perplexity-ai" }));
    expect(asked()).toBe(2);
  });

  test("status=cooling finds keys at rest, with model, end and reason", async () => {
    stack.upstream.setKey("xai-fake-tired", { kind: "limited", requests: 0, windowMs: 60_000 });
    await stack.admin.addKeys("grok", ["xai-fake-tired", "xai-fake-fresh"]);
    for (let index = 0; index < 2; index++)
      await chat(stack, { provider: "grok", model: "grok-4" });
    const cooling = () => stack.admin.listKeys("provider=grok&status=cooling");
    await expect.poll(cooling, { timeout: 5000 }).toHaveLength(1);
    const [tired] = await cooling();
    expect(tired?.status).toBe("active");
    expect(tired?.cooldowns[0]).toMatchObject({ model: "grok-4" });
    expect(tired?.cooldowns[0]?.untilMs).toBeGreaterThan(Date.now());
  });

  test("a check asks the provider's free endpoint, says what it found and blocks a dead key", async () => {
    await stack.admin.addKeys("anthropic", ["sk-ant-fake-dead", "sk-ant-fake-live"]);
    const outcomes = await Promise.all(
      (await stack.admin.listKeys("provider=anthropic")).map(({ id }) =>
        stack.admin.call<{ outcome: string }>("POST", `provider-keys/${id}/check`),
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(["bad", "good"]);
    const asked = stack.upstream.requests.filter(({ slug }) => slug === "anthropic");
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(2).fill("GET v1/models"),
    );
    const statuses = (await stack.admin.listKeys("provider=anthropic")).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(["active", "blocked"]);
  });

  test("keys are deleted by id, by list and by filter", async () => {
    await stack.admin.addKeys("baseten", ["bt-fake-1", "bt-fake-2", "bt-fake-3", "bt-fake-4"]);
    const keys = await stack.admin.listKeys("provider=baseten");
    await stack.admin.call("DELETE", `provider-keys/${keys[0]?.id}`);
    expect(await stack.admin.listKeys("provider=baseten")).toHaveLength(3);
    await stack.admin.call("POST", "provider-keys/delete", { ids: [keys[1]?.id] });
    expect(await stack.admin.listKeys("provider=baseten")).toHaveLength(2);
    await stack.admin.call("POST", "provider-keys/delete", { filter: { provider: "baseten" } });
    expect(await stack.admin.listKeys("provider=baseten")).toEqual([]);
    expect((await chat(stack, { provider: "baseten" })).status).toBe(503);
  });

  test("a delete that names no keys is rejected and deletes nothing", async () => {
    await stack.admin.addKeys("ideogram", ["ideo-fake-1"]);
    for (const body of [{}, { filter: {} }, { ids: [] }]) {
      const response = await stack.admin.request("POST", "provider-keys/delete", body);
      expect(response.status, JSON.stringify(body)).toBe(400);
      await response.text();
    }
    expect(await stack.admin.listKeys("provider=ideogram")).toHaveLength(1);
  });

  test("an unknown id: 404", async () => {
    for (const [method, path] of [
      ["PATCH", "provider-keys/none"],
      ["DELETE", "provider-keys/none"],
      ["POST", "provider-keys/none/reset"],
      ["POST", "provider-keys/none/check"],
    ] as const) {
      const response = await stack.admin.request(
        method,
        path,
        method === "PATCH" ? { weight: 2 } : undefined,
      );
      expect(response.status, `${method} ${path}`).toBe(404);
      await response.text();
    }
  });
});

test("GET /api/health answers ok without a token", async () => {
  const response = await fetch(`${stack.url}/api/health`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
});

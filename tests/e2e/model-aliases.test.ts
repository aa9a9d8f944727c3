/** Model aliases on a running server, requested with OpenAI's own SDK. */
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KeyBehaviour } from "../fake-upstream/types.ts";
import { ADMIN_TOKEN, removeKeys, type Stack, startStack } from "./harness.ts";

const PROVIDERS = ["openai", "groq", "mistral"] as const;
type Provider = (typeof PROVIDERS)[number];

const TARGETS = {
  openai: "openai/gpt-5-mini",
  groq: "groq/meta-llama/llama-4",
  mistral: "mistral/mistral-small",
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());
beforeEach(async () => {
  await removeKeys(stack, PROVIDERS);
  const { items } = await stack.admin.call<{ items: { name: string }[] }>("GET", "model-aliases");
  for (const { name } of items) await stack.admin.call("DELETE", `model-aliases/${name}`);
  stack.upstream.clear();
});

let serial = 0;

async function keys(provider: Provider, ...behaviours: KeyBehaviour[]): Promise<void> {
  const texts = behaviours.map((behaviour) => {
    serial += 1;
    const key = `fake-${provider}-${serial}`;
    stack.upstream.setKey(key, behaviour);
    return key;
  });
  await stack.admin.addKeys(provider, texts);
}

async function alias(
  name: string,
  providers: readonly Provider[],
  fields: { choice?: "weighted"; weights?: readonly number[] } = {},
): Promise<void> {
  const targets = providers.map((provider, index) => {
    const [slug, ...model] = TARGETS[provider].split("/");
    return { provider: slug, model: model.join("/"), weight: fields.weights?.[index] ?? 1 };
  });
  const { choice = "ordered" } = fields;
  await stack.admin.call("POST", "model-aliases", { name, choice, targets });
}

const messages = [{ role: "user" as const, content: "ping" }];

function clientAt(path: string, apiKey = ADMIN_TOKEN): OpenAI {
  return new OpenAI({ baseURL: `${stack.url}/api/${path}`, apiKey, maxRetries: 0 });
}

async function chat(model = "fast", client = clientAt("compat")) {
  const { data, response } = await client.chat.completions
    .create({ model, messages })
    .withResponse();
  return {
    words: data.choices[0]?.message.content,
    target: response.headers.get("x-one-balance-target"),
  };
}

async function refusal(work: Promise<unknown>): Promise<APIError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof APIError) return error;
  throw new Error(`expected an API error, got ${String(error)}`);
}

describe("an ordered alias", () => {
  test("leads to its first target, at /api/compat and at a provider of the same API", async () => {
    await keys("groq", { kind: "ok" });
    await keys("openai", { kind: "ok" });
    await alias("fast", ["groq", "openai"]);
    for (const path of ["compat", "compat/v1", "openai", "mistral/v1"]) {
      const answer = { words: "You said: ping", target: TARGETS.groq };
      expect(await chat("fast", clientAt(path)), path).toEqual(answer);
    }
  });

  test.each<[string, KeyBehaviour[]]>([
    ["has no keys", []],
    ["has used its keys up", [{ kind: "limited", requests: 0, windowMs: 60_000 }]],
    ["answers 503", [{ kind: "flaky", share: 1, seed: 1 }]],
  ])("leads to the next where the first %s", async (_name, behaviours) => {
    if (behaviours.length > 0) await keys("groq", ...behaviours);
    await keys("openai", { kind: "ok" });
    await alias("fast", ["groq", "mistral", "openai"]);
    expect(await chat()).toEqual({ words: "You said: ping", target: TARGETS.openai });
  });

  test("falls back before a stream begins, and streams whole", async () => {
    await keys("groq", { kind: "flaky", share: 1, seed: 1 });
    await keys("openai", { kind: "ok" });
    await alias("fast", ["groq", "openai"]);
    const stream = await clientAt("compat").chat.completions.create({
      model: "fast",
      messages,
      stream: true,
    });
    let words = "";
    for await (const chunk of stream) words += chunk.choices[0]?.delta?.content ?? "";
    expect(words).toBe("You said: ping");
  });

  test("says what became of each target when none serves", async () => {
    await keys("groq", { kind: "limited", requests: 0, windowMs: 60_000 });
    await alias("fast", ["groq", "openai"]);
    const error = await refusal(chat());
    expect([error.status, error.code]).toEqual([429, "pool_exhausted"]);
    expect(error.message).toContain("groq/meta-llama/llama-4: Every Groq key");
    expect(error.message).toContain("openai/gpt-5-mini: There is no usable OpenAI key");
    expect(Number(error.headers?.get("retry-after"))).toBeGreaterThan(0);
  });
});

test("a weighted alias shares its requests out", async () => {
  await keys("groq", { kind: "ok" });
  await keys("openai", { kind: "ok" });
  await alias("fast", ["groq", "openai"], { choice: "weighted", weights: [3, 1] });
  const count = 400;
  const targets: (string | null)[] = [];
  for (let sent = 0; sent < count; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => chat()));
    targets.push(...answers.map(({ target }) => target));
  }
  const share = targets.filter((target) => target === TARGETS.groq).length / count;
  expect(targets.every((target) => target === TARGETS.groq || target === TARGETS.openai)).toBe(
    true,
  );
  // Six standard deviations: one false alarm in half a billion runs.
  expect(Math.abs(share - 0.75)).toBeLessThan(6 * Math.sqrt((0.75 * 0.25) / count));
});

test("the model list has the alias, and only for tokens that may use it", async () => {
  await keys("openai", { kind: "ok" });
  await alias("fast", ["openai"]);
  await alias("slow", ["mistral"]);
  const listed = async (apiKey?: string) => {
    const { data } = await clientAt("compat", apiKey).models.list();
    return data.filter(({ owned_by }) => owned_by === "one-balance").map(({ id }) => id);
  };
  expect(await listed()).toEqual(["fast"]);
  const scoped = (models: string[]) => stack.admin.createToken({ name: "app", models });
  expect(await listed((await scoped(["fast"])).token)).toEqual(["fast"]);
  expect(await listed((await scoped(["gpt-4o"])).token)).toEqual([]);
});

test("a token whose scope names the alias may use it, and not what it leads to", async () => {
  await keys("openai", { kind: "ok" });
  await alias("fast", ["openai"]);
  const { token } = await stack.admin.createToken({ name: "app", models: ["fast"] });
  const client = clientAt("compat", token);
  expect((await chat("fast", client)).target).toBe(TARGETS.openai);
  const error = await refusal(chat(TARGETS.openai, client));
  expect([error.status, error.code]).toEqual([403, "access_denied"]);
});

test("the log tells of the target that served, and of the attempts at the one before", async () => {
  await keys("groq", { kind: "limited", requests: 0, windowMs: 60_000 });
  await keys("openai", { kind: "ok" });
  await alias("fast", ["groq", "openai"]);
  const { response } = await clientAt("compat")
    .chat.completions.create({ model: "fast", messages })
    .withResponse();
  const id = response.headers.get("x-one-balance-request-id");
  await expect
    .poll(async () => (await stack.admin.request("GET", `requests/${id}`)).status, {
      timeout: 15_000,
    })
    .toBe(200);
  expect(await stack.admin.call("GET", `requests/${id}`)).toMatchObject({
    provider: "openai",
    model: "gpt-5-mini",
    outcome: "ok",
    attempts: [
      { meaning: "rate_limit_minute", target: { provider: "groq", model: "meta-llama/llama-4" } },
      { meaning: "ok" },
    ],
  });
});

test("the admin API rejects what can't lead anywhere, and names the field", async () => {
  const response = await stack.admin.request("POST", "model-aliases", {
    name: "fast",
    targets: [{ provider: "nosuch", model: "m" }],
  });
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining("targets.0.provider"),
  ]);
});

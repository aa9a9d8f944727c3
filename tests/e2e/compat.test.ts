/** The OpenAI format over every provider: `/api/compat`. */
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";

const KEYS = {
  openai: "sk-fake-openai",
  anthropic: "sk-ant-fake",
  "google-ai-studio": "AIza-fake",
  openrouter: "sk-or-fake",
};

let stack: Stack;
let client: OpenAI;
beforeAll(async () => {
  const keys = Object.fromEntries(Object.values(KEYS).map((key) => [key, { kind: "ok" }] as const));
  stack = await sharedStack({ keys });
  for (const [provider, key] of Object.entries(KEYS)) await stack.admin.addKeys(provider, [key]);
  const baseURL = `${stack.url}/api/compat`;
  client = new OpenAI({ baseURL, apiKey: ADMIN_TOKEN, maxRetries: 0 });
});
beforeEach(() => stack.upstream.clear());
afterAll(() => stack?.close());

const lastRequest = () => stack.upstream.requests.at(-1);

describe("chat completions", () => {
  test.each([
    ["openai/gpt-4o-mini", KEYS.openai],
    ["anthropic/claude-haiku-4-5", KEYS.anthropic],
    ["google-ai-studio/gemini-2.5-flash", KEYS["google-ai-studio"]],
  ])(
    "%s goes through the gateway's compat with that provider's key as Bearer",
    async (model, key) => {
      const completion = await client.chat.completions.create({
        model,
        messages: [{ role: "user", content: "ping" }],
      });
      expect(completion.choices[0]?.message.content).toBe("You said: ping");
      expect(lastRequest()).toMatchObject({
        slug: "compat",
        path: "chat/completions",
        model,
        key,
        keyFrom: "authorization: Bearer",
      });
    },
  );

  test("the model is cut at its first slash only: openrouter/meta-llama/llama-3", async () => {
    await client.chat.completions.create({
      model: "openrouter/meta-llama/llama-3",
      messages: [{ role: "user", content: "ping" }],
    });
    const request = lastRequest();
    expect(request?.key).toBe(KEYS.openrouter);
    // OpenRouter may be reached by the gateway's compat or by its own path; the model's name must be complete.
    const expected =
      request?.slug === "compat" ? "openrouter/meta-llama/llama-3" : "meta-llama/llama-3";
    expect(request?.model).toBe(expected);
  });

  test("streams", async () => {
    const stream = await client.chat.completions.create({
      model: "anthropic/claude-haiku-4-5",
      stream: true,
      messages: [{ role: "user", content: "one two" }],
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("You said: one two");
  });

  test("an invalid key's rejection, array-wrapped by Google's OpenAI form, is understood", async () => {
    stack.upstream.setKey("AIza-fake-banned", { kind: "banned" });
    await stack.admin.addKeys("google-ai-studio", ["AIza-fake-banned"]);
    for (let index = 0; index < 4; index++) {
      const { choices } = await client.chat.completions.create({
        model: "google-ai-studio/gemini-2.5-flash",
        messages: [{ role: "user", content: "ping" }],
      });
      expect(choices).toHaveLength(1);
    }
    expect(stack.upstream.ledger.get("AIza-fake-banned")?.requests).toBe(1);
  });

  test.each(["nosuch/gpt-4o", "/gpt-4o", "openai/"])(
    "a model %j that no provider has is rejected as a 4xx of the OpenAI form",
    async (model) => {
      const failure = await client.chat.completions
        .create({ model, messages: [] })
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OpenAI.APIError);
      expect(failure).toMatchObject({
        code: expect.stringMatching(/^(model_required|unknown_provider)$/),
      });
      const asked = stack.upstream.requests.filter(({ method }) => method === "POST");
      expect(asked).toEqual([]);
    },
  );

  test("a token for one provider may not reach another through compat", async () => {
    const { token } = await stack.admin.createToken({ name: "narrow", providers: ["anthropic"] });
    const baseURL = `${stack.url}/api/compat`;
    const narrow = new OpenAI({ baseURL, apiKey: token, maxRetries: 0 });
    const failure = await narrow.chat.completions
      .create({ model: "openai/gpt-4o", messages: [] })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.PermissionDeniedError);
  });
});

describe("other endpoints go to the provider's own OpenAI-compatible path", () => {
  test.each([
    ["openai/text-embedding-3-small", "openai", KEYS.openai],
    ["google-ai-studio/gemini-embedding-001", "google-ai-studio", KEYS["google-ai-studio"]],
  ])("embeddings of %s", async (model, slug, key) => {
    const { data } = await client.embeddings.create({ model, input: "a", dimensions: 64 });
    expect(data[0]?.embedding).toHaveLength(64);
    expect(lastRequest()).toMatchObject({ slug, key, model: model.slice(slug.length + 1) });
  });

  test("responses of OpenAI", async () => {
    const response = await client.responses.create({ model: "openai/gpt-4o", input: "ping" });
    expect(response.output_text).toBe("You said: ping");
    expect(lastRequest()).toMatchObject({ slug: "openai", model: "gpt-4o" });
  });
});

describe("GET /api/compat/models", () => {
  const listModels = async (apiKey: string) => {
    const baseURL = `${stack.url}/api/compat`;
    const ids: string[] = [];
    const list = new OpenAI({ baseURL, apiKey, maxRetries: 0 }).models.list();
    for await (const { id } of list) ids.push(id);
    return ids;
  };

  test("lists what the pool's keys can serve, by the names compat takes", async () => {
    const ids = await listModels(ADMIN_TOKEN);
    expect(ids).toContain("openai/gpt-4o");
    expect(ids).toContain("anthropic/claude-haiku-4-5");
    expect(ids).toContain("google-ai-studio/gemini-2.5-flash");
    expect(ids.filter((id) => id.startsWith("groq/"))).toEqual([]);
  });

  test("a second look asks no provider again", async () => {
    await listModels(ADMIN_TOKEN);
    stack.upstream.clear();
    await listModels(ADMIN_TOKEN);
    expect(stack.upstream.requests).toEqual([]);
  });

  test("shows a narrow token only what it may use", async () => {
    const { token } = await stack.admin.createToken({ name: "list", providers: ["anthropic"] });
    const ids = await listModels(token);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every((id) => id.startsWith("anthropic/"))).toBe(true);
  });
});

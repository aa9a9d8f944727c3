/**
 * The official SDKs at the handler, with every base URL that people type: each call arrives at the right path of the
 * right provider.
 */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { AzureOpenAI } from "openai";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ScriptedProxy, scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const ORIGIN = "http://one-balance.test";

const LISTS: Readonly<Record<string, unknown>> = {
  "api.openai.com": { data: [{ id: "gpt-5-mini" }, { id: "both" }] },
  "api.anthropic.com": { data: [{ id: "claude-haiku-4-5" }] },
  "generativelanguage.googleapis.com": { data: [{ id: "models/gemini-2.5-flash" }] },
  "openrouter.ai": { data: [{ id: "openai/gpt-oss-20b" }, { id: "both" }] },
};

function answerTo(url: URL): Response {
  if (/\/v1(?:beta)?\/models$/.test(url.pathname) && url.hostname.startsWith("generative")) {
    return Response.json({ models: [{ name: "models/gemini-2.5-flash" }] });
  }
  if (/\/models$/.test(url.pathname)) return Response.json(LISTS[url.hostname] ?? { data: [] });
  if (url.pathname.includes(":generateContent")) {
    const content = { role: "model", parts: [{ text: "Hello" }] };
    return Response.json({ candidates: [{ content, finishReason: "STOP" }] });
  }
  if (url.pathname.endsWith("/messages")) {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const content = [{ type: "text", text: "Hello" }];
    return Response.json({ type: "message", role: "assistant", content, usage });
  }
  if (url.pathname.endsWith("/embeddings")) {
    return Response.json({ data: [{ index: 0, embedding: [0.5] }], usage: { prompt_tokens: 1 } });
  }
  const message = { role: "assistant", content: "Hello" };
  return Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }], output: [] });
}

function proxyOf(...providers: readonly string[]): ScriptedProxy {
  const keys = Object.fromEntries(providers.map((slug) => [slug, [`sk-fake-${slug}`]]));
  return scriptedProxy({
    upstream: ({ url }) => answerTo(url),
    keys,
    config: { gatewayUrl: null },
  });
}

const fetchOf = (proxy: ScriptedProxy) => (input: string | URL | Request, init?: RequestInit) => {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  return proxy.fetch(pathname + search, input instanceof Request ? input : init);
};

/** The last call's path and model. */
function lastOf({ calls }: ScriptedProxy): string {
  const call = calls.at(-1);
  if (call === undefined) return "nowhere";
  const { model } = JSON.parse(new TextDecoder().decode(call.body) || "{}");
  return `${call.url.hostname}${call.url.pathname} ${model ?? ""}`.trim();
}

const EVERY = ["openai", "anthropic", "google-ai-studio", "openrouter"] as const;

describe("openai", () => {
  const clientAt = (proxy: ScriptedProxy, base: string) =>
    new OpenAI({
      baseURL: ORIGIN + base,
      apiKey: "token",
      maxRetries: 0,
      fetch: fetchOf(proxy),
    });
  const ask = (client: OpenAI, model: string) =>
    client.chat.completions.create({ model, messages: [{ role: "user", content: "Hi" }] });

  const SHARED = ["", "/", "/v1", "/v1/", "//v1", "/api", "/api/v1", "/api/compat", "/api/compat/"];
  test.each([...SHARED, "/api/compat/v1", "/v1/v1", "/v1beta/openai"])(
    "%j: chat, responses, embeddings and models",
    async (base) => {
      const proxy = proxyOf(...EVERY);
      const client = clientAt(proxy, base);
      await ask(client, "gpt-5-mini");
      expect(lastOf(proxy)).toBe("api.openai.com/v1/chat/completions gpt-5-mini");
      await ask(client, "openai/gpt-5-mini");
      expect(lastOf(proxy)).toBe("api.openai.com/v1/chat/completions gpt-5-mini");
      await ask(client, "gemini-2.5-flash");
      expect(lastOf(proxy)).toBe(
        "generativelanguage.googleapis.com/v1beta/openai/chat/completions gemini-2.5-flash",
      );
      await client.responses.create({ model: "openai/gpt-5-mini", input: "Hi" });
      expect(lastOf(proxy)).toBe("api.openai.com/v1/responses gpt-5-mini");
      await client.embeddings.create({ model: "openai/embed", input: "Hi" });
      expect(lastOf(proxy)).toBe("api.openai.com/v1/embeddings embed");
      const ids = (await client.models.list()).data.map(({ id }) => id);
      expect(ids).toContain("openai/gpt-5-mini");
      expect((await client.models.retrieve("openai/gpt-5-mini")).owned_by).toBe("openai");
    },
  );

  const AT_GOOGLE = ["google-ai-studio", "gemini", "google"].flatMap((name) =>
    ["", "/v1", "/v1beta", "/v1beta/openai", "/openai"].map((version) => `/api/${name}${version}`),
  );
  test.each<readonly [base: string, path: string]>([
    ["/api/openai", "api.openai.com/v1/chat/completions"],
    ["/api/openai/", "api.openai.com/v1/chat/completions"],
    ["/api//openai/v1/", "api.openai.com/v1/chat/completions"],
    ["/api/openai/v1/v1", "api.openai.com/v1/chat/completions"],
    ["/api/OpenAI/v1", "api.openai.com/v1/chat/completions"],
    ["/api/anthropic", "api.anthropic.com/v1/chat/completions"],
    ["/api/claude/v1", "api.anthropic.com/v1/chat/completions"],
    ["/api/open-router/v1", "openrouter.ai/api/v1/chat/completions"],
    ...AT_GOOGLE.map(
      (base) => [base, "generativelanguage.googleapis.com/v1beta/openai/chat/completions"] as const,
    ),
  ])("a provider's own: %s", async (base, path) => {
    const proxy = proxyOf(...EVERY);
    await ask(clientAt(proxy, base), "m1");
    expect(lastOf(proxy)).toBe(`${path} m1`);
  });

  describe("a model's name", () => {
    test.each([
      // By the vendor, and what is found: the provider's own name, a common one, or a service's own model.
      ["anthropic/claude-haiku-4-5", "api.anthropic.com/v1/chat/completions claude-haiku-4-5"],
      ["claude/claude-x", "api.anthropic.com/v1/chat/completions claude-x"],
      [
        "google/gemini-x",
        "generativelanguage.googleapis.com/v1beta/openai/chat/completions gemini-x",
      ],
      ["openrouter/a/b", "openrouter.ai/api/v1/chat/completions a/b"],
      ["claude-haiku-4-5", "api.anthropic.com/v1/chat/completions claude-haiku-4-5"],
    ])("%s", async (model, expected) => {
      const proxy = proxyOf(...EVERY);
      await ask(clientAt(proxy, "/v1"), model);
      expect(lastOf(proxy)).toBe(expected);
    });

    test("of a provider without keys is another service's model, where one has it", async () => {
      const proxy = proxyOf("openrouter", "anthropic");
      await ask(clientAt(proxy, "/v1"), "openai/gpt-oss-20b");
      expect(lastOf(proxy)).toBe("openrouter.ai/api/v1/chat/completions openai/gpt-oss-20b");
      await expect(ask(clientAt(proxy, "/v1"), "openai/other")).rejects.toMatchObject({
        status: 503,
        code: "no_provider_keys",
      });
    });

    test("a name that several serve, or no one, is 404 and says where there is what", async () => {
      const client = clientAt(proxyOf(...EVERY), "/v1");
      await expect(ask(client, "both")).rejects.toMatchObject({
        status: 404,
        code: "model_not_found",
        message: expect.stringContaining("openai/both, openrouter/both"),
      });
      await expect(ask(client, "nothing")).rejects.toMatchObject({
        status: 404,
        message: expect.stringMatching(/No pool is known to serve "nothing".*openai, openrouter/),
      });
      await expect(ask(client, "nobody/nothing")).rejects.toMatchObject({
        status: 404,
        code: "unknown_provider",
      });
    });

    test("if there is one pool only, it is called whatever no one lists", async () => {
      const proxy = proxyOf("openai");
      await ask(clientAt(proxy, ""), "brand-new");
      expect(lastOf(proxy)).toBe("api.openai.com/v1/chat/completions brand-new");
    });

    test("a token limited to one pool finds its own, and what it may not use is rejected by name", async () => {
      const scopes = [{ provider: "openrouter", models: null }];
      const proxy = scriptedProxy({
        upstream: ({ url }) => answerTo(url),
        keys: { openai: ["sk-fake-1"], openrouter: ["sk-fake-2"] },
        tokens: new Map([["token", { ...unlimitedToken("at_1"), scopes }]]),
        config: { gatewayUrl: null },
      });
      await ask(clientAt(proxy, ""), "both");
      expect(lastOf(proxy)).toBe("openrouter.ai/api/v1/chat/completions both");
      await expect(ask(clientAt(proxy, ""), "openai/gpt-5-mini")).rejects.toMatchObject({
        status: 403,
      });
    });
  });
});

describe("@anthropic-ai/sdk", () => {
  const BASES = ["", "/", "/v1", "/v1/", "/api", "/api/compat", "/api/compat/v1", "/api/anthropic"];
  test.each([...BASES, "/api/anthropic/", "/api/anthropic/v1", "/api//claude", "//"])(
    "%j: messages, count_tokens and models",
    async (base) => {
      const proxy = proxyOf(...EVERY);
      const client = new Anthropic({
        baseURL: ORIGIN + base,
        apiKey: "token",
        maxRetries: 0,
        fetch: fetchOf(proxy),
      });
      const messages = [{ role: "user" as const, content: "Hi" }];
      const model = "claude-haiku-4-5";
      await client.messages.create({ model, max_tokens: 9, messages });
      expect(lastOf(proxy)).toBe("api.anthropic.com/v1/messages claude-haiku-4-5");
      await client.messages.countTokens({ model, messages });
      expect(lastOf(proxy)).toBe("api.anthropic.com/v1/messages/count_tokens claude-haiku-4-5");
      const ids = (await client.models.list()).data.map(({ id }) => id);
      expect(ids.some((id) => id.endsWith(model))).toBe(true);
    },
  );

  test("errors are of Anthropic's kind", async () => {
    const proxy = proxyOf(...EVERY);
    const client = (apiKey: string) =>
      new Anthropic({ baseURL: ORIGIN, apiKey, maxRetries: 0, fetch: fetchOf(proxy) });
    const messages = [{ role: "user" as const, content: "Hi" }];
    const ask = (key: string, model: string) =>
      client(key).messages.create({ model, max_tokens: 9, messages });
    const kind = (type: string, code: string) => ({
      error: { type: "error", error: { type, code } },
    });
    await expect(ask("token", "nothing")).rejects.toMatchObject(
      kind("not_found_error", "model_not_found"),
    );
    const inFiles = [{ type: "image", source: { type: "file", file_id: "f" } }];
    await expect(
      client("token").beta.messages.create({
        model: "openai/gpt-5-mini",
        max_tokens: 9,
        messages: [{ role: "user", content: inFiles as [] }],
      }),
    ).rejects.toMatchObject(kind("invalid_request_error", "not_convertible"));
  });
});

describe("@google/genai", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const BASES = ["", "/v1beta", "/v1beta/", "/api", "/api/compat", "/api/google-ai-studio"];
  test.each([...BASES, "/api/google-ai-studio/v1beta", "/api/gemini/", "/v1"])(
    "%j: generateContent, with a bare name and a full one, and models",
    async (base) => {
      const proxy = proxyOf(...EVERY);
      vi.stubGlobal("fetch", fetchOf(proxy));
      const client = new GoogleGenAI({ apiKey: "token", httpOptions: { baseUrl: ORIGIN + base } });
      const expected =
        /^generativelanguage.googleapis.com\/v1(?:beta)?\/models\/gemini-2.5-flash:generateContent$/;
      const answer = await client.models.generateContent({
        model: "gemini-2.5-flash",
        contents: "Hi",
      });
      expect(answer.text).toBe("Hello");
      expect(lastOf(proxy)).toMatch(expected);
      await client.models.generateContent({ model: "models/gemini-2.5-flash", contents: "Hi" });
      expect(lastOf(proxy)).toMatch(expected);
      const names: unknown[] = [];
      for await (const { name } of await client.models.list()) names.push(name);
      expect(names).toContain("models/gemini-2.5-flash");
    },
  );

  test("a call that has no counterpart in the model's provider is rejected in the caller's format", async () => {
    const path = "/v1beta/models/openai/gpt-5-mini:embedContent";
    const response = await proxyOf(...EVERY).fetch(path, { method: "POST", body: "{}" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { status: "INVALID_ARGUMENT", details: [{ reason: "no_route_target" }] },
    });
  });

  test("the list at the shared endpoint contains what can be called there", async () => {
    const proxy = proxyOf(...EVERY);
    const response = await proxy.fetch("/v1beta/models");
    const { models } = (await response.json()) as { models: { name: string }[] };
    expect(models.map(({ name }) => name)).toEqual(["models/gemini-2.5-flash"]);
    const one = await proxy.fetch("/v1beta/models/gemini-2.5-flash");
    expect(await one.json()).toMatchObject({ name: "models/gemini-2.5-flash" });
  });
});

describe("Azure", () => {
  const BASE = `${ORIGIN}/api/azure/res`;
  const HOST = "res.openai.azure.com/openai";
  const messages = [{ role: "user" as const, content: "Hi" }];

  test("AzureOpenAI with an endpoint, and OpenAI with the v1 API as its base", async () => {
    const proxy = proxyOf("azure-openai");
    const common = { apiKey: "token", maxRetries: 0, fetch: fetchOf(proxy) };
    const azure = new AzureOpenAI({ ...common, endpoint: BASE, apiVersion: "2024-10-21" });
    await azure.chat.completions.create({ model: "dep", messages });
    expect(lastOf(proxy)).toBe(`${HOST}/deployments/dep/chat/completions dep`);
    for (const base of ["", "/", "/v1", "/openai", "/openai/v1", "/openai/v1/"]) {
      const client = new OpenAI({ ...common, baseURL: BASE + base });
      await client.chat.completions.create({ model: "dep", messages });
      expect(lastOf(proxy), base).toBe(`${HOST}/v1/chat/completions dep`);
    }
  });

  // As @ai-sdk/azure writes them (`useDeploymentBasedUrls`, and without it), and AI Gateway.
  test.each([
    ["deployments/dep/chat/completions", "deployments/dep/chat/completions", "dep"],
    ["v1/chat/completions", "v1/chat/completions", "m1"],
    ["v1/responses", "v1/responses", "m1"],
    ["dep/chat/completions", "deployments/dep/chat/completions", "dep"],
    ["chat/chat/completions", "deployments/chat/chat/completions", "chat"],
    ["openai/responses", "responses", "m1"],
  ])("%s", async (typed, path, model) => {
    const proxy = proxyOf("azure-openai");
    const body = JSON.stringify({ model: "m1", messages, input: "Hi" });
    await proxy.fetch(`/api/azure-openai/res/${typed}`, { method: "POST", body });
    expect(lastOf(proxy)).toBe(`${HOST}/${path} m1`);
    expect(proxy.usage.events.at(-1)?.model).toBe(model);
  });
});

describe("what is no call", () => {
  test.each(["/api/anthropic", "/v1", "/api/nobody/x", "/v1/messages", "/api"])(
    "HEAD and OPTIONS of %s without a credential are neither rejected nor counted",
    async (path) => {
      const proxy = proxyOf("anthropic");
      for (const method of ["HEAD", "OPTIONS"]) {
        const response = await proxy.fetch(path, { method, headers: { authorization: "" } });
        expect(response.ok).toBe(true);
        expect(await response.text()).toBe("");
      }
      const asked = { authorization: "", "access-control-request-method": "POST" };
      expect((await proxy.fetch(path, { method: "OPTIONS", headers: asked })).ok).toBe(true);
      expect(proxy.usage.events).toEqual([]);
      const withToken = await proxy.fetch("/api/anthropic/v1/models", {
        method: "HEAD",
        headers: { authorization: "Bearer nobody" },
      });
      expect(withToken.status).toBe(401);
      expect(proxy.usage.events).toHaveLength(1);
    },
  );

  test.each(["/v1", "/v1beta", "/api", "/api/", "/v1/files", "/api/nobody", "/v1/unheard-of"])(
    "%s is answered in JSON",
    async (path) => {
      const response = await proxyOf("openai").fetch(path);
      expect([400, 404]).toContain(response.status);
      expect(await response.json()).toHaveProperty("error.message");
    },
  );
});

/**
 * The snippets of the documents that a running instance can serve, run as a reader would. Settings of desktop apps, and
 * configuration files, are read as these apps read them, and called. Python may not be installed here: the OpenAI SDK,
 * on which its libraries are built, makes their calls.
 */
import OpenAI from "openai";
import { parse as parseToml } from "smol-toml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { EXAMPLE_MODELS } from "../../lib/snippets/example-model.ts";
import { codeSpans, DOCUMENTS, readDocument, tableRows } from "../docs/markdown.ts";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";
import { SnippetRunner, type SnippetSurroundings, WRITTEN_ADDRESS } from "./snippet-runner.ts";

/**
 * The rest has its own tests: `readme.test.ts`, `docs-commands.test.ts`, `command-line.test.ts`; translations have the
 * same blocks.
 */
const COVERED = DOCUMENTS.filter(
  (path) =>
    path.startsWith("docs/") &&
    !/^docs\/(?:zh\/|(?:command-line|deploy|moving-in|operations)\.md)/.test(path),
);

let stack: Stack;
let token = "";
const runner = new SnippetRunner();

beforeAll(async () => {
  stack = await sharedStack({ unknownKey: () => ({ kind: "ok" }) });
  await Promise.all(
    [...EXAMPLE_MODELS.keys()].map((slug) => stack.admin.addKeys(slug, [`fake-${slug}-key`])),
  );
  token = (await stack.admin.createToken({ name: "docs" })).token;
});
afterAll(async () => {
  await stack?.close();
  await runner.close();
});

const surroundings = (): SnippetSurroundings => ({
  url: stack.url,
  filledIn: { YOUR_TOKEN: token },
  env: { ADMIN_TOKEN, ACCESS_TOKEN: token },
});

const run = (document: string, name: string) => runner.run(document, name, surroundings());

const take = (document: string, name: string) =>
  runner.take(document, `checked by a call: ${name}`, surroundings());

const ANSWER = "You said: Hello";

function contentOf(answer: string): string {
  return JSON.parse(answer).choices[0].message.content;
}

test("docs/team.md: passwords are allowed again", async () => {
  expect(JSON.parse(await run("docs/team.md", "passwords"))).toMatchObject({ passwords: true });
});

test("docs/groups.md: a group is added", async () => {
  expect(JSON.parse(await run("docs/groups.md", "groups"))).toEqual({
    id: expect.stringMatching(/^gr_/),
  });
});

describe("calls", () => {
  test.each([
    ["docs/start.md", "start-ask"],
    ...[...EXAMPLE_MODELS.keys()].map((slug) => [`docs/providers/${slug}.md`, slug] as const),
  ] as const)("%s: %s is answered", async (document, name) => {
    expect(contentOf(await run(document, name))).toBe(ANSWER);
  });

  test.each([
    ["docs/calling.md", "sdk-anthropic"],
    ["docs/calling.md", "sdk-google"],
    ["docs/calling.md", "sdk-openai-compat"],
    ["docs/clients/langchain.md", "langchain-js"],
    ["docs/clients/vercel-ai-sdk.md", "vercel-ai-sdk"],
  ])("%s: %s is answered", async (document, name) => {
    expect(await run(document, name)).toBe(`${ANSWER}\n`);
  });

  test.each([
    ["docs/start.md", "start-models"],
    ["docs/calling.md", "compat-models"],
  ])("%s: %s lists models by their full names", async (document, name) => {
    const ids = JSON.parse(await run(document, name)).data.map(({ id }: { id: string }) => id);
    for (const provider of ["openai", "anthropic", "google-ai-studio"]) {
      expect(ids.some((id: string) => id.startsWith(`${provider}/`))).toBe(true);
    }
  });

  test("a model is called in another provider's format", async () => {
    const { type, content } = JSON.parse(await run("docs/calling.md", "converted"));
    expect([type, content]).toEqual(["message", [{ type: "text", text: ANSWER }]]);
  });

  test("a request has the tags that it sends", async () => {
    expect(contentOf(await run("docs/tags.md", "tags"))).toBe(ANSWER);
    const found = async () => {
      const { items } = await stack.admin.call<{ items: readonly { tags: unknown }[] }>(
        "GET",
        "requests?tags=customer%3Dacme,feature",
      );
      return items.map(({ tags }) => tags);
    };
    // Written a second after its response.
    await expect.poll(found, { timeout: 5_000 }).toEqual([{ customer: "acme", feature: "rag" }]);
  });

  test("a token learns what is left of its limits, and which models are ready", async () => {
    const { limits, models } = JSON.parse(await run("docs/calling.md", "quota"));
    expect(limits).toEqual([]);
    expect(models).toContainEqual(expect.objectContaining({ isReady: true }));
  });

  test("the headers say who rejected", async () => {
    const headers = await run("docs/faq.md", "faq-who-refused");
    expect(headers).toMatch(/^HTTP\/1.1 200/);
    expect(headers).toContain("x-one-balance-attempts: 1");
  });

  test("pages of other sites may call the proxy and not the admin API, as the FAQ says", async () => {
    const allowedAt = async (path: string) => {
      const { headers } = await fetch(`${stack.url}${path}`, {
        method: "OPTIONS",
        headers: { origin: "https://app.example", "access-control-request-method": "POST" },
      });
      return headers.get("access-control-allow-origin");
    };
    expect(await allowedAt("/api/openai/chat/completions")).toBe("*");
    expect(await allowedAt("/api/admin/provider-keys")).toBeNull();
  });
});

describe("administration", () => {
  test("keys with settings of their own are added", async () => {
    expect(await run("docs/keys.md", "add-keys-with-settings")).toBe(
      '{"added":2,"duplicates":0,"rejected":[]}',
    );
    const keys = await stack.admin.listKeys("provider=anthropic");
    expect(keys.map(({ remark, weight, priority }) => ({ remark, weight, priority }))).toEqual(
      expect.arrayContaining([
        { remark: "team a", weight: 3, priority: 0 },
        { remark: "reserve", weight: 1, priority: 1 },
      ]),
    );
  });

  test("limits of a provider's keys are set", async () => {
    expect(JSON.parse(await run("docs/keys.md", "set-limits"))).toEqual({ previous: [] });
  });

  test("a token with limits keeps them", async () => {
    const { id } = JSON.parse(await run("docs/tokens.md", "token-with-limits"));
    const token = {
      id,
      models: ["gpt-5-mini", "gemini-*"],
      rpm: 60,
      dailyCostUsd: 5,
      expiresAt: Date.parse("2030-01-01"),
    };
    expect(await stack.admin.call("GET", "access-tokens")).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining(token)]),
    });
  });

  test("an alias is made, and leads to its first target", async () => {
    expect(await run("docs/calling.md", "add-model-alias")).toBe("");
    const response = await chat(`${stack.url}/api/compat`, "fast");
    expect(response.headers.get("x-one-balance-target")).toBe("openai/gpt-5-mini");
  });

  test("a provider of the team's own is added", async () => {
    expect(await run("docs/custom-providers.md", "add-custom-provider")).toBe("");
    expect(await stack.admin.call("GET", "custom-providers")).toMatchObject({
      items: [{ slug: "acme", baseUrl: "https://llm.acme.example.com/v1", keys: 0 }],
    });
  });

  test("the admin API's examples are answered", async () => {
    const keys = await run("docs/api.md", "api-list-keys");
    expect(JSON.parse(keys).items).toMatchObject([{ provider: "openai", status: "active" }]);
    expect(keys).not.toContain("fake-openai-key");
    expect(JSON.parse(await run("docs/api.md", "api-usage"))).toHaveProperty("totals");
    expect(await run("docs/api.md", "api-metrics")).toContain("# TYPE one_balance_");
  });
});

describe("settings of apps", () => {
  /** A table's cells by the first one of their row; values are in backticks. */
  function fields(document: string, name: string): Record<string, string> {
    const rows = tableRows(readDocument(document), `checked by a call: ${name}`);
    return Object.fromEntries(rows.map(([field = "", value = ""]) => [field, here(value)]));
  }

  const here = (cell: string) =>
    (codeSpans(cell)[0] ?? cell).replaceAll(WRITTEN_ADDRESS, stack.url);

  test("Cherry Studio adds /v1 to the host, for the list of models too", async () => {
    const { "API Host": host = "", Model: model = "" } = fields(
      "docs/clients/cherry-studio.md",
      "cherry-studio",
    );
    expect(contentOf(await (await chat(`${host}/v1`, model)).text())).toBe(ANSWER);
    expect((await modelsOf(`${host}/v1`)).length).toBeGreaterThan(0);
  });

  test("Cherry Studio with providers' own APIs", async () => {
    await expectNativeAnswers("docs/clients/cherry-studio.md", "cherry-studio-native", [
      ["Anthropic", (host) => `${host}/v1/messages`],
      ["Gemini", (host, model) => `${host}/v1beta/models/${model}:generateContent`],
    ]);
  });

  test("the Vercel AI SDK's packages for single providers", async () => {
    await expectNativeAnswers("docs/clients/vercel-ai-sdk.md", "vercel-ai-sdk-native", [
      ["@ai-sdk/openai", (base) => `${base}/responses`],
      ["@ai-sdk/anthropic", (base) => `${base}/messages`],
      ["@ai-sdk/google", (base, model) => `${base}/models/${model}:generateContent`],
    ]);
  });

  /** Each row's address and model, called as its package or provider type does. */
  async function expectNativeAnswers(
    document: string,
    name: string,
    urls: readonly (readonly [string, (base: string, model: string) => string])[],
  ): Promise<void> {
    const rows = tableRows(readDocument(document), `checked by a call: ${name}`);
    expect(rows.map(([cell = ""]) => codeSpans(cell)[0])).toEqual(urls.map(([name]) => name));
    for (const [index, [, url]] of urls.entries()) {
      const [, base = "", model = ""] = (rows[index] ?? []).map(here);
      const response = await fetch(url(base, model), {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({
          ...(!base.includes("google") && { model }),
          max_tokens: 100,
          input: "Hello",
          messages: [{ role: "user", content: "Hello" }],
          contents: [{ role: "user", parts: [{ text: "Hello" }] }],
        }),
      });
      expect(await response.text()).toContain(ANSWER);
    }
  }

  test("Open WebUI, by its fields and by its environment", async () => {
    const { URL: url = "", "Model IDs": model = "" } = fields(
      "docs/clients/open-webui.md",
      "open-webui",
    );
    expect((await modelsOf(url)).length).toBeGreaterThan(0);
    const env = readEnv(take("docs/clients/open-webui.md", "open-webui-env"));
    expect(env).toEqual({ OPENAI_API_BASE_URL: url, OPENAI_API_KEY: token });
    expect((await chat(url, model)).status).toBe(200);
  });

  test("Cursor asks for an alias", async () => {
    const { "Override OpenAI Base URL": url = "", "Add model": model = "" } = fields(
      "docs/clients/cursor.md",
      "cursor",
    );
    expect((await chat(url, model)).status).toBe(200);
  });
});

describe("configuration files", () => {
  test("Claude Code, by its environment and by its settings", async () => {
    const env = readEnv(take("docs/clients/claude-code.md", "claude-code"));
    const settings = JSON.parse(take("docs/clients/claude-code.md", "claude-code-settings")).env;
    expect(env).toEqual({
      ANTHROPIC_BASE_URL: settings.ANTHROPIC_BASE_URL,
      ANTHROPIC_AUTH_TOKEN: "$ACCESS_TOKEN",
    });
    for (const model of [settings.ANTHROPIC_MODEL, settings.ANTHROPIC_DEFAULT_HAIKU_MODEL]) {
      const response = await fetch(`${settings.ANTHROPIC_BASE_URL}/v1/messages?beta=true`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${settings.ANTHROPIC_AUTH_TOKEN}`,
          "anthropic-version": "2023-06-01",
          "content-type": "application/json",
        },
        body: JSON.stringify({
          model,
          max_tokens: 100,
          stream: true,
          messages: [{ role: "user", content: "Hello" }],
        }),
      });
      expect(await response.text()).toContain("message_stop");
    }
  });

  test("Gemini CLI", async () => {
    const env = readEnv(take("docs/clients/gemini-cli.md", "gemini-cli"));
    expect(env.GEMINI_API_KEY).toBe("$ACCESS_TOKEN");
    const path = "v1beta/models/gemini-2.5-flash:generateContent";
    const response = await fetch(`${env.GOOGLE_GEMINI_BASE_URL}/${path}`, {
      method: "POST",
      headers: { "x-goog-api-key": token, "content-type": "application/json" },
      body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] }),
    });
    expect(await response.text()).toContain(ANSWER);
  });

  test("opencode", async () => {
    const config = JSON.parse(take("docs/clients/opencode.md", "opencode"));
    const [name = "", ...model] = String(config.model).split("/");
    const { options, models } = config.provider[name];
    expect(options.apiKey).toBe("{env:ONE_BALANCE_TOKEN}");
    expect(models).toHaveProperty([model.join("/")]);
    for (const each of Object.keys(models)) {
      expect((await chat(options.baseURL, each)).status, each).toBe(200);
    }
  });

  test("Codex", async () => {
    const config = parseToml(take("docs/clients/codex.md", "codex"));
    const providers = config.model_providers as Record<string, Record<string, string>>;
    const provider = providers[String(config.model_provider)];
    expect(provider).toMatchObject({ wire_api: "responses", env_key: "ONE_BALANCE_TOKEN" });
    const client = new OpenAI({ baseURL: provider?.base_url ?? "", apiKey: token });
    const model = String(config.model);
    const { output_text } = await client.responses.create({ model, input: "Hello" });
    expect(output_text).toBe(ANSWER);
  });

  test("LibreChat", async () => {
    const config = parseYaml(take("docs/clients/librechat.md", "librechat"));
    const [endpoint] = config.endpoints.custom;
    const env = readEnv(take("docs/clients/librechat.md", "librechat-env"));
    const [, name = ""] = /^\$\{(\w+)\}$/.exec(endpoint.apiKey) ?? [];
    expect(env[name]).toBe(token);
    expect((await modelsOf(endpoint.baseURL)).length).toBeGreaterThan(0);
    expect((await chat(endpoint.baseURL, endpoint.models.default[0])).status).toBe(200);
  });

  test.each([
    ["docs/clients/langchain.md", "langchain-python"],
    ["docs/clients/llamaindex.md", "llamaindex-python"],
  ])("%s: what its Python would call", async (document, name) => {
    const code = take(document, name);
    const [, baseURL = ""] = /(?:base_url|api_base)="(.+)"/.exec(code) ?? [];
    const [, model = ""] = /model="(.+)"/.exec(code) ?? [];
    const client = new OpenAI({ baseURL, apiKey: token });
    const completion = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: "Hello" }],
    });
    expect(completion.choices[0]?.message.content).toBe(ANSWER);
  });
});

/** `NAME=value`, with or without `export`, quoted or not. */
function readEnv(text: string): Record<string, string> {
  const lines = text.matchAll(/^(?:export )?(\w+)=("?)(.*)\2$/gm);
  return Object.fromEntries([...lines].map(([, name = "", , value = ""]) => [name, value]));
}

function chat(baseUrl: string, model: string): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
  });
}

async function modelsOf(baseUrl: string): Promise<string[]> {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: token });
  const { data } = await client.models.list();
  return data.map(({ id }) => id);
}

test("every block of the documents was run or called, or says why not", () => {
  expect(runner.left(COVERED)).toEqual([]);
});

/** A token that may use one model of a provider: each way to request another is rejected, before anything is sent. */
import { describe, expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const GOOD = "good-model";
const FAL = "fal-ai/good-model";

function proxy() {
  const limited: AccessToken = {
    ...unlimitedToken("at_limited"),
    scopes: [{ provider: null, models: [GOOD, "good-too", FAL] }],
  };
  const budgeted: AccessToken = {
    ...unlimitedToken("at_budgeted"),
    limitHolders: [
      {
        kind: "token",
        id: "at_budgeted",
        budgetId: "at_budgeted",
        limits: {
          rpm: null,
          tpm: null,
          concurrentRequests: null,
          dailyRequests: null,
          dailyTokens: null,
          dailyCostUsd: 10,
          monthlyCostUsd: null,
        },
      },
    ],
  };
  const slugs =
    "openai anthropic openrouter groq azure-openai replicate fal deepgram google-ai-studio elevenlabs parallel google-vertex-ai aws-bedrock workers-ai cartesia";
  const opened = scriptedProxy({
    upstream: () => Response.json({}),
    keys: Object.fromEntries(slugs.split(" ").map((slug) => [slug, [`fake-key-of-${slug}`]])),
    tokens: new Map([
      ["limited-token-0001", limited],
      ["budgeted-token-0001", budgeted],
    ]),
  });
  opened.state.record({
    kind: "resource-seen",
    provider: "openai",
    resource: "batch_1",
    keyId: "pk_fake-key-of-openai",
    tokenId: "at_limited",
    userId: null,
    atMs: opened.clock.nowMs,
  });
  return opened;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
  readonly token?: string;
}

async function ask(path: string, { method = "POST", headers, body, token = "limited" }: Asked) {
  const { fetch, calls } = proxy();
  const response = await fetch(`/api/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}-token-0001`,
      ...(typeof body === "string" && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, text, wasSent: calls.length > 0 };
}

const json = (value: object) => ({ body: JSON.stringify(value) });
const CHAT = "openai/chat/completions";

describe("rejected", () => {
  test.each<[string, string, Asked]>([
    ["a query that names it, over another body", `${CHAT}?model=${GOOD}`, json({ model: "bad" })],
    ["a query at files", `openai/files?model=${GOOD}`, json({})],
    ["a query at a DELETE", `openai/files/file-1?model=${GOOD}`, { method: "DELETE" }],
    ["a second query place", `${CHAT}?model=bad`, json({ model: GOOD })],
    ["another case", CHAT, json({ model: GOOD, Model: "bad" })],
    [
      "long s, as Go folds it",
      "openrouter/chat/completions",
      json({ model: GOOD, "model\u017f": ["bad"] }),
    ],
    ["the same name twice", CHAT, { body: `{"model":"bad","model":"${GOOD}"}` }],
    ["an escaped name", CHAT, { body: `{"model":"${GOOD}","mod\\u0065l":"bad"}` }],
    [
      "a list of fallbacks",
      "openrouter/chat/completions",
      json({ model: GOOD, models: [GOOD, "bad"] }),
    ],
    [
      "a plugin's model",
      "openrouter/chat/completions",
      json({ model: GOOD, plugins: [{ id: "x", model: "bad" }] }),
    ],
    ["a preset", "openrouter/chat/completions", json({ model: GOOD, preset: "p" })],
    [
      "a compound system's models",
      "groq/chat/completions",
      json({ model: GOOD, compound_custom: { models: { answering_model: "bad" } } }),
    ],
    ["a version beside the model", "replicate/predictions", json({ version: GOOD, model: "bad" })],
    ["a model_id beside the model", "cartesia/tts/bytes", json({ model_id: "bad", model: GOOD })],
    [
      "fal's other address",
      `fal/${FAL}`,
      { ...json({}), headers: { "x-fal-target-url": "https://queue.fal.run/fal-ai/bad" } },
    ],
    ["a model in fal's input", `fal/${FAL}`, json({ model: "bad" })],
    [
      "an escaped path",
      "google-ai-studio/v1beta/%6dodels/bad:generateContent",
      json({ model: GOOD }),
    ],
    ...[
      { batch: { model: "models/bad" } },
      {
        batch: { inputConfig: { requests: { requests: [{ request: { model: "models/bad" } }] } } },
      },
      {
        batch: { input_config: { requests: { requests: [{ request: { model: "models/bad" } }] } } },
      },
      { batch: { input_config: { file_name: "files/abc123" } } },
      { batch: { inputConfig: { fileName: "files/abc123" } } },
    ].map((body): [string, string, Asked] => [
      `Gemini's batch: ${JSON.stringify(body)}`,
      `google-ai-studio/v1beta/models/${GOOD}:batchGenerateContent`,
      json(body),
    ]),
    [
      "an escaped slash",
      "google-ai-studio/v1beta/models%2Fbad:generateContent",
      json({ model: GOOD }),
    ],
    [
      "an escaped deployment",
      "azure-openai/res/openai/%64eployments/bad/chat/completions",
      json({ model: GOOD }),
    ],
    [
      "a deployment in another case",
      "azure-openai/res/openai/Deployments/bad/chat/completions",
      json({ model: GOOD }),
    ],
    [
      "an escaped model at Bedrock",
      "aws-bedrock/bedrock-runtime/us-east-1/%6dodel/bad/converse",
      json({ model: GOOD }),
    ],
    [
      "a deployed endpoint at Vertex AI",
      "google-vertex-ai/v1/projects/p/locations/global/endpoints/1:predict",
      json({ model: GOOD }),
    ],
    ["a batch", "openai/batches", json({ model: GOOD, input_file_id: "file-1" })],
    [
      "a batch by way of compat",
      "compat/batches",
      json({ model: `openai/${GOOD}`, input_file_id: "file-1" }),
    ],
    [
      "a batch of messages",
      "anthropic/v1/messages/batches",
      json({ model: GOOD, requests: [{ params: { model: "bad" } }] }),
    ],
    [
      "a thread's run",
      "openai/threads/thread_1/runs",
      json({ model: GOOD, assistant_id: "asst_1" }),
    ],
    [
      "a tool that draws",
      "openai/responses",
      json({ model: GOOD, tools: [{ type: "image_generation" }] }),
    ],
    ["a stored prompt", "openai/responses", json({ model: GOOD, prompt: { id: "pmpt_1" } })],
    ["agents", "elevenlabs/v1/convai/agents/create", json({ model_id: GOOD })],
    ["a model that is no text", CHAT, { body: `{"model":"${GOOD}","Model":{"id":"bad"}}` }],
    [
      "a processor in a list",
      "parallel/v1beta/tasks/groups/g/runs",
      json({ processor: GOOD, inputs: [{ processor: "bad" }] }),
    ],
    [
      "a body of no known form",
      CHAT,
      { body: "model=bad", headers: { "content-type": "text/plain" } },
    ],
  ])("%s", async (_name, path, asked) => {
    const { status, wasSent, text } = await ask(path, asked);
    expect(wasSent, text).toBe(false);
    expect([400, 403], text).toContain(status);
  });

  test.each<[string, Asked]>([
    ["two names of allowed models", json({ model: GOOD, Model: "good-too" })],
    ["two objects", { body: `{"model":"${GOOD}"}{"model":"${GOOD}"}` }],
    [
      "JSON in UTF-16",
      {
        body: `{"model":"${GOOD}"}`,
        headers: { "content-type": "application/json; charset=utf-16" },
      },
    ],
    [
      "JSON under the type of a form",
      {
        body: `{"model":"${GOOD}"}`,
        headers: { "content-type": "multipart/form-data; boundary=B" },
      },
    ],
    [
      "two boundaries",
      {
        body: `--B\r\nContent-Disposition: form-data; name="model"\r\n\r\n${GOOD}\r\n--B--\r\n`,
        headers: { "content-type": "multipart/form-data; boundary=B; boundary=C" },
      },
    ],
    ["513 levels", { body: `{"model":"${GOOD}","x":${"[".repeat(513)}${"]".repeat(513)}}` }],
  ])("as unclear: %s", async (_name, asked) => {
    const { status, text, wasSent } = await ask(CHAT, asked);
    expect({ status, wasSent }).toEqual({ status: 400, wasSent: false });
    expect(text).toMatch(/model_ambiguous|model_required/);
  });

  test("with a budget, as unclear: two models", async () => {
    const asked = { ...json({ model: "gpt-5-nano", Model: "gpt-5-pro" }), token: "budgeted" };
    expect(await ask(CHAT, asked)).toMatchObject({ status: 400, wasSent: false });
  });
});

describe("served", () => {
  const recording = new FormData();
  recording.append("file", new Blob(["RIFF"]), "a \u00e4.wav");
  recording.append("model", GOOD);
  recording.append("timestamp_granularities[]", "word");

  test.each<[string, string, Asked]>([
    ["a chat", CHAT, json({ model: GOOD, messages: [{ role: "user", content: "Hello" }] })],
    ["by way of compat", "compat/chat/completions", json({ model: `groq/${GOOD}`, messages: [] })],
    [
      "a tool whose input has a model",
      "anthropic/v1/messages",
      json({
        model: GOOD,
        messages: [{ role: "assistant", content: [{ type: "tool_use", input: { model: "T" } }] }],
        tools: [{ name: "car", input_schema: { properties: { model: { type: "string" } } } }],
      }),
    ],
    [
      "fallbacks that are allowed",
      "openrouter/chat/completions",
      json({ model: GOOD, models: ["good-too"] }),
    ],
    ["a recording", "openai/audio/transcriptions", { body: recording }],
    [
      "JSON without a content type",
      CHAT,
      { ...json({ model: GOOD }), headers: { "content-type": "text/plain" } },
    ],
    [
      "JSON as curl sends it",
      CHAT,
      {
        ...json({ model: GOOD }),
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
    ],
    [
      "Google's SDK",
      `google-ai-studio/v1beta/models/${GOOD}:generateContent`,
      json({ model: `models/${GOOD}`, contents: [] }),
    ],
    [
      "needless escapes",
      `google-ai-studio/v1beta/%6dodels/%67ood-model%3AgenerateContent`,
      json({ contents: [] }),
    ],
    [
      "Azure's SDK",
      `azure-openai/res/openai/deployments/${GOOD}/chat/completions?api-version=1`,
      json({ model: GOOD }),
    ],
    ["fal", `fal/${FAL}`, json({ prompt: "x" })],
    [
      "Deepgram, audio and query",
      `deepgram/v1/listen?model=${GOOD}`,
      { body: new Uint8Array([1, 2, 3]), headers: { "content-type": "audio/wav" } },
    ],
    ["a task", "parallel/v1/tasks/runs", json({ processor: GOOD, input: "x" })],
    ["a list of models", "openai/models", { method: "GET" }],
    ["the state of a batch of its own", "openai/batches/batch_1", { method: "GET" }],
  ])("%s", async (_name, path, asked) => {
    const { status, text, wasSent } = await ask(path, asked);
    expect({ status, wasSent }, text).toEqual({ status: 200, wasSent: true });
  });

  test("escapes that need not be are gone from what is sent", async () => {
    const { fetch, calls } = proxy();
    await fetch(`/api/google-ai-studio/v1beta/%6dodels/${GOOD}:generateContent`, {
      method: "POST",
      headers: { authorization: "Bearer limited-token-0001" },
      body: "{}",
    });
    expect(calls[0]?.url.pathname).toMatch(/\/v1beta\/models\/good-model:generateContent$/);
  });
});

test("a model in the body does not hide another in a path that looks like one of openai/", async () => {
  const opened = proxy();
  opened.state.setAliases({
    name: "good-too",
    choice: "ordered",
    targets: [{ provider: "google-ai-studio", model: GOOD, weight: 1, capabilities: [] }],
    conversion: "needed",
    maxInputUsd: null,
    maxOutputUsd: null,
  });
  for (const [path, model] of [
    ["/v1beta/models/OpenAI/bad-model:generateContent", "good-too"],
    ["/api/google-ai-studio/v1beta/models/openai/bad-model:generateContent", GOOD],
  ] as const) {
    const { status } = await opened.fetch(path, {
      method: "POST",
      headers: { authorization: "Bearer limited-token-0001", "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [] }),
    });
    expect(status).toBe(403);
  }
  expect(opened.calls.filter(({ url }) => url.pathname.includes("bad-model"))).toEqual([]);
});

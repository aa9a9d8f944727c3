import { describe, expect, test } from "vitest";
import { findModel } from "./find-model";
import { findProvider } from "./registry";

function find(
  slug: string,
  target: string,
  body: Record<string, string> = {},
  isSocket = false,
): string | null {
  const provider = findProvider(slug);
  if (provider === undefined) throw new Error(`no provider ${slug}`);
  const [path = "", query = ""] = target.split("?");
  return findModel(provider, {
    isSocket,
    path,
    queryParameter: (name) => new URLSearchParams(query).get(name),
    bodyFields: (name) => body[name] ?? null,
  });
}

describe("findModel", () => {
  test.each<[string, string, Record<string, string>, string | null]>([
    ["openai", "v1/chat/completions", { model: "gpt-5" }, "gpt-5"],
    ["openai", "audio/transcriptions", { model: "whisper-1" }, "whisper-1"],
    ["openai", "models", {}, null],
    ["google-ai-studio", "v1beta/models/gemini-2.5-pro:generateContent", {}, "gemini-2.5-pro"],
    [
      "google-ai-studio",
      "v1beta/models/gemini-2.5-pro%3AstreamGenerateContent?alt=sse",
      {},
      "gemini-2.5-pro",
    ],
    [
      "google-ai-studio",
      "v1beta/tunedModels/my%2Dmodel:generateContent",
      {},
      "tunedModels/my-model",
    ],
    [
      "google-ai-studio",
      "v1beta/openai/chat/completions",
      { model: "models/gemini-2.5-pro" },
      "gemini-2.5-pro",
    ],
    ["google-ai-studio", "v1beta/models", {}, null],
    ["google-ai-studio", "v1beta/files/abc:download", {}, null],
    [
      "google-vertex-ai",
      "v1/projects/p/locations/us-central1/publishers/anthropic/models/claude@2025:rawPredict",
      {},
      "claude@2025",
    ],
    [
      "google-vertex-ai",
      "v1/projects/p/locations/us-central1/endpoints/openapi/chat/completions",
      { model: "google/gemini-2.5-pro" },
      "google/gemini-2.5-pro",
    ],
    ["azure-openai", "res/my-gpt/chat/completions", {}, "my-gpt"],
    ["azure-openai", "res/openai/deployments/my-gpt/chat/completions", {}, "my-gpt"],
    ["azure-openai", "res/openai/v1/chat/completions", { model: "gpt-5" }, "gpt-5"],
    ["azure-openai", "res/openai/models", {}, null],
    [
      "aws-bedrock",
      "bedrock-runtime/us-east-1/model/anthropic.claude-v2%3A1/invoke",
      {},
      "anthropic.claude-v2:1",
    ],
    ["workers-ai", "@cf/meta/llama-3.1-8b-instruct", {}, "@cf/meta/llama-3.1-8b-instruct"],
    [
      "workers-ai",
      "accounts/0123456789abcdef0123456789abcdef/ai/run/%40cf/meta/llama-3",
      {},
      "@cf/meta/llama-3",
    ],
    ["workers-ai", "v1/chat/completions", { model: "@cf/meta/llama-3" }, "@cf/meta/llama-3"],
    ["replicate", "models/black-forest-labs/flux/predictions", {}, "black-forest-labs/flux"],
    ["replicate", "predictions", { version: "abc123" }, "abc123"],
    ["huggingface", "mistralai/Mistral-7B", {}, "mistralai/Mistral-7B"],
    ["huggingface", "models/mistralai/Mistral-7B", {}, "mistralai/Mistral-7B"],
    [
      "huggingface",
      "v1/chat/completions",
      { model: "mistralai/Mistral-7B" },
      "mistralai/Mistral-7B",
    ],
    ["huggingface", "together/v1/chat/completions", { model: "x/y" }, "x/y"],
    ["elevenlabs", "v1/text-to-speech/voice", { model_id: "eleven_v3" }, "eleven_v3"],
    ["deepgram", "v1/listen?model=nova-3", {}, "nova-3"],
    ["baseten", "model/abcd1234", {}, "abcd1234"],
    ["parallel", "v1/tasks/runs", { processor: "base" }, "base"],
    ["fal", "fal-ai/flux/dev", {}, "fal-ai/flux/dev"],
    ["fal", "fal-ai/flux/dev/requests/1/status", {}, "fal-ai/flux/dev"],
    ["ideogram", "v1/ideogram-v3/generate", {}, "ideogram-v3"],
    ["huggingface", "org/100%25/x", {}, "org/100%"],
    ["huggingface", "org/100%/x", {}, "org/100%"],
    ["openrouter", "chat/completions", { model: "meta-llama/llama-3" }, "meta-llama/llama-3"],
    ["openai", "chat/completions", { model: "" }, null],
  ])("%s %s %j: %s", (slug, target, body, expected) => {
    expect(find(slug, target, body)).toBe(expected);
  });
});

test.each<[string, string, string]>([
  ["openai", "realtime?model=gpt-realtime", "gpt-realtime"],
  ["azure-openai", "res/openai/realtime?deployment=rt", "rt"],
  ["elevenlabs", "v1/text-to-speech/voice/stream-input?model_id=eleven_v3", "eleven_v3"],
  ["deepgram", "v1/listen?model=nova-3", "nova-3"],
])("the query names the model of a WebSocket: %s %s", (slug, target, expected) => {
  expect(find(slug, target, {}, true)).toBe(expected);
});

test.each<[string, string, Record<string, string>, string | null]>([
  ["openai", "chat/completions?model=cheap", { model: "gpt-5" }, "gpt-5"],
  ["openai", "files?model=cheap", {}, null],
  ["azure-openai", "res/openai/v1/responses?deployment=cheap", { model: "gpt-5" }, "gpt-5"],
  [
    "workers-ai",
    "v1/chat/completions?model=cheap",
    { model: "@cf/meta/llama-3" },
    "@cf/meta/llama-3",
  ],
  ["deepgram", "v1/listen?model=nova-3", {}, "nova-3"],
])("that of a request only where its API has it there: %s %s", (slug, target, body, expected) => {
  expect(find(slug, target, body)).toBe(expected);
});

describe("needsModel", () => {
  const needs = (slug: string, path: string) => findProvider(slug)?.needsModel.test(path);

  test.each([
    ["openai", "chat/completions"],
    ["openai", "v1/chat/completions"],
    ["openai", "v1/embeddings"],
    ["openai", "completions"],
    ["openai", "audio/transcriptions"],
    ["openai", "audio/speech"],
    ["groq", "openai/v1/chat/completions"],
    ["groq", "openai/v1/audio/translations"],
    ["fireworks", "inference/v1/chat/completions"],
    ["openrouter", "api/v1/chat/completions"],
    ["anthropic", "v1/messages"],
    ["anthropic", "v1/messages/count_tokens"],
    ["deepseek", "anthropic/v1/messages"],
    ["cohere", "v2/chat"],
    ["google-ai-studio", "v1beta/openai/chat/completions"],
    ["azure-openai", "res/openai/v1/chat/completions"],
    ["workers-ai", "v1/chat/completions"],
  ])("%s %s", (slug, path) => {
    expect(needs(slug, path)).toBe(true);
  });

  test.each([
    ["openai", "responses"],
    ["openai", "v1/images/generations"],
    ["openai", "moderations"],
    ["openai", "files"],
    ["openai", "batches"],
    ["openai", "models"],
    ["openai", "threads/thread_1/messages"],
    ["openai", "organization/usage/completions"],
    ["openai", "chat/completions/chatcmpl_1/messages"],
    ["anthropic", "v1/messages/batches"],
    ["google-ai-studio", "v1beta/models"],
    ["replicate", "predictions"],
    ["azure-openai", "res/openai/models"],
  ])("%s %s can do without", (slug, path) => {
    expect(needs(slug, path)).toBe(false);
  });
});

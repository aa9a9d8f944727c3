/**
 * What applications read in a response: by Vercel's AI SDK in chat completions, by the vendors' SDKs in the other API
 * formats. A test that reads Google's restores the mocks afterwards.
 * @module
 */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { generateText, jsonSchema, streamText, type ToolSet } from "ai";
import OpenAI from "openai";
import { vi } from "vitest";
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { fields, list } from "../../lib/conversion/json.ts";

/** What an application sees of a response. */
export interface Reading {
  readonly thought: string;
  readonly text: string;
  readonly calls: readonly (readonly [id: unknown, name: unknown, input: unknown])[];
  readonly end: unknown;
  /** Input, its cached part, output. */
  readonly usage: readonly unknown[];
}

const answered = (body: string, isStream: boolean) =>
  new Response(body, {
    headers: { "content-type": isStream ? "text/event-stream" : "application/json" },
  });

const messages = [{ role: "user" as const, content: "Hi" }];
const callable = { inputSchema: jsonSchema<never>({ type: "object" }) };
const tools: ToolSet = { tool_0: callable, tool_1: callable, tool_2: callable };

async function byAiSdk(body: string, isStream: boolean): Promise<Reading> {
  const provider = createOpenAICompatible({
    name: "x",
    baseURL: "http://x.test",
    includeUsage: true,
    fetch: async () => answered(body, isStream),
  });
  const ask = { model: provider("m"), prompt: "Hi", tools, maxRetries: 0 };
  const read = isStream ? streamText({ ...ask, onError: () => {} }) : await generateText(ask);
  const [thought = "", text, calls, end, usage] = await Promise.all([
    read.reasoningText,
    read.text,
    read.toolCalls,
    read.finishReason,
    read.usage,
  ]);
  return {
    thought,
    text,
    calls: calls.map(({ toolCallId, toolName, input }) => [toolCallId, toolName, input]),
    end,
    usage: [usage.inputTokens, usage.inputTokenDetails.cacheReadTokens, usage.outputTokens],
  };
}

async function byAnthropic(body: string, isStream: boolean): Promise<Reading> {
  const fetch = async () => answered(body, isStream);
  const client = new Anthropic({ apiKey: "x", maxRetries: 0, fetch });
  const ask = { model: "m", messages, max_tokens: 9 };
  const { content, stop_reason, usage } = isStream
    ? await client.messages.stream(ask).finalMessage()
    : await client.messages.create(ask);
  return {
    thought: content.map((block) => (block.type === "thinking" ? block.thinking : "")).join(""),
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.flatMap((block) =>
      block.type === "tool_use" ? [[block.id, block.name, block.input] as const] : [],
    ),
    end: stop_reason,
    usage: [usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens],
  };
}

async function byOpenAi(body: string, isStream: boolean): Promise<Reading> {
  const fetch = async () => answered(body, isStream);
  const client = new OpenAI({ apiKey: "x", maxRetries: 0, fetch });
  const ask = { model: "m", input: "Hi" };
  const { output, status, usage } = isStream
    ? await client.responses.stream(ask).finalResponse()
    : await client.responses.create(ask);
  const texts = (type: string, parts: string) =>
    output
      .map(fields)
      .filter((item) => item.type === type)
      .flatMap((item) => list(item[parts]).map((part) => fields(part).text))
      .join("");
  return {
    thought: texts("reasoning", "summary"),
    text: texts("message", "content"),
    calls: output.flatMap((item) =>
      item.type === "function_call"
        ? [[item.call_id, item.name, JSON.parse(item.arguments)] as const]
        : [],
    ),
    end: status,
    usage: [usage?.input_tokens, usage?.input_tokens_details.cached_tokens, usage?.output_tokens],
  };
}

/** Google's SDK accepts no fetch function. */
async function byGoogle(body: string, isStream: boolean): Promise<Reading> {
  vi.spyOn(globalThis, "fetch").mockResolvedValue(answered(body, isStream));
  const { models } = new GoogleGenAI({ apiKey: "x" });
  const ask = { model: "m", contents: "Hi" };
  const pieces: GenerateContentResponse[] = [];
  if (isStream)
    for await (const piece of await models.generateContentStream(ask)) pieces.push(piece);
  else pieces.push(await models.generateContent(ask));
  const parts = pieces.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const last = pieces.at(-1);
  const usage = last?.usageMetadata;
  const texts = (isThought: boolean) =>
    parts.map((part) => ((part.thought === true) === isThought ? (part.text ?? "") : "")).join("");
  return {
    thought: texts(true),
    text: texts(false),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [[call.id, call.name, call.args] as const],
    ),
    end: last?.candidates?.[0]?.finishReason,
    usage: [usage?.promptTokenCount, usage?.cachedContentTokenCount, usage?.candidatesTokenCount],
  };
}

/** The SDK of each API format. */
export const READERS = {
  chat: byAiSdk,
  messages: byAnthropic,
  responses: byOpenAi,
  gemini: byGoogle,
};

/** Requests that want all there is. */
export const ASKED: Readonly<Record<ConvertibleForm, object>> = {
  chat: { messages, stream: true, stream_options: { include_usage: true } },
  messages: { messages },
  responses: { input: "Hi", include: ["reasoning.encrypted_content"] },
  gemini: { contents: [], generationConfig: { thinkingConfig: { includeThoughts: true } } },
};

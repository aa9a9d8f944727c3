/**
 * What a client reads from a converted response is what it reads from the same response in its own format, whatever
 * the upstream's: Vercel's AI SDK for chat completions, and the vendors' SDKs.
 */

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { generateText, jsonSchema, streamText, type ToolSet } from "ai";
import fc from "fast-check";
import OpenAI from "openai";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ANSWERS } from "../../tests/answers/answers-in-forms";
import { type ChatAnswer, chatAnswers } from "../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../tests/answers/conversions";
import { convertWhole } from "./answer-converter";
import type { Conversion, ConvertibleForm } from "./conversion";
import { fields, list } from "./json";

const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const PAIRS = FORMS.flatMap((to) =>
  FORMS.filter((from) => from !== to).map((from) => [from, to] as const),
);

afterEach(() => vi.restoreAllMocks());

/** What an application sees of a response. */
interface Reading {
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

const READERS = { chat: byAiSdk, messages: byAnthropic, responses: byOpenAi, gemini: byGoogle };

/** Requests that want all there is. */
const ASKED: Readonly<Record<ConvertibleForm, object>> = {
  chat: { messages, stream: true, stream_options: { include_usage: true } },
  messages: { messages },
  responses: { input: "Hi", include: ["reasoning.encrypted_content"] },
  gemini: { contents: [], generationConfig: { thinkingConfig: { includeThoughts: true } } },
};

describe.each(PAIRS)("a response in %s for a client of %s", (from, to) => {
  const { conversion } = converting(to, from, ASKED[to]);
  const read = READERS[to];

  test("streamed, and split anywhere, is read as one in the client's own format", async () => {
    await fc.assert(
      fc.asyncProperty(chatAnswers, fc.integer({ min: 1, max: 300 }), async (answer, size) => {
        const converted = convertedStream(ANSWERS[from].stream(answer), conversion, size);
        expect(await read(converted, true)).toEqual(await read(ANSWERS[to].stream(answer), true));
      }),
      { numRuns: 12 },
    );
  });

  test("whole, too", async () => {
    await fc.assert(
      fc.asyncProperty(chatAnswers, async (answer) => {
        const converted = wholeText(ANSWERS[from].whole(answer), conversion);
        const original = JSON.stringify(ANSWERS[to].whole(answer));
        expect(await read(converted, false)).toEqual(await read(original, false));
      }),
      { numRuns: 12 },
    );
  });

  test("that is cut off, or fails on the way, reports an error and no end", () => {
    const answer: ChatAnswer = {
      reasoning: "",
      text: "Hello there",
      calls: [],
      finish: "stop",
      usage: { input: 100, cached: 0, output: 1 },
      cuts: [3],
      isMixed: false,
    };
    const events = ANSWERS[from].stream(answer).split("\n\n");
    const begun = `${events
      .slice(0, from === "chat" ? 3 : 5)
      .slice(0, -1)
      .join("\n\n")}\n\n`;
    const error = { message: "Out of capacity", type: "overloaded_error", code: 503 };
    const cut = convertedStream(begun, conversion);
    const failed = convertedStream(`${begun}data: ${JSON.stringify({ error })}\n\n`, conversion);
    expect(failed).toContain("Out of capacity");
    for (const said of [cut, failed]) {
      expect(said).toMatch(/"error":\{|"type":"response.failed"/);
      expect(said).not.toMatch(
        /\[DONE\]|"message_stop"|"response.(?:completed|incomplete)"|finishReason/,
      );
    }
  });
});

function wholeText(answer: object, conversion: Conversion): string {
  return JSON.stringify(convertWhole(JSON.stringify(answer), 200, conversion).body);
}

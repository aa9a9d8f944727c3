/** What OpenAI's SDK reads from a converted response is what Anthropic's reads from the original, whole or streamed. */
import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { convertedStream, converting } from "../../tests/answers/conversions";
import {
  type MessagesAnswer,
  messagesAnswers,
  messagesEvents,
  messagesStream,
  wholeMessagesAnswer,
} from "../../tests/answers/messages-answers";
import { eventSplitter } from "../http/split-events";
import { convertWhole, StreamConverter } from "./answer-converter";
import { chatToMessages } from "./chat-to-messages";

const MODEL = "claude-opus-4-6";
const messages = [{ role: "user" as const, content: "Hi" }];
const conversionOf = (more: object = { stream_options: { include_usage: true } }) =>
  converting("chat", "messages", { messages, ...more }, { model: MODEL }).conversion;
const converted = (sse: string, size?: number, conversion = conversionOf()) =>
  convertedStream(sse, conversion, size);

const streamed = (body: string) =>
  new Response(body, { headers: { "content-type": "text/event-stream" } });

function readByAnthropic(body: string) {
  const client = new Anthropic({ apiKey: "x", maxRetries: 0, fetch: async () => streamed(body) });
  return client.messages.stream({ model: "m", messages, max_tokens: 9 }).finalMessage();
}

function readByOpenAi(body: string) {
  const client = new OpenAI({ apiKey: "x", maxRetries: 0, fetch: async () => streamed(body) });
  return client.chat.completions.stream({ model: "m", messages }).finalChatCompletion();
}

/** The completion that a message must become. */
function expected({ content, stop_reason, usage }: Anthropic.Message) {
  const of = <Type extends string>(type: Type) =>
    content.filter((block): block is Extract<typeof block, { type: Type }> => block.type === type);
  const text = of("text").map((block) => block.text);
  const thought = of("thinking").map((block) => block.thinking);
  const input = usage.input_tokens + (usage.cache_read_input_tokens ?? 0);
  return {
    content: text.join(""),
    reasoning: thought.join(""),
    calls: of("tool_use").map(({ id, name, input }) => ({ id, name, input })),
    finish: {
      end_turn: "stop",
      max_tokens: "length",
      tool_use: "tool_calls",
      stop_sequence: "stop",
      refusal: "content_filter",
    }[stop_reason as "end_turn"],
    usage: [input, usage.cache_read_input_tokens, usage.output_tokens],
  };
}

function told(completion: OpenAI.ChatCompletion) {
  const [choice] = completion.choices;
  const calls = (choice?.message.tool_calls ??
    []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
  const { usage } = completion;
  return {
    content: choice?.message.content ?? "",
    calls: calls.map(({ id, function: { name, arguments: json } }) => ({
      id,
      name,
      input: JSON.parse(json),
    })),
    finish: choice?.finish_reason,
    usage: [
      usage?.prompt_tokens,
      usage?.prompt_tokens_details?.cached_tokens,
      usage?.completion_tokens,
    ],
  };
}

/** The thoughts, as seen by a client that keeps every field of every piece. */
function thoughtsIn(sse: string) {
  const deltas = sse
    .split("\n\n")
    .filter((each) => each.startsWith("data: {"))
    .flatMap((each) => JSON.parse(each.slice("data: ".length)).choices ?? [])
    .map(({ delta }: { delta: Record<string, unknown> }) => delta);
  return {
    reasoning: deltas.map((delta) => delta.reasoning_content ?? "").join(""),
    details: deltas.flatMap((delta) => delta.reasoning_details ?? []),
  };
}

const back = (answer: object) =>
  chatToMessages(
    {
      messages: [...messages, answer, { role: "user", content: "Go on" }],
      reasoning_effort: "high",
    },
    MODEL,
  ).request.messages as { content: object[] }[];

describe("answers of any shape", () => {
  test("streamed in pieces of any size are read as the original is", async () => {
    await fc.assert(
      fc.asyncProperty(messagesAnswers, fc.integer({ min: 1, max: 300 }), async (answer, size) => {
        const original = await readByAnthropic(messagesStream(answer));
        const sse = converted(messagesStream(answer), size);
        const { reasoning, ...rest } = expected(original);
        expect(told(await readByOpenAi(sse))).toEqual(rest);
        expect(thoughtsIn(sse).reasoning).toBe(reasoning);
        expect(sse.endsWith("data: [DONE]\n\n")).toBe(true);
        expect(sse).toBe(converted(messagesStream(answer), 1_000_000));
      }),
      { numRuns: 25 },
    );
  });

  test("whole ones are what streamed ones are", async () => {
    await fc.assert(
      fc.asyncProperty(messagesAnswers, async (answer) => {
        const text = JSON.stringify(wholeMessagesAnswer(answer));
        const { body, isAnswer } = convertWhole(text, 200, conversionOf());
        expect(isAnswer).toBe(true);
        const streamed = converted(messagesStream(answer));
        expect(told(body as unknown as OpenAI.ChatCompletion)).toEqual(
          told(await readByOpenAi(streamed)),
        );
        const { reasoning, details } = thoughtsIn(streamed);
        const message = (body.choices as { message: Record<string, unknown> }[])[0]?.message;
        expect(message?.reasoning_content ?? "").toBe(reasoning);
        expect(message?.reasoning_details ?? []).toEqual(details);
      }),
      { numRuns: 25 },
    );
  });

  test("come back with their thoughts as they were signed", () => {
    fc.assert(
      fc.property(messagesAnswers, (answer) => {
        const { body } = convertWhole(
          JSON.stringify(wholeMessagesAnswer(answer)),
          200,
          conversionOf(),
        );
        const [{ message } = { message: {} }] = body.choices as { message: object }[];
        const blocks = back(message)[1]?.content ?? [];
        const texts = (each: readonly { type: string }[]) =>
          each.filter(({ type }) => type !== "text");
        if (answer.blocks.length === 0) return;
        expect(texts(blocks as { type: string }[])).toEqual(texts(answer.blocks));
      }),
      { numRuns: 25 },
    );
  });
});

const CALL: MessagesAnswer = {
  blocks: [{ type: "tool_use", id: "toolu_0", name: "now", input: {} }],
  stop: "tool_use",
  usage: { input: 10, cached: 0, output: 2 },
  cuts: [3],
};

describe("a stream", () => {
  const text: MessagesAnswer = {
    ...CALL,
    blocks: [{ type: "text", text: "Hello" }],
    stop: "end_turn",
  };

  test("that is cut off says so, and has no end", () => {
    const events = messagesEvents(text).slice(0, -2);
    const sse = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    const said = converted(sse);
    expect(said).toContain('"message":"The answer was cut off before its end."');
    expect(said).not.toContain("[DONE]");
  });

  test("that fails hands on what was said of it", async () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const events = [...messagesEvents(text).slice(0, 4), error];
    const sse = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    await expect(readByOpenAi(converted(sse))).rejects.toThrow("Overloaded");
  });

  test("ends with its last event, though the upstream stays open", () => {
    const converter = new StreamConverter(conversionOf());
    const splitter = eventSplitter("sse");
    const bytes = new TextEncoder().encode(messagesStream(text));
    expect(converter.push(splitter.push(bytes))).toContain("[DONE]");
    expect(converter.end()).toBe("");
  });

  test("reports its usage to clients that want it, and a matched stop string", () => {
    expect(converted(messagesStream(text), 64, conversionOf({}))).not.toContain("usage");
    const stopped = converted(messagesStream({ ...text, stop: "stop_sequence" }));
    expect(stopped).toContain('"finish_reason":"stop","logprobs":null,"matched_stop":"END"');
  });

  test("of a call without input has an empty object, and pings stay", () => {
    const sse = converted(messagesStream(CALL));
    expect(sse).toContain('"arguments":"{}"');
    expect(sse.split("\n\n")[1]).toContain('"delta":{}');
  });
});

test("errors get OpenAI's shape", () => {
  const error = { type: "error", error: { type: "invalid_request_error", message: "Not so" } };
  expect(convertWhole(JSON.stringify(error), 400, conversionOf()).body).toEqual({
    error: { message: "Not so", type: "invalid_request_error", param: null, code: null },
  });
});

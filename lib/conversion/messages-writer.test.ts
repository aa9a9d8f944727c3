/** What Anthropic's SDK reads from a converted response is what OpenAI's reads from the original, whole or streamed. */
import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import {
  type ChatAnswer,
  chatAnswers,
  chatStream,
  wholeChatAnswer,
} from "../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../tests/answers/conversions";
import { eventSplitter } from "../http/split-events";
import { convertWhole } from "./answer-converter";
import { fields } from "./json";
import { UNSEALED } from "./messages-writer";

const { conversion } = converting("messages", "chat", {
  model: "asked",
  max_tokens: 9,
  messages: [{ role: "user", content: "Hi" }],
});
const converted = (sse: string, size?: number) => convertedStream(sse, conversion, size);

const streamed = (body: string) =>
  new Response(body, { headers: { "content-type": "text/event-stream" } });

const ask = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

function readByAnthropic(body: string) {
  const client = new Anthropic({ apiKey: "x", maxRetries: 0, fetch: async () => streamed(body) });
  return client.messages.stream({ ...ask, max_tokens: 9 }).finalMessage();
}

function readByOpenAi(body: string) {
  const client = new OpenAI({ apiKey: "x", maxRetries: 0, fetch: async () => streamed(body) });
  return client.chat.completions.stream(ask).finalChatCompletion();
}

/** The message that a response must become, from what OpenAI's SDK has read. */
function expected({ reasoning, usage }: ChatAnswer, read: OpenAI.ChatCompletion): object {
  const [choice] = read.choices;
  const calls = (choice?.message.tool_calls ??
    []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
  const text = choice?.message.content ?? "";
  return {
    id: "msg_chatcmpl-1",
    type: "message",
    role: "assistant",
    model: "asked",
    content: [
      ...(reasoning === "" ? [] : [{ type: "thinking", thinking: reasoning, signature: UNSEALED }]),
      ...(text === "" ? [] : [{ type: "text", text }]),
      ...calls.map((call) => ({
        type: "tool_use",
        id: call.id,
        name: call.function.name,
        input: JSON.parse(call.function.arguments),
      })),
    ],
    stop_reason: { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" }[
      choice?.finish_reason as "stop"
    ],
    stop_sequence: null,
    usage: {
      input_tokens: usage.input - usage.cached,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: usage.cached,
      output_tokens: usage.output,
    },
  };
}

/** The SDK adds its own fields. */
const plain = (message: object) => JSON.parse(JSON.stringify(message)) as object;

test("a stream, however it is cut, says what the original says", async () => {
  await fc.assert(
    fc.asyncProperty(chatAnswers, fc.integer({ min: 1, max: 200 }), async (answer, size) => {
      const original = chatStream(answer);
      const [ours, theirs] = await Promise.all([
        readByAnthropic(converted(original, size)),
        readByOpenAi(original),
      ]);
      expect(plain(ours)).toMatchObject(expected(answer, theirs));
      expect(ours.content).toHaveLength(
        (expected(answer, theirs) as { content: unknown[] }).content.length,
      );
    }),
    { numRuns: 20 },
  );
});

test("a whole answer says the same as its stream", async () => {
  await fc.assert(
    fc.asyncProperty(chatAnswers, async (answer) => {
      const whole = convertWhole(JSON.stringify(wholeChatAnswer(answer)), 200, conversion);
      expect(whole.isAnswer).toBe(true);
      const ofStream = await readByAnthropic(converted(chatStream(answer)));
      expect(plain(ofStream)).toMatchObject(plain(whole.body));
    }),
    { numRuns: 20 },
  );
});

test("blocks follow one another: each is opened, filled and closed before the next, in rising order", () => {
  fc.assert(
    fc.property(chatAnswers, (answer) => {
      const splitter = eventSplitter("sse");
      const events = splitter.push(new TextEncoder().encode(converted(chatStream(answer))));
      const told = events.map(({ name, data }) => {
        const event = fields(JSON.parse(data));
        expect(event.type).toBe(name);
        return event;
      });
      expect(told[0]?.type).toBe("message_start");
      expect(told.filter(({ type }) => type === "message_start")).toHaveLength(1);
      expect(told.slice(-2).map(({ type }) => type)).toEqual(["message_delta", "message_stop"]);
      let open: unknown = null;
      let next = 0;
      for (const { type, index } of told) {
        if (type === "content_block_start") {
          expect([open, index]).toEqual([null, next]);
          open = index;
          next += 1;
        } else if (type === "content_block_delta") expect(index).toBe(open);
        else if (type === "content_block_stop") {
          expect(index).toBe(open);
          open = null;
        }
      }
      expect(open).toBeNull();
    }),
    { numRuns: 100 },
  );
});

describe("ends", () => {
  const chunk = (delta: object, more: object = {}) =>
    `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, ...more }] })}\n\n`;

  test("a matched stop string, where the service tells it", async () => {
    const body = chunk({ content: "a" }) + chunk({}, { finish_reason: "stop", stop_reason: "###" });
    const message = await readByAnthropic(converted(body));
    expect(message).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "###" });
  });

  test("a call is a call, though the service says `stop`", async () => {
    const call = { index: 0, id: "t", function: { name: "f", arguments: "{}" } };
    const body = chunk({ tool_calls: [call] }) + chunk({}, { finish_reason: "stop" });
    expect(await readByAnthropic(converted(body))).toMatchObject({ stop_reason: "tool_use" });
  });

  test("refusals and filtered answers", async () => {
    const refusal = chunk({ refusal: "No." }) + chunk({}, { finish_reason: "stop" });
    const filtered = chunk({ content: "a" }) + chunk({}, { finish_reason: "content_filter" });
    for (const body of [refusal, filtered]) {
      expect(await readByAnthropic(converted(body))).toMatchObject({ stop_reason: "refusal" });
    }
  });

  test("an error within the stream raises the SDK's error, with the upstream's words", async () => {
    const error = { message: "Slow down", type: "rate_limit_error" };
    const body = `${chunk({ content: "a" })}data: ${JSON.stringify({ error })}\n\n`;
    await expect(readByAnthropic(converted(body))).rejects.toThrow("Slow down");
    expect(converted(body)).toContain('"type":"rate_limit_error"');
    expect(converted(body)).not.toContain("message_stop");
  });

  test("a stream that is cut off does not look whole", async () => {
    const body = converted(chunk({ content: "a" }));
    expect(body).toContain('"type":"error"');
    expect(body).not.toContain("message_stop");
    await expect(readByAnthropic(body)).rejects.toThrow("cut off");
  });
});

describe("whole errors get the shape of the form", () => {
  test.each([
    [
      429,
      '{"error":{"message":"Slow down","type":"tokens","code":"rate_limit_exceeded"}}',
      "rate_limit_error",
      "Slow down",
    ],
    [
      400,
      '{"error":{"message":"No","type":"invalid_request_error"}}',
      "invalid_request_error",
      "No",
    ],
    [401, '{"message":"Bad key"}', "authentication_error", "Bad key"],
    [503, "busy", "api_error", "busy"],
    [500, '[{"error":{"code":500,"message":"Oh","status":"INTERNAL"}}]', "api_error", "Oh"],
  ])("%i %s", (status, text, type, message) => {
    expect(convertWhole(text, status, conversion).body).toEqual({
      type: "error",
      error: { type, message },
    });
  });

  test("what is no answer is an error, not an empty message", () => {
    for (const text of ["<html>", "", "null", "[]"]) {
      expect(convertWhole(text, 200, conversion)).toMatchObject({
        isAnswer: false,
        body: { type: "error" },
      });
    }
  });
});

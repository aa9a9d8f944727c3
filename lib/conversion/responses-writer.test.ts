/** What OpenAI's SDK reads from a converted response is what it reads from the original chat completion. */
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
import { fields, list } from "./json";
import { opened } from "./sealed-thought";

const conversionFor = (more: object = {}) =>
  converting("responses", "chat", { model: "asked", input: "Hi", ...more }).conversion;
const converted = (sse: string, more: object = {}, size?: number) =>
  convertedStream(sse, conversionFor(more), size);

const clientOf = (body: string) =>
  new OpenAI({
    apiKey: "x",
    maxRetries: 0,
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });

const readResponse = (body: string) =>
  clientOf(body).responses.stream({ model: "m", input: "Hi" }).finalResponse();

const readChat = (body: string) =>
  clientOf(body)
    .chat.completions.stream({ model: "m", messages: [{ role: "user", content: "Hi" }] })
    .finalChatCompletion();

/** Thoughts, texts and calls of a response, without their ids and positions. */
function saidIn(output: readonly unknown[]) {
  const items = output.map(fields);
  const ofType = (type: string) => items.filter((item) => item.type === type);
  return {
    thoughts: ofType("reasoning").map(({ summary }) => fields(list(summary)[0]).text),
    texts: ofType("message").map(({ content }) => fields(list(content)[0]).text),
    calls: ofType("function_call").map((call) => [call.call_id, call.name, call.arguments]),
  };
}

function saidInChat({ reasoning }: ChatAnswer, { choices }: OpenAI.ChatCompletion) {
  const message = choices[0]?.message;
  const calls = (message?.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
  return {
    thoughts: reasoning === "" ? [] : [reasoning],
    texts: message?.content ? [message.content] : [],
    calls: calls.map(({ id, function: { name, arguments: args } }) => [id, name, args]),
  };
}

test("a stream, however it is cut, says what the original says", async () => {
  await fc.assert(
    fc.asyncProperty(chatAnswers, fc.integer({ min: 1, max: 200 }), async (answer, size) => {
      const original = chatStream(answer);
      const [ours, theirs] = await Promise.all([
        readResponse(converted(original, {}, size)),
        readChat(original),
      ]);
      expect(saidIn(ours.output)).toEqual(saidInChat(answer, theirs));
      expect(ours).toMatchObject({
        model: "asked",
        created_at: 5,
        status: answer.finish === "length" ? "incomplete" : "completed",
        usage: {
          input_tokens: answer.usage.input,
          input_tokens_details: { cached_tokens: answer.usage.cached },
          output_tokens: answer.usage.output,
        },
      });
    }),
    { numRuns: 20 },
  );
});

test("a whole answer says the same as its stream", async () => {
  await fc.assert(
    fc.asyncProperty(chatAnswers, async (answer) => {
      const text = JSON.stringify(wholeChatAnswer(answer));
      const whole = convertWhole(text, 200, conversionFor());
      const ofStream = await readResponse(converted(chatStream(answer)));
      expect(saidIn(ofStream.output)).toEqual(saidIn(list(whole.body.output)));
      expect(whole.body).toMatchObject({ status: ofStream.status, object: "response" });
    }),
    { numRuns: 20 },
  );
});

test("events are numbered, and every item is added, done, and in the completed response", () => {
  fc.assert(
    fc.property(chatAnswers, (answer) => {
      const splitter = eventSplitter("sse");
      const events = splitter.push(new TextEncoder().encode(converted(chatStream(answer))));
      const told = events.map(({ name, data }) => {
        const event = fields(JSON.parse(data));
        expect(event.type).toBe(name);
        return event;
      });
      expect(told.map(({ sequence_number }) => sequence_number)).toEqual([...told.keys()]);
      const items = (type: string) =>
        told
          .filter((event) => event.type === type)
          .map(({ output_index }) => output_index)
          .toSorted();
      expect(items("response.output_item.added")).toEqual(items("response.output_item.done"));
      const { output } = fields(told.at(-1)?.response);
      expect(list(output)).toHaveLength(items("response.output_item.done").length);
    }),
    { numRuns: 50 },
  );
});

describe("tools", () => {
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const call = (name: string, args: string) => ({
    tool_calls: [{ index: 0, id: "call_1", function: { name, arguments: args } }],
  });

  test("one with plain input is called with plain input", async () => {
    const tools = [{ type: "custom", name: "apply_patch" }];
    const body = chunk(call("apply_patch", '{"input":"*** Begin"}')) + chunk({}, "tool_calls");
    const { output } = await readResponse(converted(body, { tools }));
    expect(output).toMatchObject([
      { type: "custom_tool_call", call_id: "call_1", name: "apply_patch", input: "*** Begin" },
    ]);
  });

  test("one of a namespace is called by it", async () => {
    const inner = { type: "function", name: "spawn", parameters: {} };
    const tools = [{ type: "namespace", name: "agents", tools: [inner] }];
    const body = chunk(call("agents__spawn", "{}")) + chunk({}, "tool_calls");
    const { output } = await readResponse(converted(body, { tools }));
    expect(output).toMatchObject([{ type: "function_call", name: "spawn", namespace: "agents" }]);
  });
});

describe("ends", () => {
  const chunk = (delta: object) =>
    `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta }] })}\n\n`;

  test("thoughts are sealed only for clients that want them back", async () => {
    const body = chatStream({ ...ANSWER, reasoning: "hm" });
    const include = ["reasoning.encrypted_content"];
    const sealed = await readResponse(converted(body, { include }));
    expect(opened(fields(sealed.output[0]).encrypted_content)?.thought).toBe("hm");
    const plain = await readResponse(converted(body));
    expect(plain.output[0]).not.toHaveProperty("encrypted_content");
  });

  test("an error within the stream, and a stream that is cut off, are failed responses", () => {
    const error = { message: "Slow down", type: "rate_limit_error" };
    const failed = converted(`${chunk({ content: "a" })}data: ${JSON.stringify({ error })}\n\n`);
    expect(failed).toContain("event: response.failed");
    expect(failed).toContain('"error":{"code":"rate_limit_exceeded","message":"Slow down"}');
    const cut = converted(chunk({ content: "a" }));
    expect(cut).toContain("event: response.failed");
    for (const body of [failed, cut]) expect(body).not.toContain("response.completed");
  });
});

const ANSWER: ChatAnswer = {
  reasoning: "",
  text: "Hello",
  calls: [],
  finish: "stop",
  usage: { input: 10, cached: 0, output: 5 },
  cuts: [3],
  isMixed: false,
};

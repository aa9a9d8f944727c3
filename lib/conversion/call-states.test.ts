/**
 * Gemini rejects a history whose calls come without its signatures: they are sent to the caller with its calls, and
 * come back.
 */
import { describe, expect, test } from "vitest";
import { jsonEvent } from "../http/split-events";
import { convertWhole, StreamConverter } from "./answer-converter";
import { chatDialect } from "./chat-dialect";
import { type Fields, fields, list, parsedJson } from "./json";
import { messagesByChat } from "./messages-by-chat";
import { responsesByChat } from "./responses-by-chat";

const GEMINI = chatDialect("google-ai-studio", true);
const OPENAI = chatDialect("openai", true);
const MODEL = "gemini-3-pro";
const SIGNED = { google: { thought_signature: "c2lnbmVk" } };
const UNSIGNED = { google: { thought_signature: "skip_thought_signature_validator" } };

const call = (id: string, more: object = {}) => ({
  id,
  type: "function",
  function: { name: "weather", arguments: "{}" },
  ...more,
});
const chunk = (delta: object, finish: string | null = null) => ({
  id: "c",
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const CHUNKS = [
  chunk({ content: "I look" }),
  chunk({ tool_calls: [{ index: 0, ...call("t1", { extra_content: SIGNED }) }] }),
  chunk({ tool_calls: [{ index: 1, ...call("t2") }] }),
  chunk({}, "tool_calls"),
];
const WHOLE = {
  id: "c",
  choices: [
    {
      index: 0,
      finish_reason: "tool_calls",
      message: {
        content: "I look",
        tool_calls: [call("t1", { extra_content: SIGNED }), call("t2")],
      },
    },
  ],
};

const HI = { role: "user", content: "Hi" };
const context = { model: "asked", inputGuess: 1, nowMs: 1 };
const include = ["reasoning.encrypted_content"];

const FORMS = {
  messages: {
    ask: (history: readonly unknown[], dialect = GEMINI, model = MODEL) =>
      messagesByChat({ max_tokens: 9, messages: [HI, ...history] }, model, dialect, context),
    historyOf: (answer: Fields) => [
      { role: "assistant", content: answer.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "sunny" }] },
    ],
    /** The response that a stream adds up to. */
    answerOf: (events: readonly Fields[]) => ({
      content: events.flatMap((event) => {
        const block = fields(event.content_block);
        return event.type === "content_block_start" ? [{ ...block, text: "I look" }] : [];
      }),
    }),
  },
  responses: {
    ask: (history: readonly unknown[], dialect = GEMINI, model = MODEL) =>
      responsesByChat({ input: [HI, ...history], include }, model, dialect, context),
    historyOf: (answer: Fields) => [
      ...list(answer.output),
      { type: "function_call_output", call_id: "t1", output: "sunny" },
    ],
    answerOf: (events: readonly Fields[]) => fields(events.at(-1)?.response),
  },
} as const;

describe.each(["messages", "responses"] as const)("%s", (name) => {
  const { ask, historyOf, answerOf } = FORMS[name];
  const { conversion } = ask([]);

  const whole = () => convertWhole(JSON.stringify(WHOLE), 200, conversion).body;
  const streamed = () => {
    const converter = new StreamConverter(conversion);
    const sse = converter.push(CHUNKS.map((each) => jsonEvent(JSON.stringify(each))));
    const lines = (sse + converter.end()).split("\n").filter((line) => line.startsWith("data: "));
    return answerOf(lines.map((line) => fields(parsedJson(line.slice("data: ".length)))));
  };
  /** The calls of the history, as they would be sent. */
  const sentCalls = (history: readonly unknown[], dialect = GEMINI, model = MODEL) => {
    const { request } = ask(history, dialect, model);
    const turn = list(request.messages)
      .map(fields)
      .find((each) => each.tool_calls !== undefined);
    return list(turn?.tool_calls).map((each) => [fields(each).id, fields(each).extra_content]);
  };

  test.each([
    ["whole", whole],
    ["streamed", streamed],
  ] as const)("%s: what came with a call comes back with it", (_, answer) => {
    expect(sentCalls(historyOf(answer()))).toEqual([
      ["t1", SIGNED],
      ["t2", undefined],
    ]);
  });

  test("goes to no other provider", () => {
    const history = historyOf(whole());
    expect(JSON.stringify(ask(history, OPENAI, "gpt-5.1").request)).not.toMatch(/c2lnbmVk|ob1/);
    expect(ask(history, OPENAI, "gpt-5.1").conversion.dropped).toEqual([]);
  });

  test("a call made by another model is marked as foreign, where that is required", () => {
    const unsigned = WHOLE.choices[0]?.message.tool_calls.map(({ id }) => call(id));
    const message = { content: "I look", tool_calls: unsigned };
    const plain = { ...WHOLE, choices: [{ index: 0, finish_reason: "tool_calls", message }] };
    const history = historyOf(convertWhole(JSON.stringify(plain), 200, conversion).body);
    expect(sentCalls(history)).toEqual([
      ["t1", UNSIGNED],
      ["t2", undefined],
    ]);
    expect(sentCalls(history, GEMINI, "gemini-2.5-flash")).toEqual([
      ["t1", undefined],
      ["t2", undefined],
    ]);
  });
});

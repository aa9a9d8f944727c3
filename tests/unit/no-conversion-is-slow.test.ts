/** Conversion takes time in proportion to the input's length, whatever it contains. */
import { expect, test } from "vitest";
import { IN_BETWEEN } from "../../lib/conversion/chat-dialect.ts";
import { chatToGemini } from "../../lib/conversion/chat-to-gemini.ts";
import { chatToMessages } from "../../lib/conversion/chat-to-messages.ts";
import { chatToResponses } from "../../lib/conversion/chat-to-responses.ts";
import { geminiToChat } from "../../lib/conversion/gemini-to-chat.ts";
import { messagesToChat } from "../../lib/conversion/messages-to-chat.ts";
import { responsesToChat } from "../../lib/conversion/responses-to-chat.ts";
import { seal } from "../../lib/conversion/sealed-thought.ts";
import { converting } from "../answers/conversions.ts";
import { growth, LINEAR } from "../growth.ts";

const dialect = IN_BETWEEN;

const many = <Item>(size: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: size }, (_each, index) => item(index));
const sealed = (index: number) => seal({ thought: "", calls: { [`call_${index}`]: { a: "s" } } });
const turn = (role: string, content: unknown) => ({ messages: [{ role, content }] });

const MESSAGES: Readonly<Record<string, (size: number) => object>> = {
  turns: (size) => ({
    messages: many(size, (index) => ({
      role: index % 2 === 0 ? "user" : "assistant",
      content: [{ type: "text", text: "x" }],
    })),
  }),
  "calls with sealed states": (size) => {
    const blocks = many(size, (index) => [
      { type: "redacted_thinking", data: sealed(index) },
      { type: "tool_use", id: `call_${index}`, name: "f", input: {} },
    ]);
    return turn("assistant", blocks.flat());
  },
  results: (size) =>
    turn(
      "user",
      many(size, (index) => ({ type: "tool_result", tool_use_id: `call_${index}` })),
    ),
  "tools, own and hosted": (size) => ({
    messages: [],
    tools: many(size, (index) => [
      { name: `tool_${index}`, input_schema: {} },
      { type: `hosted_${index}`, name: `hosted_${index}` },
    ]).flat(),
  }),
  "unknown fields": (size) => Object.fromEntries(many(size, (index) => [`field_${index}`, 1])),
};

const RESPONSES: Readonly<Record<string, (size: number) => object>> = {
  "tools, own and hosted, and many of them allowed": (size) => ({
    input: "x",
    tools: many(size, (index) => [
      { type: "function", name: `tool_${index}` },
      { type: `hosted_${index}` },
    ]).flat(),
    tool_choice: {
      type: "allowed_tools",
      tools: many(size, (index) => ({ name: `other_${index}` })),
    },
  }),
  "reasoning, calls and results": (size) => ({
    input: many(size, (index) => [
      { type: "reasoning", encrypted_content: sealed(index) },
      { type: "function_call", call_id: `call_${index}`, name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: `call_${index}`, output: "x" },
    ]).flat(),
  }),
  include: (size) => ({ input: "x", include: many(size, (index) => `thing_${index}`) }),
};

const CHAT: Readonly<Record<string, (size: number) => object>> = {
  "calls, results and tools": (size) => ({
    messages: many(size, (index) => {
      const call = { name: "f", arguments: "{}" };
      const tool_calls = [{ id: `call_${index}`, type: "function", function: call }];
      return [
        { role: "assistant", content: null, tool_calls },
        { role: "tool", tool_call_id: `call_${index}`, content: "x" },
      ];
    }).flat(),
    tools: many(size, (index) => ({ type: "function", function: { name: `tool_${index}` } })),
  }),
  "one side alone": (size) => ({
    messages: many(size, () => ({ role: "user", content: "x" })),
  }),
};

const GEMINI: Readonly<Record<string, (size: number) => object>> = {
  "calls without ids, their results, and tools": (size) => ({
    contents: many(size, () => [
      { role: "model", parts: [{ functionCall: { name: "f" } }] },
      { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] },
    ]).flat(),
    tools: [{ functionDeclarations: many(size, (index) => ({ name: `tool_${index}` })) }],
  }),
  "calls with sealed states": (size) => ({
    contents: [
      {
        role: "model",
        parts: many(size, (index) => ({
          functionCall: { id: `call_${index}`, name: "f" },
          thoughtSignature: sealed(index),
        })),
      },
    ],
  }),
  "calls without results, and results without calls": (size) => ({
    contents: [
      { role: "model", parts: many(size, () => ({ functionCall: { name: "f" } })) },
      {
        role: "user",
        parts: many(size, (index) => ({
          functionResponse: { name: index % 2 === 0 ? "f" : "g", response: {} },
        })),
      },
    ],
  }),
};

const FORMS = [
  ["Messages", MESSAGES, (body: unknown) => messagesToChat(body, "m", dialect)],
  ["Responses", RESPONSES, (body: unknown) => responsesToChat(body, "m", dialect)],
  ["Gemini", GEMINI, (body: unknown) => geminiToChat(body, "m", dialect, false)],
  ["chat completions to Messages", CHAT, (body: unknown) => chatToMessages(body, "m")],
  ["chat completions to Gemini", CHAT, (body: unknown) => chatToGemini(body, "gemini-3-pro")],
  ["chat completions to Responses", CHAT, (body: unknown) => chatToResponses(body, "o3-pro")],
] as const;

/** Pieces of streams of chat completions. */
const STREAMS: Readonly<Record<string, (size: number) => object[]>> = {
  "calls whose pieces are mixed": (size) => {
    const piece = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });
    return [
      ...many(10, (index) => piece(index, { id: `c${index}`, function: { name: "f" } })),
      ...many(size, (index) => piece(index % 10, { function: { arguments: '{"a":[' } })),
    ];
  },
  "many calls, with words in each": (size) =>
    many(size, (index) => [
      { tool_calls: [{ id: `c${index}`, function: { name: `tool_${index}`, arguments: '{"' } }] },
      { content: "x" },
    ]).flat(),
};

const WRITTEN_IN = (["messages", "responses", "gemini"] as const).flatMap((to) =>
  Object.entries(STREAMS).map(([what, pieces]) => [what, to, pieces] as const),
);

test.each(WRITTEN_IN)("a stream of chat completions (%s) for %s", (_what, to, pieces) => {
  const { conversion } = converting(to, "chat", {});
  const eventsOf = (size: number) => [
    ...pieces(size).map((delta) => ({ choices: [{ index: 0, delta }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  ];
  const convert = (events: readonly object[]) => {
    const [reader, writer] = [conversion.reader(), conversion.writer()];
    for (const event of events) for (const part of reader.read(event)) writer.write(part);
    return writer.end();
  };
  expect(growth(eventsOf, convert, 300)).toBeLessThan(LINEAR);
});

const CASES = FORMS.flatMap(([form, bodies, convert]) =>
  Object.entries(bodies).map(([what, body]) => [`${form}: ${what}`, body, convert] as const),
);

test.each(CASES)("%s", (_name, body, convert) => {
  expect(growth(body, convert, 300)).toBeLessThan(LINEAR);
});

/**
 * Random conversations, odd but legal, as clients of each API format write them: names and ids that other services
 * reject, empty and blank texts, files by address and by data, failed results, fields that are null, absent or new.
 * @module
 */
import fc from "fast-check";
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import type { Fields } from "../../lib/conversion/json.ts";

export interface OddCall {
  readonly id: string;
  readonly name: string;
  readonly input: object;
  readonly result: string;
  readonly isError: boolean;
  /** Whether the result is a list of texts. */
  readonly isListed: boolean;
}

export interface OddTurn {
  /** Absent for nothing but results. */
  readonly asked: readonly string[];
  readonly picture: "none" | "data" | "address";
  readonly said: string;
  readonly thought: string;
  readonly calls: readonly OddCall[];
}

export interface OddConversation {
  readonly system: string;
  readonly turns: readonly OddTurn[];
  /** The names of the tools: those of all calls, and others. */
  readonly tools: readonly string[];
  readonly stops: readonly string[];
  /** What clients write where they have nothing to say. */
  readonly nothing: "absent" | "null" | "newer";
  readonly isStream: boolean;
}

const PNG = "iVBORw0KGgo=";
const ADDRESS = "https://pictures.example.com/a.png?size=1";

const words = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  fc.constantFrom("\n", " ", "a\r\n\r\nb", "data: [DONE]", "𝒳👩‍👩‍👧", "\u2028", '"}', "__proto__"),
);
const name = fc.oneof(
  fc.constantFrom("weather", "constructor", "mcp__a-b__c", "functions.search", "a:b", "9lives"),
  fc.stringMatching(/^[A-Za-z_][\w.:-]{0,127}$/),
  fc.integer({ min: 65, max: 128 }).map((length) => "long_name_".padEnd(length, "x")),
);
const id = fc.oneof(
  fc.uuid().map((uuid) => `call_${uuid}`),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.constantFrom("functions.weather:0", "toString", "a b", "ÄÖ", "x".repeat(200)),
);

const call = fc.record({
  id,
  name,
  input: fc
    .dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }))
    .map((input) => JSON.parse(JSON.stringify(input)) as object),
  result: words,
  isError: fc.boolean(),
  isListed: fc.boolean(),
});

const turn: fc.Arbitrary<OddTurn> = fc.record({
  asked: fc.array(words, { minLength: 1, maxLength: 3 }),
  picture: fc.constantFrom("none", "data", "address"),
  said: fc.oneof(fc.constant(""), words),
  thought: fc.oneof(fc.constant(""), words),
  calls: fc.array(call, { maxLength: 3 }),
});

export const oddConversations: fc.Arbitrary<OddConversation> = fc
  .record({
    system: fc.oneof(fc.constant(""), words),
    turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
    others: fc.array(name, { maxLength: 2 }),
    stops: fc.array(words, { maxLength: 6 }),
    nothing: fc.constantFrom("absent", "null", "newer"),
    isStream: fc.boolean(),
  })
  .map(({ turns, others, ...rest }) => {
    const known = new Set<string>();
    // Ids are unique in a conversation.
    const unique = turns.map((each, at) => ({
      ...each,
      asked: [`question ${at}`, ...each.asked],
      calls: each.calls.filter(({ id: own }) => !known.has(own) && known.add(own) !== undefined),
    }));
    const called = unique.flatMap(({ calls }) => calls.map((each) => each.name));
    return { ...rest, turns: unique, tools: [...new Set([...called, ...others])] };
  });

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { a: { type: ["string", "null"], exclusiveMinimum: 0 }, type: { const: 1 } },
  additionalProperties: {},
};

type Nothing = OddConversation["nothing"];

/** Fields without a value, or with a name that no one knows. */
function oddities(nothing: Nothing, names: readonly string[]): Fields {
  if (nothing === "absent") return {};
  if (nothing === "null") return Object.fromEntries(names.map((each) => [each, null]));
  return { newer: { of: ["any", null, {}] } };
}

const resultParts = ({ result, isListed }: OddCall, type: string) =>
  isListed ? [{ type, text: result }] : result;

export const ODD_REQUESTS: Readonly<
  Record<ConvertibleForm, (conversation: OddConversation) => Fields>
> = {
  chat: ({ system, turns, tools, stops, nothing, isStream }) => ({
    ...oddities(nothing, ["stop", "temperature", "n", "tools", "logit_bias", "reasoning_effort"]),
    ...(isStream && { stream: true }),
    ...(stops.length > 0 && { stop: stops.slice(0, 4) }),
    ...(tools.length > 0 && {
      tools: tools.map((each) => ({
        type: "function",
        function: { name: each, parameters: SCHEMA },
      })),
    }),
    messages: [
      ...(system === "" ? [] : [{ role: "developer", content: system }]),
      ...turns.flatMap(({ asked, picture, said, thought, calls }) => [
        {
          role: "user",
          content: [
            ...asked.map((text) => ({ type: "text", text })),
            ...(picture === "none"
              ? []
              : [
                  {
                    type: "image_url",
                    image_url: {
                      url: picture === "data" ? `data:image/png;base64,${PNG}` : ADDRESS,
                    },
                  },
                ]),
          ],
        },
        {
          role: "assistant",
          content: said === "" ? null : said,
          refusal: null,
          ...(thought !== "" && { reasoning_content: thought }),
          ...(calls.length > 0 && {
            tool_calls: calls.map((each) => ({
              id: each.id,
              type: "function",
              function: { name: each.name, arguments: JSON.stringify(each.input) },
            })),
          }),
        },
        ...calls.map((each) => ({
          role: "tool",
          tool_call_id: each.id,
          content: resultParts(each, "text"),
        })),
      ]),
      { role: "user", content: "Go on" },
    ],
  }),

  messages: ({ system, turns, tools, stops, nothing, isStream }) => ({
    ...oddities(nothing, ["system", "temperature", "tool_choice", "thinking", "metadata"]),
    max_tokens: 100,
    ...(isStream && { stream: true }),
    ...(system !== "" && {
      system: [{ type: "text", text: system, cache_control: { type: "ephemeral" } }],
    }),
    ...(stops.length > 0 && { stop_sequences: stops }),
    ...(tools.length > 0 && {
      tools: tools.map((each) => ({ name: each, input_schema: SCHEMA })),
    }),
    messages: [
      ...turns.flatMap(({ asked, picture, said, thought, calls }) => [
        {
          role: "user",
          content: [
            ...asked.map((text) => ({ type: "text", text, citations: null })),
            ...(picture === "none"
              ? []
              : [
                  {
                    type: "image",
                    source:
                      picture === "data"
                        ? { type: "base64", media_type: "image/png", data: PNG }
                        : { type: "url", url: ADDRESS },
                  },
                ]),
          ],
        },
        {
          role: "assistant",
          content: [
            ...(thought === "" ? [] : [{ type: "thinking", thinking: thought, signature: "" }]),
            ...(said === "" ? [] : [{ type: "text", text: said }]),
            ...calls.map((each) => ({
              type: "tool_use",
              id: each.id,
              name: each.name,
              input: each.input,
            })),
          ],
        },
        ...(calls.length === 0
          ? []
          : [
              {
                role: "user",
                content: calls.map((each) => ({
                  type: "tool_result",
                  tool_use_id: each.id,
                  content: resultParts(each, "text"),
                  ...(each.isError && { is_error: true }),
                })),
              },
            ]),
      ]),
      { role: "user", content: "Go on" },
    ],
  }),

  responses: ({ system, turns, tools, nothing, isStream }) => ({
    ...oddities(nothing, ["max_output_tokens", "temperature", "text", "reasoning", "tools"]),
    store: false,
    ...(isStream && { stream: true }),
    ...(system !== "" && { instructions: system }),
    ...(tools.length > 0 && {
      tools: tools.map((each) => ({
        type: "function",
        name: each,
        parameters: SCHEMA,
        strict: null,
      })),
    }),
    input: [
      ...turns.flatMap(({ asked, picture, said, thought, calls }) => [
        {
          role: "user",
          content: [
            ...asked.map((text) => ({ type: "input_text", text })),
            ...(picture === "none"
              ? []
              : [
                  {
                    type: "input_image",
                    detail: "auto",
                    image_url: picture === "data" ? `data:image/png;base64,${PNG}` : ADDRESS,
                  },
                ]),
          ],
        },
        ...(thought === ""
          ? []
          : [
              {
                type: "reasoning",
                id: "rs_1",
                summary: [{ type: "summary_text", text: thought }],
                encrypted_content: null,
              },
            ]),
        ...(said === ""
          ? []
          : [
              {
                type: "message",
                role: "assistant",
                content: [{ type: "output_text", text: said, annotations: [] }],
              },
            ]),
        ...calls.map((each) => ({
          type: "function_call",
          call_id: each.id,
          name: each.name,
          arguments: JSON.stringify(each.input),
        })),
        ...calls.map((each) => ({
          type: "function_call_output",
          call_id: each.id,
          output: resultParts(each, "input_text"),
        })),
      ]),
      { role: "user", content: "Go on" },
    ],
  }),

  gemini: ({ system, turns, tools, stops, nothing }) => ({
    ...oddities(nothing, ["systemInstruction", "toolConfig", "generationConfig", "safetySettings"]),
    ...(system !== "" && { system_instruction: { parts: [{ text: system }] } }),
    ...(stops.length > 0 && { generationConfig: { stopSequences: stops.slice(0, 5) } }),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map((each) => ({
            name: each,
            parameters: {
              type: "OBJECT",
              properties: { a: { type: "STRING", nullable: true, maxLength: "5" } },
            },
          })),
        },
      ],
    }),
    contents: [
      ...turns.flatMap(({ asked, picture, said, thought, calls }) => [
        {
          role: "user",
          parts: [
            ...asked.map((text) => ({ text })),
            ...(picture === "none"
              ? []
              : [
                  picture === "data"
                    ? { inline_data: { mime_type: "image/png", data: PNG } }
                    : { fileData: { mimeType: "image/png", fileUri: ADDRESS } },
                ]),
          ],
        },
        {
          role: "model",
          parts: [
            ...(thought === "" ? [] : [{ text: thought, thought: true }]),
            ...(said === "" ? [] : [{ text: said }]),
            ...calls.map((each) => ({
              functionCall: { id: each.id, name: each.name, args: each.input },
            })),
          ],
        },
        ...(calls.length === 0
          ? []
          : [
              {
                role: "user",
                parts: calls.map((each) => ({
                  functionResponse: {
                    id: each.id,
                    name: each.name,
                    response: { [each.isError ? "error" : "output"]: each.result },
                  },
                })),
              },
            ]),
      ]),
      { role: "user", parts: [{ text: "Go on" }] },
    ],
  }),
};

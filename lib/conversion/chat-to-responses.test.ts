import { describe, expect, test } from "vitest";
import { chatToResponses } from "./chat-to-responses";
import type { Fields } from "./json";
import { ConversionError } from "./losses";

const HI = { role: "user", content: "Hi" };
const PARAMETERS = { type: "object", properties: {} };
const TOOL = {
  type: "function",
  function: { name: "weather", description: "d", parameters: PARAMETERS },
};
const FUNCTION = { type: "function", name: "weather", description: "d", parameters: PARAMETERS };
const CODEX = "gpt-5.1-codex";

const convert = (more: Fields, model = CODEX) =>
  chatToResponses({ messages: [HI], ...more }, model);
const inputOf = (...messages: readonly object[]) => convert({ messages }).request.input;

test("a plain request is not stored, and asks for its thoughts back", () => {
  expect(convert({})).toEqual({
    request: {
      model: CODEX,
      input: [HI],
      store: false,
      include: ["reasoning.encrypted_content"],
    },
    dropped: [],
  });
  expect(convert({}, "computer-use-preview").request.include).toBeUndefined();
});

describe("what is said", () => {
  test("every role in its place, texts, pictures and documents", () => {
    const input = inputOf(
      { role: "system", content: "Be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA", detail: "low" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,B" } },
          { type: "file", file: { file_id: "file-1" } },
        ],
      },
      { role: "developer", content: "Be kind" },
    );
    expect(input).toEqual([
      { role: "system", content: "Be brief" },
      {
        role: "user",
        content: [
          { type: "input_text", text: "Look" },
          { type: "input_image", image_url: "data:image/png;base64,AA", detail: "low" },
          {
            type: "input_file",
            filename: "a.pdf",
            file_data: "data:application/pdf;base64,B",
          },
          { type: "input_file", file_id: "file-1" },
        ],
      },
      { role: "developer", content: "Be kind" },
    ]);
  });

  test("thoughts, words, calls and results", () => {
    const { request, dropped } = convert({
      messages: [
        HI,
        {
          role: "assistant",
          content: "I look",
          reasoning_content: "hm",
          reasoning_details: [
            { type: "reasoning.encrypted", data: "gAAAA", format: "openai-responses-v1" },
          ],
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "sunny" },
      ],
    });
    expect(request.input).toEqual([
      HI,
      { type: "reasoning", summary: [], encrypted_content: "gAAAA" },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "I look" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "sunny" },
    ]);
    expect(dropped).toEqual([]);
  });

  test("thoughts of others are losses", () => {
    const foreign = [{ type: "reasoning.encrypted", data: "x", format: "google-gemini-v1" }];
    const said = { role: "assistant", content: "a" };
    const lost = (more: object) => convert({ messages: [{ ...said, ...more }] }).dropped;
    expect(lost({ reasoning_details: foreign })).toEqual(["reasoning_details"]);
    expect(lost({ reasoning_content: "hm" })).toEqual(["reasoning_content"]);
  });
});

describe("settings", () => {
  test.each<[given: Fields, expected: Fields, dropped?: readonly string[]]>([
    [{ max_tokens: 50 }, { max_output_tokens: 50 }],
    [{ max_tokens: 1 }, { max_output_tokens: 16 }, ["max_tokens under 16"]],
    [{ tools: [TOOL] }, { tools: [{ ...FUNCTION, strict: false }] }],
    [
      { tools: [{ ...TOOL, function: { ...TOOL.function, strict: true } }] },
      { tools: [{ ...FUNCTION, strict: true }] },
    ],
    [{ tools: [TOOL], tool_choice: "required" }, { tool_choice: "required" }],
    [
      { tools: [TOOL], tool_choice: { type: "function", function: { name: "weather" } } },
      { tool_choice: { type: "function", name: "weather" } },
    ],
    [{ tools: [TOOL], parallel_tool_calls: false }, { parallel_tool_calls: false }],
    [{ reasoning_effort: "high" }, { reasoning: { effort: "high" } }],
    [
      { reasoning_effort: "high", include_reasoning: true },
      { reasoning: { effort: "high", summary: "auto" } },
    ],
    [{ reasoning_effort: "minimal" }, { reasoning: { effort: "low" } }],
    [{ reasoning_effort: "none" }, {}],
    [{ reasoning: { max_tokens: 1_000 } }, { reasoning: { effort: "low" } }],
    [{ response_format: { type: "json_object" } }, { text: { format: { type: "json_object" } } }],
    [
      {
        response_format: { type: "json_schema", json_schema: { name: "n", schema: PARAMETERS } },
        verbosity: "low",
      },
      {
        text: { format: { type: "json_schema", name: "n", schema: PARAMETERS }, verbosity: "low" },
      },
    ],
    [
      { user: "u", metadata: { a: "b" }, service_tier: "flex", prompt_cache_key: "k" },
      { user: "u", metadata: { a: "b" }, service_tier: "flex", prompt_cache_key: "k" },
    ],
    [{ store: true }, { store: true }],
    [{ stream: true, stream_options: { include_usage: true } }, { stream: true }],
    [{ temperature: 1, top_p: 1 }, {}],
    [{ temperature: 0.5 }, {}, ["temperature"]],
    [{ stop: ["END"] }, {}, ["stop"]],
    [{ seed: 1, logprobs: true }, {}, ["seed", "logprobs"]],
  ])("%j", (given, expected, dropped = []) => {
    const { input: _, ...plain } = convert({}).request;
    const { request, dropped: lost } = convert(given);
    const { input: __, ...rest } = request;
    const tools = given.tools === undefined ? {} : { tools: [{ ...FUNCTION, strict: false }] };
    expect(rest).toEqual({ ...plain, ...tools, ...expected });
    expect(lost).toEqual(dropped);
  });

  test("effort by what the model has", () => {
    const effort = (reasoning_effort: string, model: string) =>
      convert({ reasoning_effort }, model).request.reasoning;
    expect(effort("low", "gpt-5-pro")).toBeUndefined();
    expect(convert({ reasoning_effort: "low" }, "gpt-5-pro").dropped).toEqual(["reasoning_effort"]);
    expect(effort("xhigh", "gpt-5.2-pro")).toEqual({ effort: "xhigh" });
    expect(effort("none", "gpt-5.1")).toEqual({ effort: "none" });
    expect(effort("none", "gpt-5")).toEqual({ effort: "minimal" });
    expect(effort("none", "o3")).toBeUndefined();
  });

  test("models that don't reason keep their temperature", () => {
    const { request, dropped } = convert({ temperature: 0.5, reasoning_effort: "high" }, "gpt-4.1");
    expect([request.temperature, request.reasoning, dropped]).toEqual([
      0.5,
      undefined,
      ["reasoning_effort"],
    ]);
  });
});

test("tools with plain input stay such, with their calls, results and choice", () => {
  const grammar = { syntax: "lark", definition: "start: /x+/" };
  const custom = { name: "patch", description: "d", format: { type: "grammar", grammar } };
  const { request, dropped } = convert({
    tools: [TOOL, { type: "custom", custom }, { type: "custom", custom: { name: "say" } }],
    tool_choice: { type: "custom", custom: { name: "patch" } },
    messages: [
      HI,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", type: "custom", custom: { name: "patch", input: "*** Begin" } }],
      },
      { role: "tool", tool_call_id: "c", content: "done" },
    ],
  });
  expect(dropped).toEqual([]);
  expect(request).toMatchObject({
    tools: [
      { ...FUNCTION, strict: false },
      {
        type: "custom",
        name: "patch",
        description: "d",
        format: { type: "grammar", syntax: "lark", definition: "start: /x+/" },
      },
      { type: "custom", name: "say" },
    ],
    tool_choice: { type: "custom", name: "patch" },
    input: [
      HI,
      { type: "custom_tool_call", call_id: "c", name: "patch", input: "*** Begin" },
      { type: "custom_tool_call_output", call_id: "c", output: "done" },
    ],
  });
});

test.each<[field: string, request: Fields]>([
  ["n", { n: 2 }],
  ["modalities", { audio: {} }],
  ["function_call", { function_call: "auto" }],
  ["web_search_options", { web_search_options: {} }],
  ["tools[0].type", { tools: [{ type: "alien" }] }],
  ["messages[0].role", { messages: [{ role: "alien" }] }],
  [
    "messages[0].content[0].type",
    { messages: [{ role: "user", content: [{ type: "input_audio" }] }] },
  ],
])("%s is rejected by its name", (field, request) => {
  expect(() => convert(request)).toThrow(expect.objectContaining({ field }));
  expect(() => convert(request)).toThrow(ConversionError);
});

/** Every field of a Responses request: kept, approximated, reported as dropped, or rejected by its name. */
import { describe, expect, test } from "vitest";
import { chatDialect } from "./chat-dialect";
import { ConversionError } from "./losses";
import { responsesToChat } from "./responses-to-chat";
import { seal } from "./sealed-thought";

const OPENAI = chatDialect("openai", true);
const DEEPSEEK = chatDialect("deepseek", true);
const MISTRAL = chatDialect("mistral", true);

const HI = [{ role: "user", content: "Hi" }];
const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
const TOOL = {
  type: "function",
  name: "weather",
  description: "Tells it",
  strict: false,
  parameters: SCHEMA,
};
const FUNCTION = {
  type: "function",
  function: { name: "weather", description: "Tells it", parameters: SCHEMA },
};

const convert = (more: object, dialect = OPENAI, model = "gpt-5.1") =>
  responsesToChat({ model: "asked", input: "Hi", ...more }, model, dialect);
const messagesOf = (input: unknown, dialect = OPENAI) =>
  convert({ input }, dialect).request.messages;

describe("fields that are kept, or said in another way", () => {
  test.each<[field: string, given: object, expected: object]>([
    ["model and input", {}, { model: "gpt-5.1", messages: HI }],
    [
      "instructions",
      { instructions: "Be brief" },
      { messages: [{ role: "system", content: "Be brief" }, ...HI] },
    ],
    ["max_output_tokens", { max_output_tokens: 9 }, { max_completion_tokens: 9 }],
    ["temperature", { temperature: 0.5 }, { temperature: 0.5 }],
    ["top_p", { top_p: 0.5 }, { top_p: 0.5 }],
    ["stream", { stream: true }, { stream: true, stream_options: { include_usage: true } }],
    ["reasoning.effort", { reasoning: { effort: "minimal" } }, { reasoning_effort: "low" }],
    ["tools", { tools: [TOOL] }, { tools: [FUNCTION] }],
    [
      "a strict tool",
      { tools: [{ ...TOOL, strict: true }] },
      { tools: [{ ...FUNCTION, function: { ...FUNCTION.function, strict: true } }] },
    ],
    [
      "tools of a namespace",
      { tools: [{ type: "namespace", name: "ns", tools: [TOOL] }] },
      { tools: [{ ...FUNCTION, function: { ...FUNCTION.function, name: "ns__weather" } }] },
    ],
    ["tool_choice", { tools: [TOOL], tool_choice: "required" }, { tool_choice: "required" }],
    [
      "tool_choice of a function",
      { tools: [TOOL], tool_choice: { type: "function", name: "weather" } },
      { tool_choice: { type: "function", function: { name: "weather" } } },
    ],
    [
      "tool_choice of some",
      {
        tools: [TOOL, { ...TOOL, name: "other" }],
        tool_choice: { type: "allowed_tools", mode: "required", tools: [{ name: "weather" }] },
      },
      { tools: [FUNCTION], tool_choice: "required" },
    ],
    [
      "parallel_tool_calls",
      { tools: [TOOL], parallel_tool_calls: false },
      { parallel_tool_calls: false },
    ],
    [
      "text.format",
      { text: { format: { type: "json_schema", name: "n", schema: SCHEMA, strict: true } } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", schema: SCHEMA, strict: true },
        },
      },
    ],
    [
      "text.format of any object",
      { text: { format: { type: "json_object" } } },
      { response_format: { type: "json_object" } },
    ],
    ["store", { store: false, include: ["reasoning.encrypted_content"] }, { model: "gpt-5.1" }],
  ])("%s", (_, given, expected) => {
    const { request, dropped } = convert(given);
    expect(request).toMatchObject(expected);
    expect(dropped).toEqual([]);
  });

  test("a tool with plain input becomes a function with one text, and its grammar a description", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: PATCH" };
    const custom = { type: "custom", name: "apply_patch", description: "Patches", format };
    const { request, dropped, names } = convert({ tools: [custom] });
    expect(request.tools).toMatchObject([
      {
        function: {
          name: "apply_patch",
          description: expect.stringMatching(/^Patches\n[\s\S]*start: PATCH$/),
          parameters: { required: ["input"] },
        },
      },
    ]);
    expect(names.find("apply_patch").kind).toBe("custom");
    expect(dropped).toEqual(["tools[].format"]);
  });
});

describe("input", () => {
  test("messages of every role, and their parts", () => {
    const input = [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Rules" }] },
      {
        role: "user",
        content: [
          { type: "input_text", text: "Look" },
          { type: "input_image", image_url: "data:image/png;base64,AA", detail: "high" },
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BB" },
        ],
      },
      {
        type: "message",
        role: "assistant",
        content: [
          { type: "output_text", text: "I see" },
          { type: "refusal", refusal: "No" },
        ],
      },
      { role: "user", content: "And?" },
    ];
    expect(messagesOf(input)).toEqual([
      { role: "system", content: "Rules" },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA", detail: "high" } },
          {
            type: "file",
            file: { filename: "a.pdf", file_data: "data:application/pdf;base64,BB" },
          },
        ],
      },
      { role: "assistant", content: "I seeNo" },
      { role: "user", content: "And?" },
    ]);
  });

  test("a turn with thoughts, words and calls is one message, and its results follow", () => {
    const input = [
      { role: "user", content: "Hi" },
      { type: "reasoning", summary: [], encrypted_content: seal({ thought: "hm ✓", calls: {} }) },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "I look" }] },
      { type: "function_call", call_id: "c1", name: "weather", arguments: '{"a":1}' },
      { type: "function_call", call_id: "c2", name: "shot", namespace: "ns", arguments: "{}" },
      { type: "custom_tool_call", call_id: "c3", name: "patch", input: "*** Begin" },
      { type: "function_call_output", call_id: "c1", output: "sunny" },
      {
        type: "function_call_output",
        call_id: "c2",
        output: [
          { type: "input_text", text: "a picture" },
          { type: "input_image", image_url: "data:image/png;base64,CC" },
        ],
      },
      { type: "custom_tool_call_output", call_id: "c3", output: "done" },
      { role: "user", content: "And now?" },
    ];
    const call = (id: string, name: string, args: string) => ({
      id,
      type: "function",
      function: { name, arguments: args },
    });
    const expected = [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: "I look",
        reasoning_content: "hm ✓",
        tool_calls: [
          call("c1", "weather", '{"a":1}'),
          call("c2", "ns__shot", "{}"),
          call("c3", "patch", '{"input":"*** Begin"}'),
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
      { role: "tool", tool_call_id: "c2", content: "a picture" },
      { role: "tool", tool_call_id: "c3", content: "done" },
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "data:image/png;base64,CC" } }],
      },
      { role: "user", content: "And now?" },
    ];
    expect(messagesOf(input, DEEPSEEK)).toEqual(expected);
    const { dropped, request } = convert({ input });
    expect(dropped).toEqual(["reasoning items"]);
    expect(JSON.stringify(request)).not.toMatch(/hm|ob1/);
  });

  test("another provider's seal goes to no one", () => {
    const item = { type: "reasoning", summary: [], encrypted_content: "gAAAA-sealed" };
    const { dropped, request } = convert({ input: [item, ...HI] }, DEEPSEEK);
    expect(dropped).toEqual(["reasoning.encrypted_content"]);
    expect(JSON.stringify(request)).not.toContain("sealed");
  });
});

describe("losses are reported", () => {
  test.each<[field: string, given: object]>([
    ["store", { store: true }],
    ["metadata", { metadata: { a: "b" } }],
    ["prompt_cache_key", { prompt_cache_key: "k" }],
    ["service_tier", { service_tier: "flex" }],
    ["client_metadata", { client_metadata: {} }],
    ["include[web_search_call.results]", { include: ["web_search_call.results"] }],
    ["text.verbosity", { text: { verbosity: "low" } }],
    ["tools[type=web_search]", { tools: [TOOL, { type: "web_search" }] }],
    ["reasoning.effort", { model: "x", reasoning: { effort: "high" } }],
    ["anything_new", { anything_new: 1 }],
  ])("%s", (field, given) => {
    const model = field === "reasoning.effort" ? "gpt-4o" : "gpt-5.1";
    expect(convert(given, OPENAI, model).dropped).toEqual([field]);
  });
});

describe("a loss that would change the request's meaning is rejected, by its name", () => {
  const inUser = (part: object) => ({ input: [{ role: "user", content: [part] }] });
  test.each<[field: string, given: object]>([
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "p" } }],
    ["background", { background: true }],
    ["tools[0].type", { tools: [{ type: "web_search" }] }],
    [
      "tools[1].type",
      { tools: [TOOL, { type: "file_search" }], tool_choice: { type: "file_search" } },
    ],
    ["input[0].type", { input: [{ type: "item_reference", id: "msg_1" }] }],
    ["input[0].type", { input: [{ type: "web_search_call", id: "ws_1" }] }],
    ["input[0].content[0].file_id", inUser({ type: "input_image", file_id: "file_1" })],
    ["input[0].content[0]", inUser({ type: "input_file", file_id: "file_1" })],
    ["input[0].content[0].type", inUser({ type: "input_audio" })],
  ])("%s", (field, given) => {
    expect(() => convert(given)).toThrow(ConversionError);
    expect(() => convert(given)).toThrow(`${field}: `);
  });

  test("documents where the provider takes none", () => {
    const part = { type: "input_file", file_data: "data:application/pdf;base64,B" };
    expect(() => convert(inUser(part), MISTRAL)).toThrow("takes no such");
  });
});

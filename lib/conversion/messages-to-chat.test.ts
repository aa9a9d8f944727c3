/** Every field of a Messages request: kept, approximated, reported as dropped, or rejected by its name. */
import { describe, expect, test } from "vitest";
import { chatDialect } from "./chat-dialect";
import { ConversionError } from "./losses";
import { messagesToChat } from "./messages-to-chat";

const OPENAI = chatDialect("openai", true);
const DEEPSEEK = chatDialect("deepseek", true);
const MISTRAL = chatDialect("mistral", true);

const HI = [{ role: "user", content: "Hi" }];
const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
const CLOSED = { ...SCHEMA, required: Object.keys(SCHEMA.properties), additionalProperties: false };
const TOOL = { name: "weather", description: "Tells it", input_schema: SCHEMA };

const convert = (more: object, dialect = OPENAI, model = "gpt-5.1") =>
  messagesToChat({ model: "asked", max_tokens: 9, messages: HI, ...more }, model, dialect);
const messagesOf = (messages: readonly object[], dialect = OPENAI) =>
  convert({ messages }, dialect).request.messages;
const FUNCTION = {
  type: "function",
  function: { name: "weather", description: "Tells it", parameters: SCHEMA },
};

describe("fields that are kept, or said in another way", () => {
  test.each<[field: string, given: object, expected: object]>([
    ["model and max_tokens", {}, { model: "gpt-5.1", max_completion_tokens: 9 }],
    ["temperature", { temperature: 0.5 }, { temperature: 0.5 }],
    ["top_p", { top_p: 0.5 }, { top_p: 0.5 }],
    ["stop_sequences", { stop_sequences: ["a", "b"] }, { stop: ["a", "b"] }],
    ["stream", { stream: true }, { stream: true, stream_options: { include_usage: true } }],
    ["tools", { tools: [TOOL] }, { tools: [FUNCTION] }],
    [
      "a strict tool",
      { tools: [{ ...TOOL, type: "custom", strict: true }] },
      { tools: [{ ...FUNCTION, function: { ...FUNCTION.function, strict: true } }] },
    ],
    ["tool_choice auto", { tools: [TOOL], tool_choice: { type: "auto" } }, { tool_choice: "auto" }],
    [
      "tool_choice any",
      { tools: [TOOL], tool_choice: { type: "any" } },
      { tool_choice: "required" },
    ],
    ["tool_choice none", { tools: [TOOL], tool_choice: { type: "none" } }, { tool_choice: "none" }],
    [
      "tool_choice tool",
      { tools: [TOOL], tool_choice: { type: "tool", name: "weather" } },
      { tool_choice: { type: "function", function: { name: "weather" } } },
    ],
    [
      "disable_parallel_tool_use",
      { tools: [TOOL], tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      { parallel_tool_calls: false },
    ],
    [
      "output_config.format",
      { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: SCHEMA, strict: false },
        },
      },
    ],
    [
      "output_config.format, without anything optional",
      { output_config: { format: { type: "json_schema", schema: CLOSED } } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: CLOSED, strict: true },
        },
      },
    ],
    ["thinking disabled", { thinking: { type: "disabled" } }, { reasoning_effort: "none" }],
    ["thinking adaptive", { thinking: { type: "adaptive" } }, { reasoning_effort: "medium" }],
    [
      "thinking enabled, few",
      { thinking: { type: "enabled", budget_tokens: 1024 } },
      { reasoning_effort: "low" },
    ],
    [
      "thinking enabled, many",
      { thinking: { type: "enabled", budget_tokens: 30_000 } },
      { reasoning_effort: "high" },
    ],
    [
      "output_config.effort",
      { thinking: { type: "adaptive" }, output_config: { effort: "max" } },
      { reasoning_effort: "high" },
    ],
  ])("%s", (_, given, expected) => {
    const { request, dropped } = convert(given);
    expect(request).toMatchObject(expected);
    expect(dropped).toEqual([]);
  });

  test("the limit of an answer, the usage of streams and thinking are said as each service has it", () => {
    expect(convert({ stream: true }, MISTRAL, "mistral-large").request).toEqual({
      model: "mistral-large",
      messages: HI,
      max_tokens: 9,
      stream: true,
    });
    const off = { thinking: { type: "disabled" } };
    expect(convert(off, DEEPSEEK, "deepseek-chat").request.thinking).toEqual({ type: "disabled" });
    expect(convert(off, OPENAI, "gpt-4o").request).not.toHaveProperty("reasoning_effort");
    const router = chatDialect("openrouter", true);
    expect(convert({ top_k: 3, thinking: { type: "adaptive" } }, router).request).toMatchObject({
      top_k: 3,
      reasoning: { effort: "medium" },
    });
  });
});

describe("messages", () => {
  test("system, as a text or as blocks, and between the turns", () => {
    expect(convert({ system: "Be brief" }).request.messages).toEqual([
      { role: "system", content: "Be brief" },
      ...HI,
    ]);
    const { request, dropped } = convert({
      system: [
        { type: "text", text: "One" },
        { type: "text", text: "Two", cache_control: { type: "ephemeral" } },
      ],
      messages: [...HI, { role: "system", content: "Three" }],
    });
    expect(request.messages).toEqual([
      { role: "system", content: "One\n\nTwo" },
      ...HI,
      { role: "system", content: "Three" },
    ]);
    expect(dropped).toEqual(["cache_control"]);
  });

  test("a user's blocks: texts, pictures, documents, search results", () => {
    const image = { type: "base64", media_type: "image/png", data: "AAAA" };
    const pdf = { type: "base64", media_type: "application/pdf", data: "BBBB" };
    const content = [
      { type: "text", text: "Look" },
      { type: "image", source: image },
      { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
      { type: "document", title: "a.pdf", source: pdf },
      {
        type: "document",
        title: "Notes",
        source: { type: "text", media_type: "text/plain", data: "x" },
      },
      {
        type: "search_result",
        title: "T",
        source: "S",
        content: [{ type: "text", text: "found" }],
      },
    ];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          {
            type: "file",
            file: { filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
          },
          { type: "text", text: "Notes\n\nx" },
          { type: "text", text: "T (S)\nfound" },
        ],
      },
    ]);
    expect(messagesOf([{ role: "user", content: [{ type: "text", text: "Hi" }] }])).toEqual(HI);
  });

  test("calls of tools and their results, in parallel, with what a result shows", () => {
    const messages = [
      {
        role: "assistant",
        content: [
          { type: "text", text: "I look" },
          { type: "tool_use", id: "t1", name: "weather", input: { city: "Bern" } },
          { type: "tool_use", id: "t2", name: "shot", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: "sunny" },
          {
            type: "tool_result",
            tool_use_id: "t2",
            is_error: true,
            content: [
              { type: "text", text: "a picture" },
              { type: "image", source: { type: "base64", media_type: "image/png", data: "CCCC" } },
            ],
          },
          { type: "text", text: "And now?" },
        ],
      },
    ];
    const { request, dropped, approximated } = convert({ messages });
    expect(request.messages).toEqual([
      {
        role: "assistant",
        content: "I look",
        tool_calls: [
          {
            id: "t1",
            type: "function",
            function: { name: "weather", arguments: '{"city":"Bern"}' },
          },
          { id: "t2", type: "function", function: { name: "shot", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "t1", content: "sunny" },
      { role: "tool", tool_call_id: "t2", content: "Error: a picture" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,CCCC" } },
          { type: "text", text: "And now?" },
        ],
      },
    ]);
    expect(dropped).toEqual([]);
    expect(approximated).toEqual(["tool_result.is_error"]);
  });

  test("thoughts of the history are kept where they are needed, and reported as dropped where no one takes them", () => {
    const content = [
      { type: "thinking", thinking: "hm", signature: "one-balance" },
      { type: "redacted_thinking", data: "sealed" },
      { type: "tool_use", id: "t1", name: "weather", input: {} },
    ];
    const messages = [{ role: "assistant", content }];
    expect(messagesOf(messages, DEEPSEEK)).toMatchObject([
      { role: "assistant", content: null, reasoning_content: "hm" },
    ]);
    expect(messagesOf(messages, chatDialect("openrouter", true))).toMatchObject([
      { reasoning: "hm" },
    ]);
    expect(messagesOf(messages, chatDialect("own", false))).toMatchObject([
      { reasoning_content: "hm" },
    ]);
    const { request, dropped } = convert({ messages });
    expect(JSON.stringify(request)).not.toMatch(/hm|sealed|one-balance/);
    expect(dropped).toEqual(["redacted_thinking", "thinking blocks"]);
  });
});

describe("losses are reported", () => {
  test.each<[field: string, given: object]>([
    ["metadata", { metadata: { user_id: "u" } }],
    ["service_tier", { service_tier: "auto" }],
    ["context_management", { context_management: { edits: [] } }],
    ["top_k", { top_k: 5 }],
    ["anything_new", { anything_new: true }],
    ["stop_sequences[4+]", { stop_sequences: ["a", "b", "c", "d", "e"] }],
    ["tools[].input_examples", { tools: [{ ...TOOL, input_examples: [] }] }],
    [
      "tools[type=web_search_20250305]",
      { tools: [TOOL, { type: "web_search_20250305", name: "s" }] },
    ],
    ["thinking", { model: "x", thinking: { type: "adaptive" } }],
    ["other fields", { "bad\nname": 1 }],
  ])("%s", (field, given) => {
    const { request, dropped } = convert(
      given,
      OPENAI,
      field === "thinking" ? "gpt-4o" : "gpt-5.1",
    );
    expect(dropped).toEqual([field]);
    expect(request).not.toHaveProperty([field]);
  });
});

describe("a loss that would change the request's meaning is rejected, by its name", () => {
  const fileSource = { type: "file", file_id: "file_1" };
  const inUser = (block: object) => ({ messages: [{ role: "user", content: [block] }] });
  test.each<[field: string, given: object]>([
    ["container", { container: "c" }],
    ["mcp_servers", { mcp_servers: [{ name: "a" }] }],
    ["tools[0].type", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    [
      "tools[1].type",
      {
        tools: [TOOL, { type: "bash_20250124", name: "bash" }],
        tool_choice: { type: "tool", name: "bash" },
      },
    ],
    ["messages[0].content[0].source", inUser({ type: "image", source: fileSource })],
    ["messages[0].content[0].source", inUser({ type: "document", source: fileSource })],
    ["messages[0].content[0].type", inUser({ type: "container_upload" })],
    [
      "messages[0].content[0].type",
      { messages: [{ role: "assistant", content: [{ type: "server_tool_use" }] }] },
    ],
  ])("%s", (field, given) => {
    expect(() => convert(given)).toThrow(ConversionError);
    expect(() => convert(given)).toThrow(`${field}: `);
  });

  test("documents where the provider takes none", () => {
    const source = { type: "base64", media_type: "application/pdf", data: "B" };
    expect(() => convert(inUser({ type: "document", source }), MISTRAL)).toThrow("takes no such");
  });
});

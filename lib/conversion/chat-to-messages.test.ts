import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chatDialect } from "./chat-dialect";
import { chatToMessages } from "./chat-to-messages";
import type { Fields } from "./json";
import { messagesToChat } from "./messages-to-chat";

const HI = { role: "user", content: "Hi" };
const TOOL = {
  type: "function",
  function: { name: "weather", description: "d", parameters: { type: "object", properties: {} } },
};
const OPUS = "claude-opus-4-6";

const convert = (more: Fields, model = OPUS) => chatToMessages({ messages: [HI], ...more }, model);
const turns = (...messages: readonly object[]) => convert({ messages: [HI, ...messages] });

describe("what is said", () => {
  test("the system prompt, texts, pictures and documents", () => {
    const { request, dropped } = convert({
      messages: [
        { role: "system", content: "Be brief" },
        {
          role: "developer",
          content: [{ type: "text", text: "Be kind", cache_control: { type: "ephemeral" } }],
        },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            { type: "image_url", image_url: { url: "https://a.example/b.png", detail: "low" } },
            {
              type: "file",
              file: { filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
            },
          ],
        },
      ],
    });
    expect(request).toEqual({
      model: OPUS,
      max_tokens: 32_000,
      system: [
        { type: "text", text: "Be brief" },
        { type: "text", text: "Be kind", cache_control: { type: "ephemeral" } },
      ],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
            { type: "image", source: { type: "url", url: "https://a.example/b.png" } },
            {
              type: "document",
              source: { type: "base64", media_type: "application/pdf", data: "BBBB" },
              title: "a.pdf",
            },
          ],
        },
      ],
    });
    expect(dropped).toEqual(["image_url.detail"]);
  });

  test("calls side by side and their results, whose turn is one", () => {
    const call = (id: string) => ({
      id,
      type: "function",
      function: { name: "weather", arguments: `{"of":"${id}"}` },
    });
    const { request } = turns(
      { role: "assistant", content: null, tool_calls: [call("a"), call("functions_b_1")] },
      { role: "tool", tool_call_id: "a", content: "sunny" },
      { role: "tool", tool_call_id: "functions_b_1", content: [{ type: "text", text: "rain" }] },
      { role: "user", content: "And?" },
    );
    expect(request.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "weather", input: { of: "a" } },
          {
            type: "tool_use",
            id: "functions_b_1",
            name: "weather",
            input: { of: "functions_b_1" },
          },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "sunny" },
          {
            type: "tool_result",
            tool_use_id: "functions_b_1",
            content: [{ type: "text", text: "rain" }],
          },
          { type: "text", text: "And?" },
        ],
      },
    ]);
  });

  test("a later system message stays in its place, for what was thought is bound to the prefix", () => {
    const { request, dropped } = turns(
      { role: "assistant", content: "Yes" },
      { role: "system", content: "Now in French" },
      { role: "user", content: "Go" },
    );
    expect(request.system).toBeUndefined();
    expect((request.messages as Fields[]).at(-1)).toEqual({
      role: "user",
      content: [
        { type: "text", text: "Now in French" },
        { type: "text", text: "Go" },
      ],
    });
    expect(dropped).toEqual(["messages[role=system]"]);
  });

  test("thoughts come back only where Anthropic sealed them", () => {
    const details = [
      {
        type: "reasoning.text",
        text: "hm",
        signature: "sig",
        format: "anthropic-claude-v1",
        index: 0,
      },
      { type: "reasoning.encrypted", data: "xx", format: "anthropic-claude-v1", index: 1 },
    ];
    const mine = turns({
      role: "assistant",
      content: "a",
      reasoning_content: "hm",
      reasoning_details: details,
    });
    expect((mine.request.messages as { content: unknown }[])[1]?.content).toEqual([
      { type: "thinking", thinking: "hm", signature: "sig" },
      { type: "redacted_thinking", data: "xx" },
      { type: "text", text: "a" },
    ]);
    expect(mine.dropped).toEqual([]);
    const others = turns({
      role: "assistant",
      content: "a",
      reasoning_content: "hm",
      reasoning_details: [
        { type: "reasoning.encrypted", data: "xx", format: "openai-responses-v1" },
      ],
    });
    expect((others.request.messages as { content: unknown }[])[1]?.content).toEqual([
      { type: "text", text: "a" },
    ]);
    expect(others.dropped).toEqual(["reasoning_details", "reasoning_content"]);
  });

  test("arguments that are no JSON leave the history usable", () => {
    const { request, dropped } = turns({
      role: "assistant",
      tool_calls: [{ id: "a", function: { name: "f", arguments: '{"x":' } }],
    });
    expect((request.messages as { content: Fields[] }[])[1]?.content[0]?.input).toEqual({
      arguments: '{"x":',
    });
    expect(dropped).toEqual(["tool_calls[].arguments"]);
  });
});

describe("the request", () => {
  test.each([
    ["required", { type: "any" }],
    ["none", { type: "none" }],
    ["auto", { type: "auto" }],
    [
      { type: "function", function: { name: "weather" } },
      { type: "tool", name: "weather" },
    ],
  ])("tool_choice %j", (tool_choice, said) => {
    const { request } = convert({ tools: [TOOL], tool_choice });
    expect(request.tool_choice).toEqual(said);
    expect(request.tools).toEqual([
      { name: "weather", description: "d", input_schema: { type: "object", properties: {} } },
    ]);
  });

  test("some of the tools only, one call at a time", () => {
    const other = { type: "function", function: { name: "other" } };
    const tool_choice = {
      type: "allowed_tools",
      allowed_tools: {
        mode: "required",
        tools: [{ type: "function", function: { name: "other" } }],
      },
    };
    const { request } = convert({ tools: [TOOL, other], tool_choice, parallel_tool_calls: false });
    expect(request.tools).toEqual([{ name: "other", input_schema: { type: "object" } }]);
    expect(request.tool_choice).toEqual({ type: "any", disable_parallel_tool_use: true });
  });

  test.each([
    [
      OPUS,
      { reasoning_effort: "high" },
      { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
      [],
    ],
    [
      "claude-opus-4-8",
      { reasoning_effort: "minimal", temperature: 0.5 },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
      ["temperature"],
    ],
    [
      "claude-haiku-4-5-20251001",
      { reasoning_effort: "medium" },
      { thinking: { type: "enabled", budget_tokens: 8_192 } },
      [],
    ],
    [
      "claude-sonnet-4-20250514",
      { reasoning: { max_tokens: 3_000 } },
      { thinking: { type: "enabled", budget_tokens: 3_000 } },
      [],
    ],
    [
      "claude-haiku-4-5",
      { reasoning_effort: "high", max_completion_tokens: 5_000 },
      { thinking: { type: "enabled", budget_tokens: 4_999 } },
      [],
    ],
    ["claude-haiku-4-5", { reasoning_effort: "high", max_tokens: 500 }, {}, ["reasoning_effort"]],
    ["claude-3-5-haiku-latest", { reasoning_effort: "high" }, {}, ["reasoning_effort"]],
    ["claude-haiku-4-5", { reasoning_effort: "none" }, {}, []],
    [
      "claude-haiku-4-5",
      { reasoning_effort: "low", tools: [TOOL], tool_choice: "required" },
      {},
      ["reasoning_effort"],
    ],
    [
      "claude-haiku-4-5",
      { thinking: { type: "enabled", budget_tokens: 2_000 } },
      { thinking: { type: "enabled", budget_tokens: 2_000 } },
      [],
    ],
  ] as const)("%s: %j", (model, more, said, lost) => {
    const { request, dropped } = convert(more, model);
    const { thinking, output_config } = request;
    expect({
      ...(thinking !== undefined && { thinking }),
      ...(output_config !== undefined && { output_config }),
    }).toEqual(said);
    expect(dropped).toEqual(lost);
  });

  test("a turn of tools whose thoughts were lost goes on without thinking where it must", () => {
    const messages = [
      HI,
      { role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "a", content: "1" },
    ];
    const old = convert({ messages, reasoning_effort: "low" }, "claude-haiku-4-5");
    expect([old.request.thinking, old.dropped]).toEqual([undefined, ["reasoning_effort"]]);
    expect(convert({ messages, reasoning_effort: "low" }).request.thinking).toBeDefined();
  });

  test.each([
    [{ temperature: 1.5 }, { temperature: 1 }, ["temperature over 1"]],
    [{ temperature: 0.2, top_p: 0.9 }, { temperature: 0.2 }, ["top_p"]],
    [{ top_p: 0.9, top_k: 5 }, { top_p: 0.9, top_k: 5 }, []],
    [{ stop: "END" }, { stop_sequences: ["END"] }, []],
    [{ stop: ["a", "\n"] }, { stop_sequences: ["a"] }, ["stop of blanks"]],
    [{ user: "u" }, { metadata: { user_id: "u" } }, []],
    [{ stream: true }, { stream: true }, []],
    [{ cache_control: { type: "ephemeral" } }, { cache_control: { type: "ephemeral" } }, []],
    [{ response_format: { type: "json_object" } }, {}, ["response_format"]],
    [{ response_format: { type: "text" }, n: 1 }, {}, []],
    [
      { response_format: { type: "json_schema", json_schema: { schema: { type: "object" } } } },
      { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      [],
    ],
    [
      { seed: 1, logit_bias: {}, prompt_cache_key: "k" },
      {},
      ["seed", "logit_bias", "prompt_cache_key"],
    ],
  ] as const)("%j", (more, said, lost) => {
    const { model: _m, max_tokens: _l, messages: _s, ...rest } = convert(more).request;
    expect(rest).toEqual(said);
    expect(convert(more).dropped).toEqual(lost);
  });

  test.each([
    [{ n: 2 }, "n"],
    [{ modalities: ["audio"] }, "modalities"],
    [{ functions: [{}] }, "functions"],
    [{ web_search_options: {} }, "web_search_options"],
    [{ tools: [{ type: "alien" }] }, "tools[0].type"],
    [
      { messages: [{ role: "user", content: [{ type: "input_audio" }] }] },
      "messages[0].content[0].type",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
      "messages[0].content[0].file.file_id",
    ],
    [{ messages: [{ role: "function", content: "x" }] }, "messages[0].role"],
  ] as const)("%j is rejected, by the field's name", (more, field) => {
    expect(() => convert(more)).toThrow(expect.objectContaining({ field }));
  });

  test("a schema is rejected for a model that can't be forced to follow it", () => {
    const response_format = { type: "json_schema", json_schema: { schema: {} } };
    expect(() => convert({ response_format }, "claude-3-haiku-20240307")).toThrow(
      "response_format",
    );
  });
});

describe("whatever is requested", () => {
  const words = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "");
  const callIds = fc.constantFrom("toolu_1", "toolu_2");
  const blocks = fc.oneof(
    fc.record({ type: fc.constant("text"), text: words }),
    fc.record({
      type: fc.constant("image"),
      source: fc.record({
        type: fc.constant("base64"),
        media_type: fc.constant("image/png"),
        data: fc.base64String({ minLength: 4, maxLength: 8 }),
      }),
    }),
  );
  const turn = fc.record({
    asked: fc.array(blocks, { minLength: 1, maxLength: 2 }),
    said: words,
    id: callIds,
    input: fc.dictionary(words, fc.jsonValue()),
    result: words,
  });

  test("Messages said as chat and back are the same conversation", () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 5 }), words, (parts, system) => {
        const messages = parts.flatMap(({ asked, said, id, input }, index) => {
          const before = parts[index - 1];
          const handedIn =
            before === undefined
              ? []
              : [
                  {
                    type: "tool_result",
                    tool_use_id: `${before.id}_${index - 1}`,
                    content: before.result,
                  },
                ];
          return [
            { role: "user", content: [...handedIn, ...asked] },
            {
              role: "assistant",
              content: [
                { type: "text", text: said },
                { type: "tool_use", id: `${id}_${index}`, name: "f", input },
              ],
            },
          ];
        });
        const asked = JSON.parse(
          JSON.stringify({
            model: "m",
            max_tokens: 9,
            system: [{ type: "text", text: system }],
            messages,
          }),
        );
        const chat = messagesToChat(asked, "m", chatDialect("openrouter", true));
        const { request, dropped } = chatToMessages(chat.request, "m");
        expect([chat.dropped, dropped]).toEqual([[], []]);
        expect(request).toEqual(asked);
      }),
      { numRuns: 100 },
    );
  });
});

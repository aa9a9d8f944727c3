import { describe, expect, test } from "vitest";
import { chatToGemini } from "./chat-to-gemini";
import { type Fields, fields } from "./json";
import { ConversionError } from "./losses";

const HI = { role: "user", content: "Hi" };
const HELLO = { role: "user", parts: [{ text: "Hi" }] };
const PARAMETERS = { type: "object", properties: { city: { type: "string" } } };
const TOOL = {
  type: "function",
  function: { name: "weather", description: "d", parameters: PARAMETERS },
};
const DECLARED = { name: "weather", description: "d", parametersJsonSchema: PARAMETERS };

const convert = (more: Fields, model = "gemini-3-flash") =>
  chatToGemini({ messages: [HI], ...more }, model);
const turns = (messages: readonly object[], model?: string) =>
  convert({ messages: [HI, ...messages] }, model);
const settings = (more: Fields, model?: string) => convert(more, model).request.generationConfig;

const call = (id: string, more: object = {}) => ({
  id,
  type: "function",
  function: { name: `tool_${id}`, arguments: `{"of":"${id}"}` },
  ...more,
});
const called = (id: string) => ({ id, name: `tool_${id}`, args: { of: id } });
const UNSIGNED = "skip_thought_signature_validator";

describe("what is said", () => {
  test("the system prompt, texts, pictures, documents and sound", () => {
    const { request, dropped } = convert({
      messages: [
        { role: "system", content: "Be brief" },
        { role: "developer", content: [{ type: "text", text: "Be kind" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            { type: "image_url", image_url: { url: "https://a.example/b.PNG?c=d", detail: "low" } },
            { type: "image_url", image_url: "https://a.example/b" },
            {
              type: "file",
              file: { filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
            },
            { type: "input_audio", input_audio: { data: "CCCC", format: "mp3" } },
          ],
        },
      ],
    });
    expect(request).toEqual({
      systemInstruction: { parts: [{ text: "Be brief" }, { text: "Be kind" }] },
      contents: [
        {
          role: "user",
          parts: [
            { text: "Look" },
            { inlineData: { mimeType: "image/png", data: "AAAA" } },
            { fileData: { mimeType: "image/png", fileUri: "https://a.example/b.PNG?c=d" } },
            { fileData: { mimeType: "image/jpeg", fileUri: "https://a.example/b" } },
            { inlineData: { mimeType: "application/pdf", data: "BBBB" } },
            { inlineData: { mimeType: "audio/mp3", data: "CCCC" } },
          ],
        },
      ],
    });
    expect(dropped).toEqual(["image_url.detail"]);
  });

  test("calls side by side and their results stand together, by id and by name", () => {
    const { request, dropped } = turns([
      { role: "assistant", content: "I look", tool_calls: [call("a"), call("b")] },
      { role: "tool", tool_call_id: "a", content: "sunny" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "rain" }] },
      { role: "user", content: "And?" },
    ]);
    const result = (id: string, output: string) => ({
      functionResponse: { id, name: `tool_${id}`, response: { output } },
    });
    expect(request.contents).toEqual([
      HELLO,
      {
        role: "model",
        parts: [
          { text: "I look" },
          { functionCall: called("a"), thoughtSignature: UNSIGNED },
          { functionCall: called("b") },
        ],
      },
      { role: "user", parts: [result("a", "sunny"), result("b", "rain"), { text: "And?" }] },
    ]);
    expect(dropped).toEqual([]);
  });

  test("a later system message keeps its place, and its role is a loss", () => {
    const { request, dropped } = turns([{ role: "system", content: "Now in French" }]);
    expect(request.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }, { text: "Now in French" }] },
    ]);
    expect(dropped).toEqual(["messages[role=system]"]);
  });

  test("arguments that are no object stay readable", () => {
    const broken = { id: "a", function: { name: "f", arguments: "{oops" } };
    const { request, dropped } = turns([{ role: "assistant", tool_calls: [broken] }]);
    expect(JSON.stringify(request)).toContain('"args":{"arguments":"{oops"}');
    expect(dropped).toEqual(["tool_calls[].arguments"]);
  });
});

describe("thoughts", () => {
  const parts = (message: object, model?: string) => {
    const { request, dropped } = turns([{ role: "assistant", ...message }], model);
    const [, said] = request.contents as readonly { parts: object[] }[];
    return { parts: said?.parts, dropped };
  };
  const sealed = (data: string, format = "google-gemini-v1") => ({
    type: "reasoning.encrypted",
    data,
    format,
  });
  const signed = (id: string, thought_signature: string) =>
    call(id, { extra_content: { google: { thought_signature } } });

  test("signatures return where they came from", () => {
    const message = {
      reasoning_content: "hm",
      content: "I look",
      reasoning_details: [sealed("dGV4dA==")],
      tool_calls: [signed("a", "Y2FsbA=="), call("b")],
    };
    expect(parts(message)).toEqual({
      parts: [
        { text: "I look", thoughtSignature: "dGV4dA==" },
        { functionCall: called("a"), thoughtSignature: "Y2FsbA==" },
        { functionCall: called("b") },
      ],
      dropped: [],
    });
  });

  test("what other providers signed, and plain thoughts, are losses", () => {
    const foreign = [sealed("x", "openai-responses-v1"), { type: "reasoning.text", text: "hm" }];
    const { dropped } = parts({ content: "a", reasoning_details: foreign });
    expect(dropped).toEqual(["reasoning_details"]);
    expect(parts({ content: "a", reasoning_content: "hm" }).dropped).toEqual(["reasoning_content"]);
  });

  test("a call of another model is marked as one, where that is required", () => {
    const { parts: before } = parts({ tool_calls: [call("a")] }, "gemini-2.5-flash");
    expect(before).toEqual([{ functionCall: called("a") }]);
  });
});

describe("settings", () => {
  test("have the names that Google gives them", () => {
    const { request, dropped } = convert({
      max_completion_tokens: 5,
      temperature: 1.5,
      top_p: 0.5,
      top_k: 3,
      seed: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      stop: "END",
      stream: true,
    });
    expect(request.generationConfig).toEqual({
      maxOutputTokens: 5,
      temperature: 1.5,
      topP: 0.5,
      topK: 3,
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ["END"],
    });
    expect(dropped).toEqual([]);
    expect(convert({ stop: [..."abcdef"] })).toMatchObject({
      request: { generationConfig: { stopSequences: [..."abcde"] } },
      dropped: ["stop[5+]"],
    });
  });

  test.each([
    ["high", "gemini-3-pro-preview", { thinkingLevel: "HIGH", includeThoughts: true }],
    ["medium", "gemini-3-pro-preview", { thinkingLevel: "HIGH", includeThoughts: true }],
    ["medium", "gemini-3.1-pro", { thinkingLevel: "MEDIUM", includeThoughts: true }],
    ["minimal", "gemini-3-flash", { thinkingLevel: "MINIMAL", includeThoughts: true }],
    ["none", "gemini-flash-latest", { thinkingLevel: "MINIMAL" }],
    ["none", "gemini-3.1-pro", { thinkingLevel: "LOW" }],
    ["low", "gemini-2.5-flash", { thinkingBudget: 1_024, includeThoughts: true }],
    ["xhigh", "gemini-2.5-flash", { thinkingBudget: 24_576, includeThoughts: true }],
    ["none", "gemini-2.5-flash", { thinkingBudget: 0 }],
    ["none", "gemini-2.5-pro", { thinkingBudget: 128 }],
  ])("effort %s of %s", (reasoning_effort, model, thinkingConfig) => {
    expect(settings({ reasoning_effort }, model)).toEqual({ thinkingConfig });
  });

  test("a number of thinking tokens is kept; models that don't think drop any effort", () => {
    const thinkingConfig = { thinkingBudget: 500, includeThoughts: true };
    expect(settings({ reasoning: { max_tokens: 500 } })).toEqual({ thinkingConfig });
    const thinking = { type: "enabled", budget_tokens: 500 };
    expect(settings({ thinking }, "gemini-2.5-pro")).toEqual({ thinkingConfig });
    const older = convert({ reasoning_effort: "high" }, "gemini-2.0-flash");
    expect([older.request.generationConfig, older.dropped]).toEqual([
      undefined,
      ["reasoning_effort"],
    ]);
    expect(convert({ reasoning_effort: "none" }, "gemma-3").dropped).toEqual([]);
  });

  test("schemas of responses, and any JSON", () => {
    const json_schema = { name: "n", schema: PARAMETERS, strict: true };
    expect(settings({ response_format: { type: "json_schema", json_schema } })).toEqual({
      responseMimeType: "application/json",
      responseJsonSchema: PARAMETERS,
    });
    expect(settings({ response_format: { type: "json_object" } })).toEqual({
      responseMimeType: "application/json",
    });
    expect(settings({ response_format: { type: "text" } })).toBeUndefined();
  });
});

describe("tools", () => {
  const other = { type: "function", function: { name: "other" } };
  const allowed = (mode: string) => ({
    type: "allowed_tools",
    allowed_tools: { mode, tools: [{ type: "function", function: { name: "other" } }] },
  });

  test.each<[choice: unknown, declared: object[], config: object | undefined]>([
    [undefined, [DECLARED, { name: "other" }], undefined],
    ["auto", [DECLARED, { name: "other" }], { mode: "AUTO" }],
    ["none", [DECLARED, { name: "other" }], { mode: "NONE" }],
    ["required", [DECLARED, { name: "other" }], { mode: "ANY" }],
    [
      { type: "function", function: { name: "weather" } },
      [DECLARED, { name: "other" }],
      { mode: "ANY", allowedFunctionNames: ["weather"] },
    ],
    [allowed("auto"), [{ name: "other" }], { mode: "AUTO" }],
    [allowed("required"), [{ name: "other" }], { mode: "ANY" }],
  ])("chosen by %j", (tool_choice, functionDeclarations, functionCallingConfig) => {
    const { request } = convert({ tools: [TOOL, other], tool_choice });
    expect(request.tools).toEqual([{ functionDeclarations }]);
    expect(fields(request.toolConfig).functionCallingConfig).toEqual(functionCallingConfig);
  });

  test("what they lose is named", () => {
    const strict = { type: "function", cache_control: {}, function: { name: "f", strict: true } };
    const { dropped } = convert({ tools: [strict], parallel_tool_calls: false });
    expect(dropped).toEqual(["tools[].strict", "cache_control", "parallel_tool_calls"]);
  });
});

test.each<[field: string, request: Fields]>([
  ["n", { n: 2 }],
  ["modalities", { modalities: ["text", "audio"] }],
  ["functions", { functions: [{}] }],
  ["web_search_options", { web_search_options: {} }],
  ["tools[0].type", { tools: [{ type: "alien" }] }],
  ["messages[0].role", { messages: [{ role: "alien" }] }],
  ["messages[0].content[0].type", { messages: [{ role: "user", content: [{ type: "alien" }] }] }],
  [
    "messages[0].content[0].file.file_id",
    { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
  ],
  [
    "messages[0].content[0].image_url",
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
  ],
  ["messages[0].audio", { messages: [{ role: "assistant", audio: { id: "a" } }] }],
])("%s is rejected by its name", (field, request) => {
  expect(() => convert(request)).toThrow(expect.objectContaining({ field }));
  expect(() => convert(request)).toThrow(ConversionError);
});

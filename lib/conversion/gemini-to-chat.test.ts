import { describe, expect, test } from "vitest";
import { chatDialect, IN_BETWEEN } from "./chat-dialect";
import { geminiToChat } from "./gemini-to-chat";
import type { Fields } from "./json";
import { seal } from "./sealed-thought";

const HI = { role: "user", parts: [{ text: "Hi" }] };
const OPENAI = chatDialect("openai", true);
const DEEPSEEK = chatDialect("deepseek", true);

const convert = (more: Fields, dialect = OPENAI, model = "gpt-5.1") =>
  geminiToChat({ contents: [HI], ...more }, model, dialect, false);
const turns = (contents: readonly object[], dialect = OPENAI) => convert({ contents }, dialect);
const settings = (generationConfig: object, dialect = OPENAI) =>
  convert({ generationConfig }, dialect);

describe("what is said", () => {
  test("the system's instruction, texts, pictures and documents, in either spelling", () => {
    const { request, dropped } = convert({
      system_instruction: { parts: [{ text: "Be brief" }, { text: "Be kind" }] },
      contents: [
        {
          role: "user",
          parts: [
            { text: "Look" },
            { inlineData: { mimeType: "image/png", data: "AAAA" } },
            { inline_data: { mime_type: "application/pdf", data: "BBBB" } },
          ],
        },
      ],
    });
    expect(request).toEqual({
      model: "gpt-5.1",
      messages: [
        { role: "system", content: "Be brief\n\nBe kind" },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            {
              type: "file",
              file: { filename: "document.pdf", file_data: "data:application/pdf;base64,BBBB" },
            },
          ],
        },
      ],
    });
    expect(dropped).toEqual([]);
  });

  test("calls without ids and their results, by the functions' names", () => {
    const call = (city: string) => ({ functionCall: { name: "weather", args: { city } } });
    const result = (response: object) => ({ functionResponse: { name: "weather", response } });
    const { request } = turns([
      HI,
      { role: "model", parts: [{ text: "Let me see." }, call("Bern"), call("Rome")] },
      {
        role: "user",
        parts: [result({ output: "rain" }), result({ degrees: 20 }), { text: "And?" }],
      },
    ]);
    const called = (id: string, city: string) => ({
      id,
      type: "function",
      function: { name: "weather", arguments: JSON.stringify({ city }) },
    });
    expect(request.messages).toEqual([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: "Let me see.",
        tool_calls: [called("call_1", "Bern"), called("call_2", "Rome")],
      },
      { role: "tool", tool_call_id: "call_1", content: "rain" },
      { role: "tool", tool_call_id: "call_2", content: '{"degrees":20}' },
      { role: "user", content: "And?" },
    ]);
  });

  test("results that come in another order find their calls by id", () => {
    const { request } = turns([
      {
        role: "model",
        parts: ["a", "b"].map((id) => ({ functionCall: { id, name: "f", args: {} } })),
      },
      {
        role: "user",
        parts: ["b", "a"].map((id) => ({
          functionResponse: { id, name: "f", response: { output: id } },
        })),
      },
    ]);
    expect((request.messages as Fields[]).slice(1)).toEqual([
      { role: "tool", tool_call_id: "b", content: "b" },
      { role: "tool", tool_call_id: "a", content: "a" },
    ]);
  });

  test("thoughts return where the service accepts them, and signatures only to their provider", () => {
    const state = { google: { thought_signature: "g" } };
    const signature = seal({ thought: "hm", calls: { c: state } });
    const functionCall = { id: "c", name: "f", args: {} };
    const said = (thoughtSignature: string) => [
      HI,
      { role: "model", parts: [{ functionCall, thoughtSignature }] },
    ];
    const at = (dialect: typeof OPENAI, thoughtSignature = signature) => {
      const { request, dropped } = turns(said(thoughtSignature), dialect);
      return { message: (request.messages as Fields[])[1] as Fields, dropped };
    };
    expect(at(DEEPSEEK).message.reasoning_content).toBe("hm");
    expect(at(DEEPSEEK).dropped).toEqual([]);
    expect(at(OPENAI).dropped).toEqual(["thoughts of the history"]);
    expect((at(IN_BETWEEN).message.tool_calls as Fields[])[0]?.extra_content).toEqual(state);
    expect(at(DEEPSEEK, "of Google").dropped).toEqual(["thoughtSignature"]);
  });
});

describe("the request", () => {
  const declaration = {
    name: "f",
    description: "d",
    parameters: {
      type: "OBJECT",
      properties: {
        a: { type: "STRING", nullable: true },
        b: { type: "ARRAY", items: { type: "INTEGER" } },
      },
      required: ["a"],
      propertyOrdering: ["a", "b"],
    },
  };
  const tools = [{ functionDeclarations: [declaration] }];

  test("functions, with Google's schema as JSON Schema", () => {
    expect(convert({ tools }).request.tools).toEqual([
      {
        type: "function",
        function: {
          name: "f",
          description: "d",
          parameters: {
            type: "object",
            properties: {
              a: { type: ["string", "null"] },
              b: { type: "array", items: { type: "integer" } },
            },
            required: ["a"],
          },
        },
      },
    ]);
  });

  test.each([
    [{ mode: "ANY" }, { type: "function", function: { name: "f" } }],
    [{ mode: "NONE" }, "none"],
    [{ mode: "AUTO" }, undefined],
  ])("%j", (functionCallingConfig, choice) => {
    expect(convert({ tools, toolConfig: { functionCallingConfig } }).request.tool_choice).toEqual(
      choice,
    );
  });

  test("tools that run at Google are kept next to others, and rejected alone", () => {
    expect(convert({ tools: [...tools, { googleSearch: {} }] }).dropped).toEqual([
      "tools[].googleSearch",
    ]);
    expect(() => convert({ tools: [{ googleSearch: {} }] })).toThrow(
      expect.objectContaining({ field: "tools[0].googleSearch" }),
    );
  });

  test.each([
    [
      { temperature: 0.5, topP: 0.9, maxOutputTokens: 5 },
      { temperature: 0.5, top_p: 0.9, max_completion_tokens: 5 },
      [],
    ],
    [{ topK: 5 }, {}, ["generationConfig.topK"]],
    [{ stopSequences: ["a"] }, { stop: ["a"] }, []],
    [{ seed: 1, presencePenalty: 1 }, { seed: 1, presence_penalty: 1 }, []],
    [{ candidateCount: 1, responseModalities: ["TEXT"] }, {}, []],
    [{ responseMimeType: "application/json" }, { response_format: { type: "json_object" } }, []],
    [
      { responseMimeType: "application/json", responseSchema: { type: "STRING" } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: { type: "string" } },
        },
      },
      [],
    ],
    [{ thinkingConfig: { thinkingBudget: 1_000 } }, { reasoning_effort: "low" }, []],
    [{ thinkingConfig: { thinkingLevel: "HIGH" } }, { reasoning_effort: "high" }, []],
    [{ thinkingConfig: { thinkingBudget: -1 } }, {}, []],
    [{ mediaResolution: "LOW" }, {}, ["generationConfig.mediaResolution"]],
  ])("%j", (generationConfig, said, lost) => {
    const { request, dropped } = settings(generationConfig);
    const { model: _m, messages: _s, ...rest } = request;
    expect(rest).toEqual(said);
    expect(dropped).toEqual(lost);
  });

  test.each([
    [{ cachedContent: "c" }, "cachedContent"],
    [{ generationConfig: { candidateCount: 2 } }, "generationConfig.candidateCount"],
    [
      { generationConfig: { responseModalities: ["AUDIO"] } },
      "generationConfig.responseModalities",
    ],
    [{ contents: [{ parts: [{ fileData: {} }] }] }, "contents[0].parts[0].fileData"],
    [
      { contents: [{ parts: [{ inlineData: { mimeType: "audio/wav" } }] }] },
      "contents[0].parts[0].inlineData",
    ],
    [{ contents: [{ role: "model", parts: [{ executableCode: {} }] }] }, "contents[0].parts[0]"],
  ])("%j is rejected, by the field's name", (more, field) => {
    expect(() => convert(more)).toThrow(expect.objectContaining({ field }));
  });
});

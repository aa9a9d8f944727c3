import { describe, expect, test } from "vitest";
import { chatRequest, parseTools } from "./chat-request";

const SETTINGS = {
  model: "groq/llama",
  targets: [],
  system: "",
  history: [],
  prompt: "Hello",
  images: [],
  tools: null,
  temperature: null,
  maxTokens: null,
};

describe("chatRequest", () => {
  test("leaves out what was not set, and asks for the token count", () => {
    expect(chatRequest(SETTINGS)).toEqual({
      model: "groq/llama",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("system prompt, temperature 0 and a limit are sent", () => {
    const set = { ...SETTINGS, system: "Be brief.", temperature: 0, maxTokens: 50 };
    expect(chatRequest(set)).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello" },
      ],
      temperature: 0,
      max_tokens: 50,
    });
  });

  test("earlier turns come before the prompt, images beside their text, and tools as they are", () => {
    const image = "data:image/png;base64,AAAA";
    const tools = [{ type: "function", function: { name: "weather" } }];
    const body = chatRequest({
      ...SETTINGS,
      ...{ system: "Be brief.", prompt: "And now?", images: [image], tools },
      history: [{ prompt: "Who?", images: [], answer: "Me." }],
    });
    expect(body).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Who?" },
        { role: "assistant", content: "Me." },
        {
          role: "user",
          content: [
            { type: "text", text: "And now?" },
            { type: "image_url", image_url: { url: image } },
          ],
        },
      ],
      tools,
    });
  });

  test.each([
    ["", { tools: null }],
    ["  ", { tools: null }],
    ['[{"type":"function"}]', { tools: [{ type: "function" }] }],
    ['{"type":"function"}', { tools: [{ type: "function" }] }],
    ["[]", null],
    ["[1]", null],
    ['[{"name":"x"}]', null],
    ["{", null],
  ])("tools from %s", (text, parsed) => {
    expect(parseTools(text)).toEqual(parsed);
  });

  test("the limit has the name the provider knows", () => {
    const body = chatRequest({ ...SETTINGS, model: "openai/gpt-5-mini", maxTokens: 50 });
    expect(body).toMatchObject({ max_completion_tokens: 50 });
    expect(body).not.toHaveProperty("max_tokens");
  });

  test("Mistral gets no field that it would reject", () => {
    const body = chatRequest({ ...SETTINGS, model: "mistral/mistral-small-latest" });
    expect(body).not.toHaveProperty("stream_options");
  });

  test("an alias is called in a way that each of its targets accepts", () => {
    const alias = { ...SETTINGS, model: "fast", maxTokens: 50 };
    const openAi = chatRequest({ ...alias, targets: ["openai/gpt-5", "openai/gpt-5-mini"] });
    expect(openAi).toMatchObject({ model: "fast", max_completion_tokens: 50 });
    const mixed = chatRequest({ ...alias, targets: ["openai/gpt-5", "mistral/mistral-small"] });
    expect(mixed).toMatchObject({ max_tokens: 50 });
    expect(mixed).not.toHaveProperty("stream_options");
  });
});

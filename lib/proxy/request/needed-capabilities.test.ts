import { expect, test } from "vitest";
import { CAPABILITIES, type Capability, type ModelAlias } from "../../models/model-alias";
import { neededCapabilities } from "./needed-capabilities";

const aliasFor = (capabilities: readonly Capability[]): ModelAlias => ({
  name: "fast",
  choice: "ordered",
  targets: [{ provider: "openai", model: "m", weight: 1, capabilities }],
  conversion: "needed",
  maxInputUsd: null,
  maxOutputUsd: null,
});

const bytes = (text: string) => new TextEncoder().encode(text);

const needed = (body: unknown, alias = aliasFor([])) =>
  neededCapabilities(alias, { kind: "kept", bytes: bytes(JSON.stringify(body)) });

const text = [{ role: "user", content: 'My "tools" and {"type": "image_url"} are words here' }];
const said = (...content: object[]) => [{ role: "user", content }];

test.each<[string, object, readonly Capability[]]>([
  ["text alone", { messages: text, tools: [], response_format: { type: "json_object" } }, []],
  ["OpenAI's tools", { messages: text, tools: [{ type: "function" }] }, ["tools"]],
  ["OpenAI's picture", { messages: said({ type: "image_url", image_url: {} }) }, ["vision"]],
  [
    "OpenAI's schema",
    { messages: text, response_format: { type: "json_schema" } },
    ["json_schema"],
  ],
  [
    "OpenAI's responses",
    { input: said({ type: "input_image" }), text: { format: { type: "json_schema" } } },
    ["vision", "json_schema"],
  ],
  ["Anthropic's picture", { messages: said({ type: "image", source: {} }) }, ["vision"]],
  [
    "Anthropic's picture in a tool's result",
    { tools: [{}], messages: said({ type: "tool_result", content: [{ type: "image" }] }) },
    ["tools", "vision"],
  ],
  [
    "Google's picture and schema",
    {
      contents: [{ parts: [{ text: "x" }, { inlineData: { mimeType: "image/png", data: "" } }] }],
      generationConfig: { responseSchema: {} },
    },
    ["vision", "json_schema"],
  ],
  [
    "Google's recording",
    { contents: [{ parts: [{ inlineData: { mimeType: "audio/wav" } }] }] },
    [],
  ],
])("%s", (_name, body, capabilities) => {
  expect(needed(body)).toEqual(capabilities);
});

test("a body isn't read if every target is marked for everything", () => {
  expect(needed({ tools: [{}] }, aliasFor(CAPABILITIES))).toEqual([]);
});

test("what cannot be read as a whole needs everything, a form nothing", () => {
  const streamed = {
    kind: "streamed",
    head: bytes("{"),
    rest: new ReadableStream(),
    length: null,
  } as const;
  expect(neededCapabilities(aliasFor([]), streamed)).toEqual(CAPABILITIES);
  expect(neededCapabilities(aliasFor([]), { kind: "kept", bytes: bytes("--form") })).toEqual([]);
});

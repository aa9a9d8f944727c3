/**
 * The page on what happens to each field of a converted request, determined by converting it.
 * @module
 */
import { type ChatDialect, chatDialect } from "../../lib/conversion/chat-dialect.ts";
import { chatToGemini } from "../../lib/conversion/chat-to-gemini.ts";
import { chatToMessages } from "../../lib/conversion/chat-to-messages.ts";
import { chatToResponses } from "../../lib/conversion/chat-to-responses.ts";
import { geminiToChat } from "../../lib/conversion/gemini-to-chat.ts";
import { type Fields, fields } from "../../lib/conversion/json.ts";
import { ConversionError, type ConvertedRequest } from "../../lib/conversion/losses.ts";
import { messagesToChat } from "../../lib/conversion/messages-to-chat.ts";
import { responsesToChat } from "../../lib/conversion/responses-to-chat.ts";
import { code, GENERATED, page, table } from "./markdown-parts.ts";

/** A field, and a request that has it in addition to the required ones. */
type Sample = readonly [field: string, request: Fields];

const HI = { role: "user", content: "Hi" };
const SCHEMA = { type: "object" };
const PNG = { type: "base64", media_type: "image/png", data: "AA" };
const PDF = { type: "base64", media_type: "application/pdf", data: "AA" };
const TOOL = { name: "weather", input_schema: SCHEMA };
const FUNCTION = { type: "function", name: "weather", parameters: SCHEMA };
const said = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
const answered = (...content: readonly object[]) => ({
  messages: [HI, { role: "assistant", content }],
});
const result = (more: object) => said({ type: "tool_result", tool_use_id: "t", ...more });

const MESSAGES: readonly Sample[] = [
  ["`max_tokens`", { max_tokens: 5 }],
  ["`system`", { system: "Be brief" }],
  ["texts", said({ type: "text", text: "a" }, { type: "text", text: "b" })],
  ["`image`, base64 or URL", said({ type: "image", source: PNG })],
  ["`image` and `document`, a stored file", said({ type: "image", source: { type: "file" } })],
  ["`document`, text", said({ type: "document", source: { type: "text", data: "a" } })],
  ["`document`, PDF", said({ type: "document", source: PDF })],
  [
    "`document`, PDF by URL",
    said({ type: "document", source: { type: "url", url: "https://a.b" } }),
  ],
  ["`search_result`", said({ type: "search_result", title: "t", source: "s", content: [] })],
  ["`tool_use`", answered({ type: "tool_use", id: "t", name: "weather", input: {} })],
  ["`tool_result`", result({ content: "sunny" })],
  ["`tool_result` with a picture", result({ content: [{ type: "image", source: PNG }] })],
  ["`tool_result.is_error`", result({ content: "no", is_error: true })],
  ["`thinking` of the history", answered({ type: "thinking", thinking: "hm" })],
  ["`redacted_thinking` of the history", answered({ type: "redacted_thinking", data: "x" })],
  ["`server_tool_use` and its results", answered({ type: "server_tool_use" })],
  ["`tools`, your own", { tools: [TOOL] }],
  ["`tools[].defer_loading`, and any newer field", { tools: [{ ...TOOL, newer: 1 }] }],
  [
    "`tools` that run at Anthropic, beside others",
    { tools: [TOOL, { type: "web_search_20250305" }] },
  ],
  ["`tools` that run at Anthropic, alone", { tools: [{ type: "web_search_20250305" }] }],
  ["`tool_choice`", { tools: [TOOL], tool_choice: { type: "any" } }],
  [
    "`tool_choice.disable_parallel_tool_use`",
    { tools: [TOOL], tool_choice: { type: "auto", disable_parallel_tool_use: true } },
  ],
  ["`temperature`", { temperature: 1 }],
  ["`top_p`", { top_p: 1 }],
  ["`top_k`", { top_k: 5 }],
  ["`stop_sequences`", { stop_sequences: ["a"] }],
  ["`stream`", { stream: true }],
  ["`thinking`, `output_config.effort`", { thinking: { type: "adaptive" } }],
  [
    "`output_config.format`",
    { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
  ],
  ["`cache_control`", { system: [{ type: "text", text: "a", cache_control: {} }] }],
  ["`metadata`", { metadata: {} }],
  ["`service_tier`", { service_tier: "auto" }],
  ["`context_management`", { context_management: {} }],
  ["`container`", { container: "c" }],
  ["`mcp_servers`", { mcp_servers: [{}] }],
  ["any newer field", { newer: 1 }],
];

const input = (...items: readonly object[]) => ({ input: [HI, ...items] });
const part = (...content: readonly object[]) => input({ role: "user", content });

const RESPONSES: readonly Sample[] = [
  ["`instructions`", { instructions: "Be brief" }],
  ["messages of user, assistant, system, developer", input({ role: "developer", content: "a" })],
  ["`input_image`, data or URL", part({ type: "input_image", image_url: "data:," })],
  ["`input_image` and `input_file`, a stored file", part({ type: "input_image", file_id: "f" })],
  ["`input_file`, data", part({ type: "input_file", file_data: "data:," })],
  ["`input_file`, URL", part({ type: "input_file", file_url: "https://a.b" })],
  ["`function_call` and its output", input({ type: "function_call", call_id: "c", name: "f" })],
  [
    "`custom_tool_call` and its output",
    input({ type: "custom_tool_call", call_id: "c", name: "f" }),
  ],
  [
    "`reasoning`, of One Balance or in plain text",
    input(
      { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
      { role: "assistant", content: "a" },
    ),
  ],
  ["`reasoning`, sealed by OpenAI", input({ type: "reasoning", encrypted_content: "gAAAA" })],
  ["`item_reference`, calls of tools at OpenAI", input({ type: "item_reference", id: "m" })],
  ["`max_output_tokens`", { max_output_tokens: 5 }],
  ["`tools`, functions", { tools: [FUNCTION] }],
  ["`tools[]`, any newer field", { tools: [{ ...FUNCTION, newer: 1 }] }],
  ["`tools`, `custom`", { tools: [{ type: "custom", name: "patch" }] }],
  [
    "the grammar of `custom` tools",
    { tools: [{ type: "custom", name: "p", format: { type: "grammar" } }] },
  ],
  ["`tools`, `namespace`", { tools: [{ type: "namespace", name: "n", tools: [FUNCTION] }] }],
  ["`tools` that run at OpenAI, beside others", { tools: [FUNCTION, { type: "web_search" }] }],
  ["`tools` that run at OpenAI, alone", { tools: [{ type: "web_search" }] }],
  ["`tool_choice`", { tools: [FUNCTION], tool_choice: "required" }],
  ["`parallel_tool_calls`", { tools: [FUNCTION], parallel_tool_calls: false }],
  ["`temperature`", { temperature: 1 }],
  ["`top_p`", { top_p: 1 }],
  ["`stream`", { stream: true }],
  ["`reasoning.effort`", { reasoning: { effort: "high" } }],
  ["`text.format`", { text: { format: { type: "json_object" } } }],
  ["`text.verbosity`", { text: { verbosity: "low" } }],
  ["`include` of sealed reasoning", { include: ["reasoning.encrypted_content"] }],
  ["`store: true`", { store: true }],
  ["`prompt_cache_key`", { prompt_cache_key: "k" }],
  ["`metadata`", { metadata: {} }],
  ["`service_tier`", { service_tier: "flex" }],
  ["`truncation`", { truncation: "auto" }],
  ["`previous_response_id`", { previous_response_id: "r" }],
  ["`conversation`", { conversation: "c" }],
  ["`prompt`", { prompt: {} }],
  ["`background`", { background: true }],
  ["any newer field", { newer: 1 }],
];

const asked = (...given: readonly object[]) => ({ contents: [{ role: "user", parts: given }] });
const replies = (...given: readonly object[]) => ({ contents: [{ role: "model", parts: given }] });
const setting = (generationConfig: object) => ({ generationConfig });
const DECLARED = { functionDeclarations: [{ name: "weather", parameters: { type: "OBJECT" } }] };

const GEMINI: readonly Sample[] = [
  ["`systemInstruction`", { systemInstruction: { parts: [{ text: "Be brief" }] } }],
  ["texts", asked({ text: "a" }, { text: "b" })],
  ["`inlineData`, pictures", asked({ inlineData: { mimeType: "image/png", data: "AA" } })],
  ["`inlineData`, PDF", asked({ inlineData: { mimeType: "application/pdf", data: "AA" } })],
  ["`inlineData`, sound and film", asked({ inlineData: { mimeType: "audio/wav", data: "AA" } })],
  [
    "`fileData`, a picture on the web",
    asked({ fileData: { fileUri: "https://a.b/c", mimeType: "image/png" } }),
  ],
  [
    "`fileData`, a PDF on the web",
    asked({ fileData: { fileUri: "https://a.b/c", mimeType: "application/pdf" } }),
  ],
  ["`fileData`, stored at Google", asked({ fileData: { fileUri: "f" } })],
  ["`functionCall`", replies({ functionCall: { name: "f", args: {} } })],
  ["`functionResponse`", asked({ functionResponse: { name: "f", response: {} } })],
  [
    "`functionResponse.response.error`",
    asked({ functionResponse: { name: "f", response: { error: "no" } } }),
  ],
  [
    "`functionResponse.parts`",
    asked({
      functionResponse: {
        name: "f",
        response: {},
        parts: [{ inlineData: { mimeType: "image/png", data: "AA" } }],
      },
    }),
  ],
  ["thoughts of the history", replies({ text: "hm", thought: true }, { text: "a" })],
  ["`thoughtSignature`, of Google", replies({ text: "a", thoughtSignature: "x" })],
  ["`executableCode` and its results", replies({ executableCode: {} })],
  ["`tools`, functions", { tools: [DECLARED] }],
  [
    "`functionDeclarations[].response`, and any newer field",
    { tools: [{ functionDeclarations: [{ name: "weather", response: {} }] }] },
  ],
  ["`tools` that run at Google, beside others", { tools: [DECLARED, { googleSearch: {} }] }],
  ["`tools` that run at Google, alone", { tools: [{ googleSearch: {} }] }],
  ["`toolConfig`", { tools: [DECLARED], toolConfig: { functionCallingConfig: { mode: "ANY" } } }],
  ["`temperature`, `topP`", setting({ temperature: 1, topP: 1 })],
  ["`topK`", setting({ topK: 5 })],
  ["`maxOutputTokens`", setting({ maxOutputTokens: 5 })],
  ["`stopSequences`", setting({ stopSequences: ["a"] })],
  ["`seed`, penalties", setting({ seed: 1, presencePenalty: 1, frequencyPenalty: 1 })],
  ["`thinkingConfig`", setting({ thinkingConfig: { thinkingLevel: "HIGH" } })],
  [
    "`responseMimeType`, `responseSchema`",
    setting({ responseMimeType: "application/json", responseSchema: { type: "OBJECT" } }),
  ],
  ["`responseModalities` but for text", setting({ responseModalities: ["AUDIO"] })],
  ["`candidateCount` over 1", setting({ candidateCount: 2 })],
  ["`mediaResolution`, `speechConfig`, `logprobs`", setting({ mediaResolution: "LOW" })],
  ["`safetySettings`", { safetySettings: [{}] }],
  ["`labels`", { labels: {} }],
  ["`cachedContent`", { cachedContent: "c" }],
  ["any newer field", { newer: 1 }],
];

const CHAT_TOOL = { type: "function", function: { name: "weather", parameters: SCHEMA } };
const parts = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
const replied = (more: object) => ({
  messages: [HI, { role: "assistant", content: "a", ...more }],
});
const sealed = (format: string) => ({ type: "reasoning.encrypted", data: "s", format });
const signed = {
  type: "reasoning.text",
  text: "hm",
  signature: "s",
  format: "anthropic-claude-v1",
};
const schemaFormat = { type: "json_schema", json_schema: { name: "n", schema: SCHEMA } };

const CALLED = { name: "f", arguments: "{}" };
const STREAM = "`stream`, `stream_options`";

const CHAT: readonly Sample[] = [
  ["`max_tokens`, `max_completion_tokens`", { max_completion_tokens: 500 }],
  ["what they lack to 16", { max_completion_tokens: 5 }],
  ["`system` and `developer`, first", { messages: [{ role: "developer", content: "a" }, HI] }],
  [
    "later `system` or `developer` messages: their role",
    { messages: [HI, { role: "system", content: "a" }] },
  ],
  ["texts", parts({ type: "text", text: "a" }, { type: "text", text: "b" })],
  ["`image_url`, data or URL", parts({ type: "image_url", image_url: { url: "https://a.b" } })],
  [
    "`image_url.detail`",
    parts({ type: "image_url", image_url: { url: "https://a.b", detail: "low" } }),
  ],
  ["`file`, data", parts({ type: "file", file: { file_data: "data:application/pdf;base64,AA" } })],
  ["`file`, stored", parts({ type: "file", file: { file_id: "f" } })],
  ["`input_audio`", parts({ type: "input_audio", input_audio: { data: "AA", format: "wav" } })],
  ["`messages[].name`", { messages: [{ ...HI, name: "ann" }] }],
  ["`tool_calls` and their results", replied({ tool_calls: [{ id: "c", function: CALLED }] })],
  ["`reasoning_details`, of Anthropic", replied({ reasoning_details: [signed] })],
  [
    "`reasoning_details`, of OpenAI",
    replied({ reasoning_details: [sealed("openai-responses-v1")] }),
  ],
  ["`reasoning_details`, of Google", replied({ reasoning_details: [sealed("google-gemini-v1")] })],
  [
    "`tool_calls[].extra_content`, signatures of Google",
    replied({
      tool_calls: [
        { id: "c", function: CALLED, extra_content: { google: { thought_signature: "s" } } },
      ],
    }),
  ],
  ["`reasoning_content` without them", replied({ reasoning_content: "hm" })],
  ["`tools`, functions", { tools: [CHAT_TOOL] }],
  [
    "`tools[].function.strict`",
    { tools: [{ type: "function", function: { name: "weather", strict: true } }] },
  ],
  ["`tools`, `custom`", { tools: [{ type: "custom", custom: { name: "patch" } }] }],
  [
    "the grammar of `custom` tools",
    { tools: [{ type: "custom", custom: { name: "patch", format: { type: "grammar" } } }] },
  ],
  [
    "calls of `custom` tools",
    replied({ tool_calls: [{ id: "c", type: "custom", custom: { name: "patch", input: "a" } }] }),
  ],
  ["`functions`, `function_call`", { functions: [{}] }],
  ["`web_search_options`, beside tools", { tools: [CHAT_TOOL], web_search_options: {} }],
  ["`web_search_options`, alone", { web_search_options: {} }],
  ["`tool_choice`", { tools: [CHAT_TOOL], tool_choice: "required" }],
  ["`parallel_tool_calls`", { tools: [CHAT_TOOL], parallel_tool_calls: false }],
  ["`temperature` up to 1", { temperature: 0.5 }],
  ["what `temperature` is over 1", { temperature: 1.5 }],
  ["`top_p`", { top_p: 0.5 }],
  ["`stop`", { stop: ["a"] }],
  [STREAM, { stream: true, stream_options: { include_usage: true } }],
  ["`reasoning_effort`", { reasoning_effort: "high" }],
  ["`thinking`, as Anthropic has it", { thinking: { type: "adaptive" } }],
  ["`response_format`, a schema", { response_format: schemaFormat }],
  ["`response_format`, any JSON", { response_format: { type: "json_object" } }],
  ["`cache_control` of parts and tools", parts({ type: "text", text: "a", cache_control: {} })],
  ["`user`, `safety_identifier`", { user: "u" }],
  ["`n` over 1", { n: 2 }],
  ["`modalities` with sound", { modalities: ["audio"] }],
  ["`top_k`", { top_k: 5 }],
  ["`seed`, penalties", { seed: 1, presence_penalty: 1, frequency_penalty: 1 }],
  ["`logit_bias`", { logit_bias: {} }],
  ["`verbosity`", { verbosity: "low" }],
  ["`logprobs`", { logprobs: true }],
  ["`store: true`", { store: true }],
  ["`service_tier`, `metadata`, `prompt_cache_key`", { service_tier: "flex" }],
  ["any newer field", { newer: 1 }],
];

type Convert = (request: Fields, dialect: ChatDialect) => ConvertedRequest;

/** Where a request is sent, and the dialect there. */
type Place = readonly [name: string, dialect: ChatDialect];

const OWN: Place = ["At a provider of your own", chatDialect("own", false)];
/** OpenAI itself supports Responses. */
const OF_MESSAGES: readonly Place[] = [["At OpenAI", chatDialect("openai", true)], OWN];
const OF_RESPONSES: readonly Place[] = [
  ["At DeepSeek", chatDialect("deepseek", true)],
  ["At Mistral", chatDialect("mistral", true)],
];
const MODEL = "gpt-5.1";

const messages: Convert = (request, dialect) =>
  messagesToChat({ messages: [HI], ...request }, MODEL, dialect);
const responses: Convert = (request, dialect) =>
  responsesToChat({ input: [HI], ...request }, MODEL, dialect);

/** Models of one provider differ more than services do. */
const OF_CHAT = {
  messages: [
    chatToMessages,
    ["Claude 4.8", "claude-opus-4-8"],
    ["Claude Haiku 4.5", "claude-haiku-4-5"],
  ],
  gemini: [
    chatToGemini,
    ["Gemini 3.1 Pro", "gemini-3.1-pro"],
    ["Gemini 2.0 Flash", "gemini-2.0-flash"],
  ],
  responses: [chatToResponses, ["GPT-5.1-Codex", "gpt-5.1-codex"], ["GPT-5 Pro", "gpt-5-pro"]],
} as const;

const gemini: Convert = (request, dialect) =>
  geminiToChat({ contents: [{ parts: [{ text: "Hi" }] }], ...request }, MODEL, dialect, false);

/** What happens to a sample, as text. */
function outcome(request: Fields, convert: Convert, dialect: ChatDialect): string {
  try {
    const plain = convert({}, dialect).request;
    const { request: converted, dropped, approximated = [] } = convert(request, dialect);
    if (dropped.length > 0) return "dropped, and named";
    if (approximated.length > 0) return "approximated";
    const changed = Object.entries(converted).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(plain[name]),
    );
    const isKept = ([name, value]: [string, unknown]) =>
      JSON.stringify(fields(request)[name]) === JSON.stringify(value);
    const others = changed.filter((entry) => !isKept(entry));
    if (changed.length > 0 && others.every(([name]) => name === "stream_options")) return "kept";
    if (changed.length === 0) return "kept by One Balance";
    return `as ${changed.map(([name]) => code(name)).join(", ")}`;
  } catch (error) {
    if (error instanceof ConversionError) return "rejected";
    throw error;
  }
}

function rows(samples: readonly Sample[], convert: Convert, places: readonly Place[]): string {
  return table(
    ["Field", ...places.map(([name]) => name)],
    samples.map(([field, request]) => [
      field,
      ...places.map(([, dialect]) => outcome(request, convert, dialect)),
    ]),
  );
}

function chatRows(to: keyof typeof OF_CHAT): string {
  const [, dialect] = OWN;
  const [convert, ...models] = OF_CHAT[to];
  const samples = CHAT.filter(([field]) => to !== "gemini" || field !== STREAM);
  return table(
    ["Field", ...models.map(([name]) => name)],
    samples.map(([field, request]) => [
      field,
      ...models.map(([, model]) =>
        outcome(request, (more) => convert({ messages: [HI], ...more }, model), dialect),
      ),
    ]),
  );
}

export function conversionPage(): string {
  return page(
    "# Conversion, field by field",
    GENERATED,
    `If a model's provider doesn't speak the API of a request, [the request is converted](calling.md#other-providers-models). These tables are made by converting each field. ${code("rejected")}: the response is 400 with the field's name. ${code("dropped, and named")}: the field is left out and named in ${code("x-one-balance-dropped")} and on the request's page. ${code("approximated")}: there is no field for it, so the model is told in words (a failed result begins with "Error:"). Everything else is sent in the named field, without loss.`,
    "The columns show where services differ. OpenAI's is for a reasoning model; a [provider of your own](custom-providers.md) is assumed to serve open models. Reasoning in the history is sent to DeepSeek, OpenRouter, Fireworks and providers of your own. The reasoning effort is sent if the service accepts it for that model.",
    "## Messages to chat completions",
    rows(MESSAGES, messages, OF_MESSAGES),
    "## Responses to chat completions",
    rows(RESPONSES, responses, OF_RESPONSES),
    "## Gemini to chat completions",
    "`generateContent` and `streamGenerateContent` (with `alt=sse`). Settings are in `generationConfig`.",
    rows(GEMINI, gemini, OF_MESSAGES),
    "## Chat completions to Messages",
    "For a [provider of your own](custom-providers.md) that speaks Anthropic's API, and behind an alias whose conversion is `preferred` for Anthropic itself. The columns show where models differ.",
    chatRows("messages"),
    "## Chat completions to Gemini",
    "For a [provider of your own](custom-providers.md) that speaks Google's API, and behind an alias whose conversion is `preferred` for Google AI Studio. Streams are asked for in the path.",
    chatRows("gemini"),
    "## Chat completions to Responses",
    "For models that OpenAI serves by Responses only: Codex, `-pro`, deep research, computer use.",
    chatRows("responses"),
    "## All others",
    "Chat completions stand in the middle: a request in any form for a provider of any other becomes a chat completion by the first of two tables (as for a service that accepts every field), and is then converted by the second. So Messages for Google go by the first table of this page and by the one above for Gemini. What comes back is converted directly. Some fields that chat completions lack are kept on this way: `is_error` of results, files by URL, any number of stop strings.",
    "Tools and calls whose names or ids the provider would reject (OpenAI's names have up to 64 letters, digits, `_` and `-`, Mistral's ids nine) get others on the way there; the caller sees the own names of its tools.",
    "## Answers",
    "A response is read in the provider's form and written in the caller's; what was streamed decides. What the provider needs back (signed and encrypted thoughts, signatures of calls) goes where clients keep such things, in an envelope of One Balance's that only it opens, for the provider that made it.",
    table(
      ["In the answer", "Chat completions", "Messages", "Responses", "Gemini"],
      [
        [
          "thoughts",
          "`reasoning_content`",
          "`thinking`",
          "`reasoning`, in its summary",
          "`thought`, where `includeThoughts` asks for it",
        ],
        [
          "signed and encrypted thoughts",
          "`reasoning_details`, with the whole thought",
          "`redacted_thinking`",
          "`encrypted_content`, where `include` asks for it",
          "`thoughtSignature`",
        ],
        ["texts", "`content`", "`text`", "`message` with `output_text`", "`text`"],
        ["what a model declines", "`refusal`", "`text`", "`refusal`", "`text`"],
        ["pictures of Gemini", "Markdown in `content`", "Markdown in `text`", "Markdown", ""],
        [
          "calls of tools",
          "`tool_calls`",
          "`tool_use`",
          "`function_call`, `custom_tool_call`",
          "`functionCall`, when it is whole",
        ],
        [
          "signatures of calls",
          "`tool_calls[].extra_content`",
          "`redacted_thinking` before the call",
          "`reasoning` before the call, where `include` asks for it",
          "`thoughtSignature`",
        ],
        ["a regular end", "`stop`", "`end_turn`", "`completed`", "`STOP`"],
        ["an end by calls", "`tool_calls`", "`tool_use`", "`completed`", "`STOP`"],
        [
          "the limit reached",
          "`length`",
          "`max_tokens`",
          "`incomplete`: `max_output_tokens`",
          "`MAX_TOKENS`",
        ],
        [
          "a filter's end",
          "`content_filter`",
          "`refusal`",
          "`incomplete`: `content_filter`",
          "`SAFETY`",
        ],
        [
          "a stop string, if it is named",
          "`stop`, with `matched_stop`",
          "`stop_sequence`",
          "`completed`",
          "`STOP`",
        ],
        [
          "tokens read, from the cache among them",
          "`prompt_tokens`, `cached_tokens` and `cache_write_tokens` of them",
          "`input_tokens` without `cache_read_input_tokens`, `cache_creation_input_tokens`",
          "`input_tokens`, `cached_tokens` of them",
          "`promptTokenCount`, `cachedContentTokenCount` of them",
        ],
        [
          "tokens written, thoughts among them",
          "`completion_tokens`, `reasoning_tokens` of them",
          "`output_tokens`",
          "`output_tokens`, `reasoning_tokens` of them",
          "`candidatesTokenCount` beside `thoughtsTokenCount`",
        ],
        ["a sign of life", "an empty piece", "`ping`", "left out", "left out"],
        [
          "an error in a stream, or its sudden end",
          "`error`, without `[DONE]`",
          "`error`",
          "`response.failed`",
          "`error`",
        ],
      ],
    ),
  );
}

import { describe, expect, test } from "vitest";
import type { UsageFormat } from "../providers/types";
import { NO_USAGE, type Usage } from "./types";
import { type UsageForm, usageFormFor } from "./usage-form";
import { createUsageReader } from "./usage-reader";

const encoder = new TextEncoder();

const form = (
  contentType: string,
  path = "v1/chat/completions",
  usageFormat: UsageFormat = "openai",
  told: Readonly<Record<string, string>> = {},
): UsageForm => {
  const headers = new Headers({ ...told, "content-type": contentType });
  const found = usageFormFor({ provider: { usageFormat, slug: "any" }, path, headers });
  if (found === null) throw new Error(`no form for ${contentType}`);
  return found;
};
const JSON_FORM = form("application/json");
const EVENTS = form("text/event-stream; charset=utf-8");
const RESPONSES_EVENTS = form("text/event-stream", "v1/responses");

interface Ending {
  readonly isComplete?: boolean;
  readonly requestBytes?: number | null;
}

/** Reads `body` in pieces of `size` bytes. */
function read(
  usageForm: UsageForm,
  body: string | Uint8Array,
  { isComplete = true, requestBytes = 400 }: Ending = {},
  size = Number.POSITIVE_INFINITY,
): Usage | null {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const reader = createUsageReader(usageForm);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader.end({ isComplete, requestBytes });
}

/** The same however it is split. The responding model is checked if it is named. */
function expectUsage(
  usageForm: UsageForm,
  body: string | Uint8Array,
  expected: Partial<Usage> | null,
  ending: Ending = {},
): void {
  const whole = expected === null ? null : { ...NO_USAGE, ...expected };
  for (const size of [Number.POSITIVE_INFINITY, 1, 2, 3, 7, 64]) {
    const usage = read(usageForm, body, ending, size);
    const isModelAsked = usage === null || expected === null || "model" in expected;
    expect(isModelAsked ? usage : { ...usage, model: null }).toEqual(whole);
  }
}

const sse = (events: readonly unknown[], lineEnd = "\n") =>
  events
    .map((event) => {
      const data = typeof event === "string" ? event : JSON.stringify(event);
      return `data: ${data}${lineEnd}${lineEnd}`;
    })
    .join("");

const typed = (events: readonly { type: string }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");

const chatChunk = (content: string, extra: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
  ...extra,
});

describe("JSON answers", () => {
  test.each<[string, unknown, Partial<Usage> | null]>([
    [
      "OpenAI chat",
      {
        choices: [{ message: { role: "assistant", content: "Hi" } }],
        usage: {
          prompt_tokens: 100,
          completion_tokens: 50,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 60, audio_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 2 },
        },
        system_fingerprint: "fp",
      },
      {
        inputTokens: 100,
        outputTokens: 50,
        cachedInputTokens: 60,
        reasoningTokens: 30,
        inputAudioTokens: 4,
        outputAudioTokens: 2,
      },
    ],
    [
      "OpenAI embeddings",
      {
        data: [{ embedding: [0.1, -2e-5, 3], index: 0 }],
        usage: { prompt_tokens: 8, total_tokens: 8 },
      },
      { inputTokens: 8 },
    ],
    [
      "OpenAI Responses, with a tool that has a parameter named usage",
      {
        object: "response",
        output: [{ content: [{ type: "output_text", text: "Hi" }] }],
        tools: [{ parameters: { properties: { usage: { type: "object", input_tokens: 1 } } } }],
        usage: {
          input_tokens: 36,
          input_tokens_details: { cached_tokens: 12 },
          output_tokens: 87,
          output_tokens_details: { reasoning_tokens: 40 },
          total_tokens: 123,
        },
        metadata: { usage: "none" },
      },
      { inputTokens: 36, outputTokens: 87, cachedInputTokens: 12, reasoningTokens: 40 },
    ],
    [
      "OpenAI images",
      {
        data: [{ b64_json: "A".repeat(5000) }],
        usage: {
          input_tokens: 10,
          input_tokens_details: { image_tokens: 4, text_tokens: 6 },
          output_tokens: 272,
          output_tokens_details: { image_tokens: 272 },
        },
      },
      { inputTokens: 10, outputTokens: 272, inputImageTokens: 4, outputImageTokens: 272 },
    ],
    [
      "OpenAI transcription by tokens",
      {
        text: "said",
        usage: {
          type: "tokens",
          input_tokens: 14,
          input_token_details: { text_tokens: 4, audio_tokens: 10 },
          output_tokens: 45,
        },
      },
      { inputTokens: 14, outputTokens: 45, inputAudioTokens: 10 },
    ],
    [
      "OpenAI transcription by length",
      { text: "said", usage: { type: "duration", seconds: 9 } },
      { inputAudioSeconds: 9 },
    ],
    [
      "Anthropic, with a tool call whose input has a usage object",
      {
        type: "message",
        content: [{ type: "tool_use", input: { usage: { input_tokens: 9, output_tokens: 9 } } }],
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 200,
          cache_read_input_tokens: 3000,
          cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 150 },
          output_tokens: 5,
          service_tier: "standard",
        },
      },
      {
        inputTokens: 3210,
        outputTokens: 5,
        cachedInputTokens: 3000,
        cacheWriteTokens: 200,
        cacheWriteHourTokens: 150,
      },
    ],
    [
      "Gemini",
      {
        candidates: [{ content: { parts: [{ text: "Hi" }] } }],
        usageMetadata: {
          promptTokenCount: 20,
          candidatesTokenCount: 7,
          thoughtsTokenCount: 30,
          toolUsePromptTokenCount: 5,
          cachedContentTokenCount: 8,
          totalTokenCount: 62,
          promptTokensDetails: [
            { modality: "TEXT", tokenCount: 11 },
            { modality: "AUDIO", tokenCount: 9 },
          ],
          candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 7 }],
        },
        modelVersion: "gemini",
      },
      {
        inputTokens: 25,
        outputTokens: 37,
        cachedInputTokens: 8,
        reasoningTokens: 30,
        inputAudioTokens: 9,
        outputImageTokens: 7,
      },
    ],
    [
      "xAI, whose reasoning is not in the completion",
      {
        usage: {
          prompt_tokens: 10,
          completion_tokens: 5,
          total_tokens: 35,
          completion_tokens_details: { reasoning_tokens: 20 },
        },
      },
      { inputTokens: 10, outputTokens: 25, reasoningTokens: 20 },
    ],
    [
      "DeepSeek",
      {
        usage: {
          prompt_tokens: 10,
          completion_tokens: 5,
          prompt_cache_hit_tokens: 4,
          prompt_cache_miss_tokens: 6,
        },
      },
      { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4 },
    ],
    [
      "Perplexity, whose usage comes before the text",
      {
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, cost: { total: 1 } },
        choices: [{ message: { content: "a long answer indeed" } }],
      },
      { inputTokens: 3, outputTokens: 4 },
    ],
    [
      "Cohere v2",
      {
        message: { content: [{ type: "text", text: "Hi" }] },
        usage: {
          billed_units: { input_tokens: 5, output_tokens: 6 },
          tokens: { input_tokens: 71, output_tokens: 8 },
        },
      },
      { inputTokens: 5, outputTokens: 6 },
    ],
    [
      "Cohere v1",
      { text: "Hi", meta: { billed_units: { input_tokens: 5, output_tokens: 6 } } },
      { inputTokens: 5, outputTokens: 6 },
    ],
    [
      "Bedrock Converse",
      {
        metrics: { latencyMs: 12 },
        output: { message: { content: [{ text: "Hi" }] } },
        usage: { inputTokens: 5, outputTokens: 6, totalTokens: 18, cacheReadInputTokens: 7 },
      },
      { inputTokens: 12, outputTokens: 6, cachedInputTokens: 7 },
    ],
    [
      "Workers AI",
      {
        result: { response: "Hi", usage: { prompt_tokens: 5, completion_tokens: 6 } },
        success: true,
      },
      { inputTokens: 5, outputTokens: 6 },
    ],
    [
      "Replicate",
      { output: "Hi", metrics: { predict_time: 1.2, input_token_count: 5, output_token_count: 6 } },
      { inputTokens: 5, outputTokens: 6 },
    ],
    ["a model list", { object: "list", data: [{ id: "m" }] }, null],
    ["usage of another kind", { usage: { total_bytes: 5 } }, null],
  ])("%s", (_, body, expected) => {
    expectUsage(JSON_FORM, JSON.stringify(body), expected);
    expectUsage(JSON_FORM, JSON.stringify(body, null, 2), expected);
  });

  test("what a model writes is not taken for usage, however it is quoted", () => {
    const fake = '"usage": {"prompt_tokens": 666, "completion_tokens": 666}';
    for (const content of [`{${fake}}`, `\\${fake}`, `\\"},${fake},"a":"`, "é漢字😀\\", fake]) {
      const body = { choices: [{ message: { content } }], usage: { prompt_tokens: 1 } };
      expectUsage(JSON_FORM, JSON.stringify(body), { inputTokens: 1 });
    }
  });

  test("an answer without usage is estimated from its text and the request's length", () => {
    const body = { choices: [{ message: { content: "x".repeat(41) } }] };
    const estimate = { inputTokens: 100, outputTokens: 11, isEstimate: true };
    expectUsage(JSON_FORM, JSON.stringify(body), estimate);
    expectUsage(
      JSON_FORM,
      JSON.stringify(body),
      { outputTokens: 11, isEstimate: true },
      { requestBytes: null },
    );
  });

  test("of megabytes nothing is kept", () => {
    const numbers = Array.from({ length: 50_000 }, (_, index) => index / 7);
    const body = {
      data: [{ numbers, b64_json: "A".repeat(1_000_000) }],
      usage: { input_tokens: 4 },
    };
    expect(read(JSON_FORM, JSON.stringify(body), {}, 65_536)).toMatchObject({ inputTokens: 4 });
  });

  test.each(["", "null", "]]}}", '{"usage":', '"usage":{"prompt_tokens":3}', "[[[".repeat(9999)])(
    "%j tells nothing and does no harm",
    (body) => expectUsage(JSON_FORM, body, null),
  );

  test("a usage object longer than any provider's is let go", () => {
    const usage = { prompt_tokens: 1, padding: "x".repeat(40_000) };
    expectUsage(JSON_FORM, JSON.stringify({ usage }), null);
  });
});

describe("OpenAI's chat as a stream", () => {
  const text = [chatChunk("Hel"), chatChunk("lo wörld")];
  const final = {
    ...chatChunk(""),
    choices: [],
    usage: { prompt_tokens: 5, completion_tokens: 9 },
  };

  test.each(["\n", "\r\n"])("with include_usage, lines ending in %j", (lineEnd) => {
    const withNull = text.map((chunk) => ({ ...chunk, usage: null }));
    const body = sse([...withNull, final, "[DONE]"], lineEnd);
    expectUsage(EVENTS, body, { inputTokens: 5, outputTokens: 9 });
  });

  test("without it: an estimate", () => {
    // "Hel" and "lo wörld" are 12 bytes.
    const estimate = { inputTokens: 100, outputTokens: 3, isEstimate: true };
    expectUsage(EVENTS, sse([...text, "[DONE]"]), estimate);
  });

  test("cut off within an event: an estimate of what was seen", () => {
    const body = sse(text).slice(0, -20);
    expect(read(EVENTS, body, { isComplete: false })).toMatchObject({ isEstimate: true });
  });

  test("cut off before its first word: it has read the request", () => {
    expectUsage(
      EVENTS,
      sse([chatChunk("")]),
      { inputTokens: 25, outputTokens: 0, isEstimate: true },
      { isComplete: false, requestBytes: 100 },
    );
  });

  test("cut off after the report: marked, since more may have been written", () => {
    expectUsage(
      EVENTS,
      sse([...text, final]),
      { inputTokens: 5, outputTokens: 9, isEstimate: true },
      { isComplete: false },
    );
  });

  test("usage in every chunk: the last counts, with its own text", () => {
    const chunks = [1, 2].map((tokens) =>
      chatChunk("some text", { usage: { prompt_tokens: 5, completion_tokens: tokens } }),
    );
    expectUsage(EVENTS, sse(chunks), { inputTokens: 5, outputTokens: 2 });
  });

  test("Groq's usage", () => {
    const last = chatChunk("", {
      x_groq: { id: "req", usage: { prompt_tokens: 3, completion_tokens: 4 } },
    });
    expectUsage(EVENTS, sse([...text, last]), { inputTokens: 3, outputTokens: 4 });
  });

  test("comments, other fields and data in several lines", () => {
    const body = `: keep-alive\n\nid: 1\nretry: 5\ndata: {"usage":\ndata: {"prompt_tokens": 3}}\n\n: data: {"usage":{"prompt_tokens":9}}\n\n`;
    expectUsage(EVENTS, body, { inputTokens: 3 });
  });
});

describe("OpenAI's Responses as a stream", () => {
  const usage = { input_tokens: 36, output_tokens: 87, total_tokens: 123 };
  const created = { type: "response.created", response: { status: "in_progress", usage: null } };
  const delta = { type: "response.output_text.delta", delta: "twelve bytes" };
  const done = { type: "response.output_text.done", text: "twelve bytes" };

  test.each(["response.completed", "response.incomplete", "response.failed"])("%s", (type) => {
    const last = { type, response: { output: [{ content: [{ text: "twelve bytes" }] }], usage } };
    const body = typed([created, delta, done, last]);
    expectUsage(RESPONSES_EVENTS, body, { inputTokens: 36, outputTokens: 87 });
  });

  test("cut off: text that is reported twice counts once", () => {
    expectUsage(
      RESPONSES_EVENTS,
      typed([created, delta, done]),
      { inputTokens: 100, outputTokens: 3, isEstimate: true },
      { isComplete: false },
    );
  });
});

describe("Anthropic's stream", () => {
  const start = {
    type: "message_start",
    message: {
      content: [],
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 90,
        output_tokens: 1,
      },
    },
  };
  const deltas = [
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hmm " } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi there" } },
  ];
  const end = {
    type: "message_delta",
    delta: { stop_reason: "end_turn" },
    usage: { input_tokens: null, output_tokens: 15 },
  };

  test("the input from the first event, the output from the last", () => {
    const body = typed([start, { type: "ping" }, ...deltas, end, { type: "message_stop" }]);
    expectUsage(EVENTS, body, {
      inputTokens: 100,
      outputTokens: 15,
      cachedInputTokens: 90,
      cacheWriteTokens: 0,
    });
  });

  test("cut off: the input is known, the output estimated", () => {
    expectUsage(
      EVENTS,
      typed([start, ...deltas]),
      {
        inputTokens: 100,
        outputTokens: 1 + 3,
        cachedInputTokens: 90,
        cacheWriteTokens: 0,
        isEstimate: true,
      },
      { isComplete: false },
    );
  });
});

describe("Gemini's streams", () => {
  const chunks = [3, 8].map((candidatesTokenCount) => ({
    candidates: [
      {
        content: {
          parts: [
            { text: "some text" },
            { functionCall: { name: "f", args: { usageMetadata: { promptTokenCount: 666 } } } },
          ],
        },
      },
    ],
    usageMetadata: { promptTokenCount: 4, candidatesTokenCount, totalTokenCount: 99 },
  }));
  const expected = { inputTokens: 4, outputTokens: 8 };

  test("as events", () => expectUsage(EVENTS, sse(chunks, "\r\n"), expected));

  test("as one growing list", () => {
    expectUsage(JSON_FORM, JSON.stringify(chunks, null, 1), expected);
  });
});

test("Cohere's streams", () => {
  const usage = { billed_units: { input_tokens: 5, output_tokens: 6 } };
  const v2 = [
    { type: "content-delta", delta: { message: { content: { text: "Hi" } } } },
    { type: "message-end", delta: { finish_reason: "COMPLETE", usage } },
  ];
  expectUsage(EVENTS, typed(v2), { inputTokens: 5, outputTokens: 6 });
  const v1 = [
    { event_type: "text-generation", text: "Hi" },
    { event_type: "stream-end", response: { text: "Hi", meta: usage } },
  ];
  const lines = v1.map((event) => `${JSON.stringify(event)}\n`).join("");
  expectUsage(form("application/stream+json"), lines, { inputTokens: 5, outputTokens: 6 });
});

test("Bedrock's binary stream", () => {
  const message = (payload: unknown) => {
    const body = encoder.encode(JSON.stringify(payload));
    const headers = encoder.encode('\u000b:event-type\u0007\u0000\u0008{"usage"');
    const bytes = new Uint8Array(16 + headers.length + body.length).fill(0x22);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length);
    view.setUint32(4, headers.length);
    bytes.set(headers, 12);
    bytes.set(body, 12 + headers.length);
    return bytes;
  };
  const messages = [
    message({ contentBlockIndex: 0, delta: { text: "Hi" } }),
    message({ metrics: { latencyMs: 5 }, usage: { inputTokens: 5, outputTokens: 6 } }),
  ];
  const body = Uint8Array.from(messages.flatMap((each) => [...each]));
  expectUsage(form("application/vnd.amazon.eventstream"), body, {
    inputTokens: 5,
    outputTokens: 6,
  });
});

test.each<[UsageFormat, string | null]>([
  ["none", "application/json"],
  ["openai", "audio/mpeg"],
  ["openai", "image/png"],
  ["openai", "application/octet-stream"],
])("an answer of %s as %s is not read", (usageFormat, contentType) => {
  const headers = new Headers(contentType === null ? {} : { "content-type": contentType });
  const provider = { usageFormat, slug: "any" };
  expect(usageFormFor({ provider, path: "v1/x", headers })).toBeNull();
});

test("names and ids keep their characters, wherever packets cut them", () => {
  const body = `{"id":"batch_\u{1d11e}é","model":"模型\u{1d11e}","usage":{"prompt_tokens":3,"completion_tokens":4,"note":"\u{1d11e}é"}}`;
  for (let size = 1; size < 12; size += 1) {
    expect(read(JSON_FORM, body, {}, size)).toMatchObject({ model: "模型\u{1d11e}" });
    const bytes = encoder.encode(body);
    const reader = createUsageReader(form("application/json", "v1/batches/batch_1"));
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    expect(reader.work.id).toBe("batch_\u{1d11e}é");
  }
});

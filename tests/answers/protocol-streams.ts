/**
 * What each protocol can stream, to be combined into responses: news of the work that begins, text, errors, and what
 * ends a response.
 * @module
 */
import type { EventFraming } from "../../lib/http/split-events.ts";
import type { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { awsFrame } from "./aws-frame.ts";

export interface ProtocolStream {
  readonly name: string;
  readonly framing: EventFraming;
  readonly contentType: string;
  readonly provider: string;
  /** Below `/api/{provider}/`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Events without anything that a client could use. */
  readonly lifecycle: readonly Buffer[];
  readonly words: readonly Buffer[];
  readonly errors: readonly StreamError[];
  /** What a successful response ends with. */
  readonly close: readonly (readonly Buffer[])[];
  /** What is between events, before the first and after the last. */
  readonly between?: string;
  readonly around?: readonly [string, string];
}

export interface StreamError {
  readonly bytes: Buffer;
  /** The meaning that the pool gets. */
  readonly meaning: string;
}

const data = (value: unknown) => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
const event = (type: string, fields: object = {}) =>
  Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
const text = (value: string) => Buffer.from(value);
const json = (value: unknown) => Buffer.from(JSON.stringify(value, null, 2));

const SSE = "text/event-stream; charset=utf-8";
const DONE = text("data: [DONE]\n\n");
const QUOTA = {
  message: "You exceeded your current quota, please check your plan and billing details.",
  type: "insufficient_quota",
  code: "insufficient_quota",
  param: null,
};

const chunk = (delta: object, finish: string | null = null) =>
  data({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

const chat: ProtocolStream = {
  name: "chat",
  framing: "sse",
  contentType: SSE,
  provider: "openai",
  path: "v1/chat/completions",
  body: { model: "gpt-5-mini", stream: true, messages: [] },
  lifecycle: [
    text(": OPENROUTER PROCESSING\n\n"),
    text(":\n\n"),
    text("\n"),
    text("retry: 1000\n\n"),
    chunk({ role: "assistant", content: "" }),
    chunk({ role: "assistant", content: null, refusal: null, tool_calls: [] }),
    data({ id: "c", object: "chat.completion.chunk", choices: [], prompt_filter_results: [] }),
  ],
  words: [
    chunk({ content: "Hello" }),
    chunk({ content: "größer 🙂 \n\n data: x" }),
    chunk({ reasoning_content: "Let me think" }),
    chunk({ tool_calls: [{ index: 0, id: "call_1", function: { name: "f", arguments: "" } }] }),
  ],
  errors: [
    { bytes: data({ error: QUOTA }), meaning: "out_of_credit" },
    {
      bytes: data({
        id: "gen-1",
        object: "chat.completion.chunk",
        error: { code: 402, message: "Insufficient credits. Add more using the settings page" },
        choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: "error" }],
      }),
      meaning: "out_of_credit",
    },
    {
      bytes: data({
        id: "g",
        object: "chat.completion.chunk",
        choices: [],
        error: { code: 502, message: "Worker failed" },
      }),
      meaning: "server_error",
    },
    { bytes: text(`${JSON.stringify({ error: QUOTA })}\n`), meaning: "out_of_credit" },
  ],
  close: [
    [chunk({}, "stop"), DONE],
    [chunk({ content: "." }, "length"), data({ choices: [], usage: { prompt_tokens: 3 } }), DONE],
    [chunk({}, "content_filter")],
    [DONE],
  ],
};

const responses: ProtocolStream = {
  name: "responses",
  framing: "sse",
  contentType: SSE,
  provider: "openai",
  path: "v1/responses",
  body: { model: "gpt-5-mini", stream: true, input: "x" },
  lifecycle: [
    event("response.created", { response: { id: "resp_1", status: "in_progress", error: null } }),
    event("response.queued", { response: { id: "resp_1", status: "queued" } }),
    event("response.in_progress", { response: { id: "resp_1", error: null } }),
    event("response.output_item.added", { item: { type: "reasoning", summary: [] } }),
    event("response.output_item.added", { item: { type: "message", content: [] } }),
    event("response.content_part.added", { part: { type: "output_text", text: "" } }),
    event("response.output_text.delta", { delta: "" }),
    event("response.web_search_call.searching", { item_id: "ws_1" }),
    event("keepalive", { sequence_number: 3 }),
    data({}),
  ],
  words: [
    event("response.output_text.delta", { delta: "Hello" }),
    event("response.reasoning_summary_text.delta", { delta: "I look at the error first" }),
    event("response.function_call_arguments.done", { arguments: "{}" }),
  ],
  errors: [
    { bytes: event("error", { error: QUOTA }), meaning: "out_of_credit" },
    { bytes: event("error", { ...QUOTA, type: "error" }), meaning: "out_of_credit" },
    {
      bytes: event("response.failed", {
        response: { id: "resp_1", status: "failed", error: { code: "server_error", message: "x" } },
      }),
      meaning: "server_error",
    },
  ],
  close: [
    [event("response.completed", { response: { id: "resp_1", status: "completed" } })],
    [
      event("response.incomplete", {
        response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      }),
    ],
  ],
};

const messages: ProtocolStream = {
  name: "messages",
  framing: "sse",
  contentType: SSE,
  provider: "anthropic",
  path: "v1/messages",
  body: { model: "claude-sonnet-4-5", max_tokens: 9, stream: true, messages: [] },
  lifecycle: [
    event("message_start", { message: { id: "msg_1", content: [], usage: { input_tokens: 9 } } }),
    event("ping"),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("content_block_start", {
      index: 0,
      content_block: { type: "thinking", thinking: "", signature: "" },
    }),
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "" } }),
    event("content_block_stop", { index: 0 }),
  ],
  words: [
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hello error" } }),
    event("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "Hm" } }),
    event("content_block_start", {
      index: 1,
      content_block: { type: "tool_use", id: "toolu_1", name: "f", input: {} },
    }),
  ],
  errors: [
    {
      bytes: event("error", { error: { type: "overloaded_error", message: "Overloaded" } }),
      meaning: "overloaded",
    },
    {
      bytes: event("error", {
        error: {
          type: "rate_limit_error",
          message: "This request would exceed your organization's rate limit of 50 per minute",
        },
      }),
      meaning: "rate_limit_minute",
    },
  ],
  close: [
    [
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }),
      event("message_stop"),
    ],
    [event("message_delta", { delta: { stop_reason: "max_tokens" } })],
  ],
};

const part = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  usageMetadata: { promptTokenCount: 5 },
});
const DAY_QUOTA = {
  error: {
    code: 429,
    message: "You exceeded your current quota",
    status: "RESOURCE_EXHAUSTED",
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [
          {
            quotaMetric: "generativelanguage.googleapis.com/requests",
            quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
            quotaValue: "20",
          },
        ],
      },
    ],
  },
};
const UNAVAILABLE = { error: { code: 503, message: "high demand", status: "UNAVAILABLE" } };
const GEMINI = {
  provider: "google-ai-studio",
  body: { contents: [] },
  lifecycleValues: [part([{ text: "" }]), part([]), { usageMetadata: { promptTokenCount: 5 } }],
  wordValues: [
    part([{ text: "Hello" }]),
    part([{ text: "thinking [{", thought: true }]),
    part([{ functionCall: { name: "f", args: {} } }]),
  ],
  errorValues: [
    [DAY_QUOTA, "rate_limit_day"],
    [UNAVAILABLE, "overloaded"],
  ] as const,
  closeValues: [
    part([{ text: "." }], { finishReason: "STOP" }),
    part([], { finishReason: "SAFETY" }),
    { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } },
  ],
};

const geminiSse: ProtocolStream = {
  name: "gemini, events",
  framing: "sse",
  contentType: "text/event-stream",
  provider: GEMINI.provider,
  path: "v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
  body: GEMINI.body,
  lifecycle: GEMINI.lifecycleValues.map((value) => text(`data: ${JSON.stringify(value)}\r\n\r\n`)),
  words: GEMINI.wordValues.map((value) => text(`data: ${JSON.stringify(value)}\r\n\r\n`)),
  errors: [
    ...GEMINI.errorValues.map(([value, meaning]) => ({ bytes: data(value), meaning })),
    { bytes: text(`\n${JSON.stringify(DAY_QUOTA)}\n`), meaning: "rate_limit_day" },
  ],
  close: GEMINI.closeValues.map((value) => [data(value)]),
};

const geminiList: ProtocolStream = {
  name: "gemini, list",
  framing: "json",
  contentType: "application/json; charset=UTF-8",
  provider: GEMINI.provider,
  path: "v1beta/models/gemini-2.5-flash:streamGenerateContent",
  body: GEMINI.body,
  lifecycle: GEMINI.lifecycleValues.map(json),
  words: GEMINI.wordValues.map(json),
  errors: GEMINI.errorValues.map(([value, meaning]) => ({ bytes: json(value), meaning })),
  close: GEMINI.closeValues.map((value) => [json(value)]),
  between: ",\r\n",
  around: ["[", "\n]\n"],
};

const step = (event_type: string, fields: object = {}) => data({ ...fields, event_type });

const interactions: ProtocolStream = {
  name: "interactions",
  framing: "sse",
  contentType: SSE,
  provider: GEMINI.provider,
  path: "v1beta/interactions",
  body: { model: "gemini-2.5-flash", input: "hi", stream: true },
  lifecycle: [
    step("interaction.created", { interaction: { id: "v1_1", status: "in_progress" } }),
    step("interaction.status_update", { interaction_id: "v1_1", status: "in_progress" }),
    step("step.start", { index: 0, step: { type: "thought" } }),
    step("step.delta", { index: 0, delta: { type: "thought_signature", signature: "X" } }),
    step("step.stop", { index: 0 }),
  ],
  words: [step("step.delta", { index: 1, delta: { type: "text", text: "Hello" } })],
  errors: [
    {
      bytes: data({
        event_type: "error",
        error: { code: 503, message: "The model is overloaded" },
      }),
      meaning: "overloaded",
    },
  ],
  close: [[step("interaction.completed", { interaction: { status: "completed", usage: {} } })]],
};

const cohereV2: ProtocolStream = {
  name: "cohere v2",
  framing: "sse",
  contentType: SSE,
  provider: "cohere",
  path: "v2/chat",
  body: { model: "command-a-03-2025", stream: true, messages: [] },
  lifecycle: [
    event("message-start", { id: "m", delta: { message: { role: "assistant", content: [] } } }),
    event("content-start", {
      index: 0,
      delta: { message: { content: { type: "text", text: "" } } },
    }),
    event("content-end", { index: 0 }),
  ],
  words: [
    event("content-delta", { index: 0, delta: { message: { content: { text: "Hello" } } } }),
    event("tool-plan-delta", { delta: { message: { tool_plan: "I will" } } }),
  ],
  errors: [
    {
      bytes: event("message-end", { delta: { finish_reason: "ERROR", error: "internal" } }),
      meaning: "server_error",
    },
  ],
  close: [[event("message-end", { delta: { finish_reason: "COMPLETE", usage: {} } })]],
};

const line = (value: object) => Buffer.from(`${JSON.stringify(value)}\n`);

const cohereV1: ProtocolStream = {
  name: "cohere v1",
  framing: "lines",
  contentType: "application/stream+json",
  provider: "cohere",
  path: "v1/chat",
  body: { model: "command-r", stream: true, message: "x" },
  lifecycle: [
    line({ is_finished: false, event_type: "stream-start", generation_id: "g" }),
    line({ is_finished: false, event_type: "text-generation", text: "" }),
    text("\n"),
  ],
  words: [line({ is_finished: false, event_type: "text-generation", text: " Hello" })],
  errors: [
    {
      bytes: line({ is_finished: true, event_type: "stream-end", finish_reason: "ERROR" }),
      meaning: "server_error",
    },
  ],
  close: [
    [
      line({
        is_finished: true,
        event_type: "stream-end",
        finish_reason: "COMPLETE",
        response: {},
      }),
    ],
  ],
};

const frame = (type: string, payload: object) =>
  awsFrame(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    JSON.stringify(payload),
  );
const exception = (type: string, message: string) =>
  awsFrame(
    { ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" },
    JSON.stringify({ message }),
  );
const AWS_ERRORS: readonly StreamError[] = [
  {
    bytes: exception("throttlingException", "Too many requests, please wait before trying again."),
    meaning: "rate_limit_minute",
  },
  {
    bytes: exception("serviceUnavailableException", "Bedrock is unable to process your request."),
    meaning: "overloaded",
  },
  { bytes: exception("internalServerException", "Internal error"), meaning: "server_error" },
];
const BEDROCK = {
  framing: "aws",
  contentType: "application/vnd.amazon.eventstream",
  provider: "aws-bedrock",
  errors: AWS_ERRORS,
} as const;

const converse: ProtocolStream = {
  ...BEDROCK,
  name: "bedrock converse",
  path: "bedrock-runtime/us-east-1/model/amazon.nova-lite-v1:0/converse-stream",
  body: { messages: [] },
  lifecycle: [
    frame("messageStart", { role: "assistant", p: "abc" }),
    frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "" } }),
    frame("contentBlockStop", { contentBlockIndex: 0 }),
  ],
  words: [
    frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }),
    frame("contentBlockStart", { start: { toolUse: { name: "f", toolUseId: "t" } } }),
  ],
  close: [
    [frame("messageStop", { stopReason: "end_turn" }), frame("metadata", { usage: {} })],
    [frame("messageStop", { stopReason: "guardrail_intervened" })],
  ],
};

const packedEvent = (type: string, fields: object = {}) =>
  frame("chunk", {
    bytes: Buffer.from(JSON.stringify({ type, ...fields })).toString("base64"),
    p: "abcdefgh",
  });

const invoke: ProtocolStream = {
  ...BEDROCK,
  name: "bedrock invoke",
  path: "bedrock-runtime/us-east-1/model/anthropic.claude-3-haiku/invoke-with-response-stream",
  body: { anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: [] },
  lifecycle: [
    packedEvent("message_start", { message: { id: "msg_1", usage: { input_tokens: 9 } } }),
    packedEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    packedEvent("ping"),
  ],
  words: [
    packedEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hello" } }),
  ],
  close: [
    [
      packedEvent("message_delta", { delta: { stop_reason: "end_turn" } }),
      packedEvent("message_stop", { "amazon-bedrock-invocationMetrics": {} }),
    ],
  ],
};

export const PROTOCOL_STREAMS: readonly ProtocolStream[] = [
  chat,
  responses,
  messages,
  geminiSse,
  geminiList,
  interactions,
  cohereV2,
  cohereV1,
  converse,
  invoke,
];

/** The course of a generated response. */
export interface MadeAnswer {
  readonly protocol: ProtocolStream;
  readonly bytes: Buffer;
  readonly error: StreamError | null;
  readonly hasWords: boolean;
  readonly isClosed: boolean;
}

/** Any number of news, then text, an error or both, or nothing at all; an ending, or none. */
export function makeAnswer(random: SeededRandom, protocol: ProtocolStream): MadeAnswer {
  const events = several(random, protocol.lifecycle, 4);
  const hasWords = random.chance(0.6);
  if (hasWords) {
    events.push(pick(random, protocol.words));
    events.push(...several(random, [...protocol.words, ...protocol.lifecycle], 5));
  }
  const error = random.chance(0.5) ? pick(random, protocol.errors) : null;
  const isClosed = error === null && hasWords && random.chance(0.7);
  if (error !== null) events.push(error.bytes);
  // A list without a value is a kind of response of its own.
  if (events.length === 0 && protocol.around !== undefined)
    events.push(pick(random, protocol.lifecycle));
  if (isClosed) events.push(...pick(random, protocol.close));
  else if (error !== null && protocol.name === "chat" && random.chance(0.5)) events.push(DONE);
  return { protocol, bytes: join(protocol, events), error, hasWords, isClosed };
}

function join({ between, around }: ProtocolStream, events: readonly Buffer[]): Buffer {
  const parts = events.flatMap((part, index) =>
    index > 0 && between !== undefined ? [Buffer.from(between), part] : [part],
  );
  const [before = "", after = ""] = around ?? [];
  return Buffer.concat([Buffer.from(before), ...parts, Buffer.from(after)]);
}

/** One of them, all equally likely. */
export function pick<Item>(random: SeededRandom, items: readonly Item[]): Item {
  const item = items[random.between(0, items.length - 1)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function several<Item>(random: SeededRandom, items: readonly Item[], most: number): Item[] {
  return Array.from({ length: random.between(0, most) }, () => pick(random, items));
}

/** The bytes, split anywhere; seldom in small pieces, of which each costs as much as a large one. */
export function cut(random: SeededRandom, bytes: Buffer): Buffer[] {
  const way = random.between(0, 9);
  if (way < 2) return [bytes];
  if (way === 2) return inCrumbs(random, bytes);
  return inPieces(random, bytes, way === 3 ? 40 : 400);
}

/** Single bytes cost a hundred times as much as what they find: once is enough. */
const CRUMBLED_BYTES = 64;

function inCrumbs(random: SeededRandom, bytes: Buffer): Buffer[] {
  const from = random.between(0, bytes.length);
  const to = from + CRUMBLED_BYTES;
  const crumbs = inPieces(random, bytes.subarray(from, to), 3);
  return [bytes.subarray(0, from), ...crumbs, bytes.subarray(to)].filter(
    ({ length }) => length > 0,
  );
}

function inPieces(random: SeededRandom, bytes: Buffer, longest: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.between(1, longest);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

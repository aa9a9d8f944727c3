/**
 * What one event of a model's response means, by its protocol. The protocol is recognized from the event itself, so a
 * gateway, a router or a custom provider may use any of them.
 * @module
 */
import type { AnswerEvent } from "../../http/split-events";
import { isRecord, type JsonRecord } from "./error-json";

/**
 * - `nothing`: a ping, the news that the work has begun, an empty piece;
 * - `output`: something that a client can use;
 * - `finish`: how the response ended, which a client can use even if there was no text;
 * - `end`: no more will come;
 * - `error`: it failed.
 */
export type EventReading = "nothing" | "output" | "finish" | "end" | "error";

export interface ReadEvent {
  readonly reading: EventReading;
  /** Null for an unknown protocol: then it is also unknown whether more has to come. */
  readonly protocol: ProtocolName | null;
}

export type ProtocolName = (typeof PROTOCOLS)[number]["name"];

interface Protocol<Name extends string> {
  readonly name: Name;
  /** Documentation of its streams and events. */
  readonly source: string;
  owns(event: JsonRecord, name: string): boolean;
  read(event: JsonRecord, name: string): EventReading;
}

export function readEvent(event: AnswerEvent): ReadEvent {
  if (event.exception !== null) return { reading: "error", protocol: null };
  const data = event.data.trim();
  // OpenAI's end marker of a stream, which others share.
  if (data === "[DONE]") return { reading: "end", protocol: null };
  if (data === "") return { reading: event.name === "error" ? "error" : "nothing", protocol: null };
  if (SIGN_OF_LIFE.test(event.name)) return NOTHING;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { reading: event.name === "error" ? "error" : "output", protocol: null };
  }
  return readJson(json, event.name);
}

function readJson(json: unknown, name: string): ReadEvent {
  // Google's OpenAI-compatible endpoint and its lists wrap errors in a list.
  const body = Array.isArray(json) ? json[0] : json;
  if (!isRecord(body)) return { reading: name === "error" ? "error" : "output", protocol: null };
  if (name === "error" || body.type === "error" || body.event_type === "error") {
    return { reading: "error", protocol: null };
  }
  for (const protocol of PROTOCOLS) {
    if (protocol.owns(body, name)) {
      return { reading: protocol.read(body, name), protocol: protocol.name };
    }
  }
  if (isSignOfLife(body)) return NOTHING;
  return { reading: holdsOnlyAnError(body) ? "error" : "output", protocol: null };
}

const NOTHING: ReadEvent = { reading: "nothing", protocol: null };

/** Anthropic's `ping`, OpenAI's `keepalive`, and what gateways send for the same reason. */
const SIGN_OF_LIFE = /^(?:ping|keep[-_]?alive|heart[-_]?beat)$/i;

function isSignOfLife(body: JsonRecord): boolean {
  const { type, event_type: eventType, event } = body;
  if ([type, eventType, event].some((name) => SIGN_OF_LIFE.test(String(name)))) return true;
  return Object.keys(body).length === 0;
}

/** Whether a complete JSON response consists only of an error, or is a response that failed; null if it isn't JSON. */
export function isErrorAnswer(text: string): boolean | null {
  if (!/^\s*[[{]/.test(text)) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const body: unknown = Array.isArray(json) ? json[0] : json;
  if (!isRecord(body)) return false;
  if (body.type === "error" || body.event_type === "error") return true;
  if (body.object === "response") return body.status === "failed" && hasError(body);
  if (body.object === "interaction") return body.status === "failed";
  const choice = firstRecord(body.choices);
  if (choice !== null) return isFailing(choice) || choice.finish_reason === "error";
  if (isRecord(body.message) && isFailedCohere(body)) return true;
  return holdsOnlyAnError(body);
}

/** Fields that may accompany an error. With any other field, the body is a resource that has an `error` field. */
const BESIDE_AN_ERROR = new Set([
  "error",
  "error_type",
  "errors",
  "type",
  "event_type",
  "code",
  "message",
  "param",
  "status",
  "status_code",
  "success",
  "messages",
  "result",
  "request_id",
  "user_id",
  "event_id",
  "sequence_number",
]);

/** The fields of a chat completion besides its content. */
const OF_EVERY_CHAT = new Set(["id", "object", "created", "model", "provider", "usage"]);

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function holdsOnlyAnError(body: JsonRecord): boolean {
  // Cloudflare's envelope lists errors.
  if (!hasError(body) && (body.success !== false || firstRecord(body.errors) === null))
    return false;
  const isChat = String(body.object).startsWith("chat.completion");
  return Object.entries(body).every(
    ([key, value]) =>
      BESIDE_AN_ERROR.has(key) || isEmpty(value) || (isChat && OF_EVERY_CHAT.has(key)),
  );
}

function hasError({ error }: JsonRecord): boolean {
  return isRecord(error) || (typeof error === "string" && error !== "");
}

/** The same beside what a model writes: some services send an error without content with every piece. */
function isFailing({ error }: JsonRecord): boolean {
  if (!isRecord(error)) return isText(error);
  return Object.values(error).some((value) =>
    typeof value === "number" ? value !== 0 : isFilled(value),
  );
}

const chat: Protocol<"chat"> = {
  name: "chat",
  source: "platform.openai.com/docs/api-reference/chat-streaming; openrouter.ai/docs, Streaming",
  owns: ({ choices, object }) => Array.isArray(choices) || object === "chat.completion.chunk",
  read(event) {
    if (isFailing(event)) return "error";
    const choices = Array.isArray(event.choices) ? event.choices.filter(isRecord) : [];
    if (choices.some((choice) => isFailing(choice) || choice.finish_reason === "error")) {
      return "error";
    }
    if (choices.some(({ finish_reason }) => isText(finish_reason))) return "finish";
    return choices.some((choice) => isUsableChoice(choice)) ? "output" : "nothing";
  },
};

/** Anything but the role, an index, and empty text. */
function isUsableChoice({ delta, message, text }: JsonRecord): boolean {
  if (isText(text)) return true;
  const piece = isRecord(delta) ? delta : message;
  if (!isRecord(piece)) return false;
  return Object.entries(piece).some(([field, value]) => field !== "role" && isFilled(value));
}

const responses: Protocol<"responses"> = {
  name: "responses",
  source: "platform.openai.com/docs/api-reference/responses-streaming",
  owns: ({ type }) => typeof type === "string" && type.startsWith("response."),
  read({ type, delta, item }) {
    const name = String(type);
    if (name === "response.failed") return "error";
    if (/^response\.(?:completed|incomplete|cancelled)$/.test(name)) return "finish";
    if (/\.(?:created|queued|in_progress|searching|generating|interpreting|added)$/.test(name)) {
      return "nothing";
    }
    if (name.endsWith(".delta")) return isFilled(delta) ? "output" : "nothing";
    // A reasoning item that is only announced has no content yet.
    const isThought = isRecord(item) && item.type === "reasoning";
    return name === "response.output_item.done" && isThought ? "nothing" : "output";
  },
};

const MESSAGES_EVENTS = new Set([
  "message_start",
  "content_block_start",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
]);

const messages: Protocol<"messages"> = {
  name: "messages",
  source: "docs.anthropic.com/en/docs/build-with-claude/streaming",
  owns: ({ type }) => typeof type === "string" && MESSAGES_EVENTS.has(type),
  read({ type, content_block, delta }) {
    if (type === "message_stop") return "end";
    if (type === "message_delta") {
      return isRecord(delta) && isText(delta.stop_reason) ? "finish" : "nothing";
    }
    if (type === "content_block_delta") {
      if (!isRecord(delta) || delta.type === "signature_delta") return "nothing";
      return Object.entries(delta).some(([field, value]) => field !== "type" && isFilled(value))
        ? "output"
        : "nothing";
    }
    if (type !== "content_block_start" || !isRecord(content_block)) return "nothing";
    if (isText(content_block.text) || isText(content_block.thinking)) return "output";
    return content_block.type === "text" || content_block.type === "thinking"
      ? "nothing"
      : "output";
  },
};

const gemini: Protocol<"gemini"> = {
  name: "gemini",
  source: "ai.google.dev/api/generate-content",
  owns: (event) =>
    Array.isArray(event.candidates) || isRecord(event.promptFeedback) || "usageMetadata" in event,
  read(event) {
    if (isFailing(event)) return "error";
    if (isRecord(event.promptFeedback) && isText(event.promptFeedback.blockReason)) return "finish";
    const candidates = Array.isArray(event.candidates) ? event.candidates.filter(isRecord) : [];
    if (candidates.some(({ finishReason }) => isText(finishReason))) return "finish";
    const parts = candidates.flatMap(({ content }) =>
      isRecord(content) && Array.isArray(content.parts) ? content.parts.filter(isRecord) : [],
    );
    return parts.some((part) => Object.values(part).some(isFilled)) ? "output" : "nothing";
  },
};

const interactions: Protocol<"interactions"> = {
  name: "interactions",
  source: "ai.google.dev/api/interactions-api",
  owns: ({ event_type }) =>
    typeof event_type === "string" && /^(?:interaction|step|content)\./.test(event_type),
  read({ event_type, interaction, delta, status }) {
    const name = String(event_type);
    const state = isRecord(interaction) ? interaction.status : status;
    if (state === "failed") return "error";
    if (/^interaction\.completed?$/.test(name)) return "finish";
    if (!name.endsWith(".delta") || !isRecord(delta)) return "nothing";
    const isSignature = delta.type === "thought_signature";
    const isUsable = Object.entries(delta).some(
      ([field, value]) => field !== "type" && isFilled(value),
    );
    return isUsable && !isSignature ? "output" : "nothing";
  },
};

const COHERE_EVENT =
  /^(?:message-(?:start|end)|content-(?:start|delta|end)|tool-(?:plan-delta|call-(?:start|delta|end)|calls-(?:chunk|generation))|citation-(?:start|end|generation)|stream-(?:start|end)|text-generation|search-(?:queries-generation|results)|debug)$/;

const cohere: Protocol<"cohere"> = {
  name: "cohere",
  source: "docs.cohere.com/docs/streaming; docs.cohere.com/v1/docs/streaming",
  owns: (event) => COHERE_EVENT.test(cohereEvent(event)),
  read(event) {
    const name = cohereEvent(event);
    const delta = isRecord(event.delta) ? event.delta : event;
    if (name === "message-end" || name === "stream-end") {
      return isFailedCohere(delta) ? "error" : "finish";
    }
    if (/-(?:start|end)$/.test(name) || name === "debug") return "nothing";
    const { text, message } = { text: event.text, message: delta.message };
    if (name === "text-generation") return isText(text) ? "output" : "nothing";
    return name !== "content-delta" || hasWords(message) ? "output" : "nothing";
  },
};

/** `ERROR_LIMIT` and `ERROR_TOXIC` end a text for its length and its content, as others do without an error. */
function isFailedCohere({ finish_reason, error }: JsonRecord): boolean {
  return finish_reason === "ERROR" || finish_reason === "TIMEOUT" || isText(error);
}

function cohereEvent({ type, event_type }: JsonRecord): string {
  return typeof type === "string" ? type : typeof event_type === "string" ? event_type : "";
}

/** Bedrock names an event's type in its frame. */
const CONVERSE_EVENTS = new Set([
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
]);

const converse: Protocol<"converse"> = {
  name: "converse",
  source: "docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html",
  owns: (_, name) => CONVERSE_EVENTS.has(name),
  read(event, name) {
    if (name === "messageStop") return "finish";
    if (name === "contentBlockStart") return isFilled(event.start) ? "output" : "nothing";
    if (name !== "contentBlockDelta" || !isRecord(event.delta)) return "nothing";
    return hasWords(event.delta) ? "output" : "nothing";
  },
};

const PROTOCOLS = [chat, responses, messages, gemini, interactions, cohere, converse] as const;

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Text, a number, or something that contains any; names and list indexes don't count. */
function isFilled(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) && Object.keys(value).length > 0;
}

/** Whether it contains text anywhere. */
function hasWords(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([field, inner]) => field !== "type" && hasWords(inner));
}

function firstRecord(list: unknown): JsonRecord | null {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return isRecord(first) ? first : null;
}

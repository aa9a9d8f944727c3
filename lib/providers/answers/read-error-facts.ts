/**
 * Reads an error response into plain facts, whatever its envelope.
 *
 * Envelopes seen in practice: `{error:{…}}` (OpenAI, Anthropic, Google), the same in an array (Google's
 * OpenAI-compatible endpoint, and streams without `alt=sse`), `error` or `detail` as a string (xAI, fal, Hugging Face),
 * flat bodies (Cohere, Mistral, Cerebras, Deepgram, Bedrock), `detail:{status,message}` (ElevenLabs), `error:[…]` and
 * `errors:[…]` (Cloudflare), whole error bodies as text inside `error.message`, broken JSON, and JSON with any content
 * type or inside a server-sent event.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import { readFirstSseEvent } from "../../http/read-sse-event";
import type { ErrorFacts } from "../types";
import { collectFromJson, expandJson, isRecord, type JsonRecord } from "./error-json";

/** Bodies are truncated to this many characters before they are examined, pages and messages to fewer. */
const MAX_TEXT = 65_536;
const MAX_PAGE = 8192;
const MAX_MESSAGE = 4000;

export function readErrorFacts(status: number, headers: HeaderFields, body: string): ErrorFacts {
  const text = body.slice(0, MAX_TEXT).replace(/^\uFEFF/, "");
  const payload = jsonPayload(text);
  const json = payload === null ? undefined : parseJson(payload);
  if (json === undefined) return factsOfText(status, headers, text);

  const layers = layersOf(json);
  const code = firstText(layers, CODE_FIELDS);
  const type = firstText(layers, TYPE_FIELDS, (value) => value !== "error");
  const statusWord = firstText(layers, ["status"], (value) => !/^\d+$/.test(value));
  const { reasons, quotaViolations } = collectFromJson(json);
  return {
    status: status >= 400 ? status : statusInside(layers, code, type, statusWord),
    headers,
    text,
    isJson: true,
    message: foldWords(firstText(layers, MESSAGE_FIELDS)),
    code,
    type,
    statusWord,
    reasons: withHeaderReason(reasons, headers),
    quotaViolations,
    json,
  };
}

const MESSAGE_FIELDS = [
  "message",
  "Message",
  "msg",
  "err_msg",
  "error_message",
  "detail",
  "error",
  "description",
  "title",
];
const CODE_FIELDS = ["code", "err_code", "error_code", "internalCode"];
const TYPE_FIELDS = ["type", "error_type", "__type"];
const STATUS_FIELDS = ["status", "status_code", "statusCode", "http_status", "http_status_code"];

/** The text that should be JSON: the body itself, or the data of its first server-sent event. */
function jsonPayload(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) return trimmed;
  if (!/^(?:event|data|id|retry|:)/.test(trimmed)) return null;
  const data = readFirstSseEvent(trimmed)?.data.trim() ?? "";
  return data.startsWith("{") || data.startsWith("[") ? data : null;
}

/** The parsed body, with stray commas removed and JSON inside messages parsed; undefined if it isn't JSON. */
function parseJson(payload: string): unknown {
  for (const attempt of [payload, payload.replace(/,(?=\s*[,\]}])/g, "")]) {
    try {
      return expandJson(JSON.parse(attempt));
    } catch {
      // Not JSON: the next attempt, or the regular expressions of `factsOfText`, will do.
    }
  }
  return undefined;
}

/** The objects that may contain the error's fields, innermost first. */
function layersOf(json: unknown): JsonRecord[] {
  const layers: JsonRecord[] = [];
  let current = json;
  while (layers.length < 8) {
    if (Array.isArray(current)) current = current[0];
    if (typeof current === "string") current = { message: current };
    if (!isRecord(current)) break;
    layers.unshift(current);
    current = innerError(current);
  }
  return layers;
}

function innerError(outer: JsonRecord): unknown {
  for (const field of ["error", "errors", "detail", "message"]) {
    const inner = outer[field];
    if (isRecord(inner) || (Array.isArray(inner) && inner.length > 0)) return inner;
  }
  // OpenAI's `response.failed` event, and OpenRouter's upstream failure without streaming.
  if (isRecord(outer.response)) return outer.response.error;
  const choice: unknown = Array.isArray(outer.choices) ? outer.choices[0] : undefined;
  return isRecord(choice) ? choice.error : undefined;
}

function firstText(
  layers: readonly JsonRecord[],
  fields: readonly string[],
  accepts: (value: string) => boolean = () => true,
): string {
  for (const layer of layers) {
    for (const field of fields) {
      const value = layer[field];
      const text = typeof value === "number" ? String(value) : value;
      if (typeof text === "string" && text.trim() !== "" && accepts(text)) return text.trim();
    }
  }
  return "";
}

/**
 * The status that an error inside a 2xx response stands for: its own code or status, otherwise what its type means.
 * Types are Anthropic's and OpenAI's, status words google.rpc's.
 */
function statusInside(
  layers: readonly JsonRecord[],
  code: string,
  type: string,
  statusWord: string,
): number {
  const own = firstText(layers, STATUS_FIELDS, (value) => ERROR_STATUS.test(value));
  for (const number of [code, own]) if (ERROR_STATUS.test(number)) return Number(number);
  for (const word of [code, type, statusWord]) {
    const status = STATUS_OF_WORD.get(word.toLowerCase());
    if (status !== undefined) return status;
  }
  return [code, type].some((word) => OF_REQUEST.test(word)) ? 400 : 500;
}

const ERROR_STATUS = /^[45]\d\d$/;

/**
 * Codes about what was requested, which no other key would serve. `response.failed` has nothing but a code: OpenAI's
 * API reference, `ResponseError`, and Codex's list of what it doesn't repeat.
 */
const OF_REQUEST =
  /^(?:context_(?:length|window)_exceeded|string_above_max_length|prompt_too_long|(?:invalid|unsupported|unknown|missing|empty)_\w*(?:request|prompt|image|url|media_type|value|type|parameter|argument|input|file|schema|model)\w*|image_(?:too_large|too_small|parse_error|file_\w+)|failed_to_download_image|\w+_policy(?:_violation)?|content_filter|moderation_blocked|\w+_user_error|bad_?request_?error)$/i;

const STATUS_OF_WORD: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["invalid_argument", 400],
  ["invalid_request", 400],
  ["validation", 422],
  ["request_too_large", 413],
  ["model_not_found", 404],
  ["invalid_api_key", 401],
  ["overloaded", 503],
  ["timeout_error", 504],
  ["deadline_exceeded", 504],
  ["failed_precondition", 400],
  ["authentication_error", 401],
  ["unauthenticated", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["permission_denied", 403],
  ["not_found_error", 404],
  ["not_found", 404],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["resource_exhausted", 429],
  ["insufficient_quota", 429],
  ["overloaded_error", 529],
  ["unavailable", 503],
]);

/** Facts of a body that isn't JSON, or JSON too broken to parse: its fields are then found by pattern. */
function factsOfText(status: number, headers: HeaderFields, text: string): ErrorFacts {
  const field = (name: string) =>
    new RegExp(`"${name}"\\s*:\\s*(?:"((?:[^"\\\\]|\\\\.)*)|(\\d+))`)
      .exec(text)
      ?.slice(1)
      .find(Boolean) ?? "";
  const all = (name: string) =>
    [...text.matchAll(new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`, "g"))].map(
      ([, value = ""]) => value,
    );
  const message = field("message") || field("error") || field("detail");
  const isJson = /^\s*[[{]/.test(text) && message !== "";
  const violation = { quotaMetric: "", model: "", quotaValue: null };
  return {
    status:
      status >= 400 ? status : statusInside([], field("code"), field("type"), field("status")),
    headers,
    text,
    isJson,
    message: foldWords(
      isJson
        ? message.replace(/\\[nrt]/g, " ").replaceAll("\\", "")
        : withoutTags(text.slice(0, MAX_PAGE)),
    ),
    code: isJson ? field("code") : "",
    type: isJson ? field("type") : "",
    statusWord: isJson ? field("status") : "",
    reasons: withHeaderReason(isJson ? all("reason") : [], headers),
    quotaViolations: isJson ? all("quotaId").map((quotaId) => ({ ...violation, quotaId })) : [],
    json: null,
  };
}

/** AWS names the exception in a header, sometimes followed by a colon and a URL. */
function withHeaderReason(reasons: readonly string[], headers: HeaderFields): readonly string[] {
  const exception = headers.get("x-amzn-errortype")?.split(":")[0];
  return exception ? [...reasons, exception] : reasons;
}

function withoutTags(text: string): string {
  return withoutCode(text).replace(/<[^<>]*>/g, " ");
}

const CODE = /<(script|style)\b/gi;

/** Without the content of scripts and styles. If one has no end, the rest counts as text. */
function withoutCode(text: string): string {
  const lower = text.toLowerCase();
  let kept = "";
  let position = 0;
  for (const { index, 1: tag = "" } of text.matchAll(CODE)) {
    if (index < position) continue;
    const end = `</${tag.toLowerCase()}>`;
    const close = lower.indexOf(end, index);
    if (close === -1) break;
    kept += `${text.slice(position, index)} `;
    position = close + end.length;
  }
  return kept + text.slice(position);
}

function foldWords(text: string): string {
  return text
    .slice(0, MAX_MESSAGE)
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Converts calls in a format that the model's provider doesn't support into one that it does.
 * @module
 */
import { chatDialect } from "../../conversion/chat-dialect";
import type { Conversion, ConvertibleForm } from "../../conversion/conversion";
import { convertRequest } from "../../conversion/convert-request";
import { ConversionError } from "../../conversion/losses";
import type { Bytes } from "../../http/byte-stream";
import { isBuiltIn } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import { findBodyField } from "../request/body-field";
import { forgetBody, type RequestBody, readFurther } from "../request/request-body";
import type { RequestFacts } from "../request/request-facts";
import type { RequestScope } from "../request-scope";
import { CHAT_COMPLETIONS, openAiCall } from "./compat-call";
import { nativeCall } from "./native-call";
import type { ProxyCall } from "./proxy-call";
import { speaksForm } from "./shared-form";
import { queryParameter } from "./upstream-url";

/** A token of text is about four bytes; images, sent as text, don't count as text. */
const BYTES_A_TOKEN = 4;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The only call of Anthropic's API that is converted. */
export const MESSAGES_PATH = /^(?:v1\/)?messages$/;
export const COUNT_TOKENS_PATH = /^(?:v1\/)?messages\/count_tokens$/;

/** The calls of Google's API that are converted; the first group matches for a stream. */
const GENERATE_PATH = /(?::|%3A)(?:(stream)G|g)enerateContent$/i;

/** OpenAI's Responses: beside chat completions, the only call of its API that is converted. */
const RESPONSES = "responses";

/** The format of a call of OpenAI's API; null if it can't be converted. */
export function openAiForm(endpoint: string): ConvertibleForm | null {
  if (endpoint === CHAT_COMPLETIONS) return "chat";
  return endpoint === RESPONSES ? "responses" : null;
}

/** The format of a call of Anthropic's or Google's API; null if it can't be converted. */
export function ownForm(form: "anthropic" | "google", path: string): ConvertibleForm | null {
  if (form === "anthropic") return MESSAGES_PATH.test(path) ? "messages" : null;
  return GENERATE_PATH.test(path) ? "gemini" : null;
}

/** A model of a provider. */
export interface ConvertedTarget {
  readonly provider: Provider;
  readonly model: string;
}

/**
 * The format in which a provider gets a request: its own, as long as the provider has it for this model; null if there
 * is none.
 * @param isPreferred Whether the provider's own API is preferred to its OpenAI-compatible one.
 */
export function sentAs(
  from: ConvertibleForm,
  target: ConvertedTarget,
  isPreferred: boolean,
): ConvertibleForm | null {
  const best = bestForm(target, isPreferred && from !== "chat");
  if (!hasForm(from, target)) return best;
  const isBeside = from === "chat" && (best === "messages" || best === "gemini");
  return isPreferred && isBeside ? best : from;
}

/**
 * The format in which a provider supports most; null for a provider without a common API.
 * @param isPreferred Whether for OpenAI's models that is Responses, which keep thoughts but lack settings.
 */
function bestForm(target: ConvertedTarget, isPreferred: boolean): ConvertibleForm | null {
  const { protocol, openAiCompatible } = target.provider;
  if (protocol === "anthropic") return "messages";
  if (protocol === "google") return "gemini";
  if (openAiCompatible === null) return null;
  const isOpenAi = openAiCompatible.onlyResponses !== undefined;
  return (isPreferred && isOpenAi) || !hasForm("chat", target) ? "responses" : "chat";
}

/**
 * Anthropic and Google have chat completions beside their own APIs; for custom providers with these APIs, that is
 * unknown.
 */
function hasForm(form: ConvertibleForm, { provider, model }: ConvertedTarget): boolean {
  const { protocol, openAiCompatible: openAi, slug } = provider;
  if (form === "gemini") return protocol === "google";
  if (form === "messages") return speaksForm(provider, "anthropic");
  if (openAi === null) return false;
  if (form === "responses") return openAi.hasResponses === true;
  return openAi.onlyResponses?.test(model) !== true && (protocol === null || isBuiltIn(slug));
}

/**
 * Converts a body that may be long: it is read up to the general maximum.
 * @throws {ProxyError} `body_too_large`, `not_convertible`.
 */
export async function convertWhole(
  body: RequestBody,
  callerId: string,
  convert: (whole: RequestBody) => ProxyCall,
): Promise<ProxyCall> {
  if (body.kind !== "streamed") return convert(body);
  const whole = await readFurther(body, callerId);
  try {
    return convert(whole);
  } finally {
    forgetBody(whole);
  }
}

/**
 * @param facts `path` as the caller wrote it: for Gemini, it says whether to stream the response.
 * @param named The model as the caller wrote it.
 * @throws {ProxyError} `not_convertible`, `body_too_large`.
 */
export function convertedCall(
  { request, path, url }: Pick<RequestFacts, "request" | "path" | "url">,
  [from, to]: readonly [from: ConvertibleForm, to: ConvertibleForm],
  target: ConvertedTarget,
  named: string,
  body: RequestBody,
  scope: RequestScope,
): ProxyCall {
  const { provider, model } = target;
  const isStream = from === "gemini" && GENERATE_PATH.exec(path)?.[1] !== undefined;
  if (isStream && queryParameter(url, "alt") !== "sse") {
    throw new ProxyError(
      "not_convertible",
      "This model is another provider's, whose answers are streamed as events: ask with ?alt=sse.",
    );
  }
  const asked = {
    body: wholeBody(body),
    model,
    named,
    nowMs: scope.ports.nowMs(),
    inputGuess: guessedTokens(body),
    isStream,
  };
  const dialect = chatDialect(provider.slug, isBuiltIn(provider.slug));
  const { conversion, ...said } = orRefuse(() => {
    const { request: converted, isStream, conversion } = convertRequest(from, to, asked, dialect);
    return { conversion, isStream, bytes: encoder.encode(JSON.stringify(converted)) };
  });
  return converted(callIn(to, request, url, target, said, scope), conversion);
}

interface SaidRequest {
  /** JSON. */
  readonly bytes: Bytes;
  readonly isStream: boolean;
}

function callIn(
  to: ConvertibleForm,
  request: Request,
  asked: URL,
  { provider, model }: ConvertedTarget,
  said: SaidRequest,
  scope: RequestScope,
): ProxyCall {
  const body: RequestBody = { kind: "kept", bytes: said.bytes };
  if (to === "messages" || to === "gemini") {
    const url = new URL(asked);
    url.search = to === "gemini" && said.isStream ? "?alt=sse" : "";
    const method = said.isStream ? "streamGenerateContent" : "generateContent";
    const generating = `v1beta/models/${encodeURIComponent(model)}:${method}`;
    const path = to === "gemini" ? generating : "v1/messages";
    return nativeCall({ request, provider, path, url, body }, scope);
  }
  const openAi = provider.openAiCompatible;
  const field = findBodyField(body, scope.headers, "model");
  if (openAi === null) throw new TypeError("the provider has no such format");
  if (field === null) throw new ProxyError("not_convertible", TOO_DEEP);
  const endpoint = to === "chat" ? CHAT_COMPLETIONS : RESPONSES;
  return openAiCall(request, endpoint, "", { provider, openAi, model }, body, field, scope);
}

function converted(call: ProxyCall, conversion: Conversion): ProxyCall {
  return {
    ...call,
    headers: () => {
      const headers = call.headers();
      for (const name of OF_THE_FORM) headers.delete(name);
      headers.set("content-type", "application/json");
      return headers;
    },
    conversion,
  };
}

/** Headers specific to the API format of the request. */
const OF_THE_FORM = [
  "anthropic-version",
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
  "openai-beta",
  "x-goog-api-client",
];

/** Estimates the tokens of a request from its length. */
export function guessedTokens(body: RequestBody): number {
  return body.kind === "kept" ? Math.ceil(body.bytes.length / BYTES_A_TOKEN) : 0;
}

function wholeBody(body: RequestBody): unknown {
  if (body.kind !== "kept") {
    throw new ProxyError(
      "body_too_large",
      "What is converted for another provider's API must be known as a whole: this body is too long for that.",
    );
  }
  try {
    return JSON.parse(decoder.decode(body.bytes));
  } catch (error) {
    throw new ProxyError("not_convertible", "The body is no valid JSON.", { cause: error });
  }
}

const TOO_DEEP =
  "This model is another provider's, and the request cannot be converted: it is nested too deeply, or of too many values.";

function orRefuse<Result>(convert: () => Result): Result {
  try {
    return convert();
  } catch (error) {
    // The engine's, for JSON that is nested thousands of levels deep.
    if (error instanceof RangeError) {
      throw new ProxyError("not_convertible", TOO_DEEP, { cause: error });
    }
    if (!(error instanceof ConversionError)) throw error;
    throw new ProxyError(
      "not_convertible",
      `This model is another provider's, and the request cannot be converted: ${error.message}.`,
      { cause: error },
    );
  }
}

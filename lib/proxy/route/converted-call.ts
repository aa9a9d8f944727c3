/**
 * Converts calls in a format that the model's provider doesn't support into one that it does.
 * @module
 */
import { chatByMessages } from "../../conversion/chat-by-messages";
import { chatDialect } from "../../conversion/chat-dialect";
import type { Conversion } from "../../conversion/conversion";
import { geminiByChat } from "../../conversion/gemini-by-chat";
import { ConversionError } from "../../conversion/losses";
import { messagesByChat } from "../../conversion/messages-by-chat";
import { responsesByChat } from "../../conversion/responses-by-chat";
import { responsesByMessages } from "../../conversion/responses-by-messages";
import { isBuiltIn } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import { findBodyField } from "../request/body-field";
import { forgetBody, type RequestBody, readFurther } from "../request/request-body";
import type { SharedFacts } from "../request/request-facts";
import type { RequestScope } from "../request-scope";
import { CHAT_COMPLETIONS, type OpenAiTarget, openAiCall } from "./compat-call";
import { nativeCall } from "./native-call";
import type { ProxyCall } from "./proxy-call";
import { queryParameter } from "./upstream-url";

/** A token of text is about four bytes; images, sent as text, don't count as text. */
const BYTES_A_TOKEN = 4;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The only call of Anthropic's API that is converted. */
export const MESSAGES_PATH = /^(?:v1\/)?messages$/;
export const COUNT_TOKENS_PATH = /^(?:v1\/)?messages\/count_tokens$/;

/** OpenAI's Responses, for providers that only have chat completions. */
export const RESPONSES = "responses";

/**
 * @param named The model as the caller wrote it.
 * @throws {ProxyError} `not_convertible`, `body_too_large`.
 */
export function responsesCall(
  request: Request,
  target: OpenAiTarget,
  named: string,
  body: RequestBody,
  scope: RequestScope,
): ProxyCall {
  const { provider, model } = target;
  const dialect = chatDialect(provider.slug, isBuiltIn(provider.slug));
  const asked = wholeBody(body);
  const context = { model: named, nowMs: scope.ports.nowMs() };
  const { request: said, conversion } = orRefuse(() =>
    responsesByChat(asked, model, dialect, context),
  );
  return chatCall(request, target, said, conversion, scope);
}

/** Whether a call of OpenAI's API must be converted for a provider. */
export function needsChat(endpoint: string, { openAi }: Pick<OpenAiTarget, "openAi">): boolean {
  return endpoint === RESPONSES && openAi.hasResponses !== true;
}

/**
 * Whether a call of OpenAI's API must be converted to Messages. Anthropic itself has chat completions too; for custom
 * providers with its API that is unknown. Responses have to be converted anyway, and lose less in this way.
 */
export function needsMessages(endpoint: string, provider: Provider): boolean {
  const isSpoken = endpoint === CHAT_COMPLETIONS && isBuiltIn(provider.slug);
  return mayBeMessages(endpoint, provider) && !isSpoken;
}

/**
 * Whether a call of OpenAI's API can be converted to Messages, because the provider supports more in that format than
 * in OpenAI's.
 */
export function mayBeMessages(endpoint: string, { protocol }: Provider): boolean {
  return protocol === "anthropic" && (endpoint === CHAT_COMPLETIONS || endpoint === RESPONSES);
}

/**
 * Converts chat completions and Responses to Messages.
 * @param named The model as the caller wrote it.
 * @throws {ProxyError} `not_convertible`, `body_too_large`.
 */
export function byMessagesCall(
  request: Request,
  endpoint: string,
  { provider, model }: Pick<OpenAiTarget, "provider" | "model">,
  named: string,
  body: RequestBody,
  scope: RequestScope,
): ProxyCall {
  const asked = wholeBody(body);
  const context = { model: named, nowMs: scope.ports.nowMs() };
  const convert = endpoint === RESPONSES ? responsesByMessages : chatByMessages;
  const { request: said, conversion } = orRefuse(() => convert(asked, model, context));
  const bytes = encoder.encode(JSON.stringify(said));
  const url = new URL(request.url);
  url.search = "";
  const facts = {
    request,
    provider,
    path: "v1/messages",
    url,
    body: { kind: "kept", bytes },
  } as const;
  return converted(nativeCall(facts, scope), conversion);
}

/** Whether a request in Google's format can be converted to chat completions for a provider. */
export function takesGenerating(path: string, provider: Provider): boolean {
  return isGenerating(path) && !needsMessages(CHAT_COMPLETIONS, provider);
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
 * @param named The model as the caller wrote it.
 * @throws {ProxyError} `not_convertible`, `body_too_large`.
 */
export function messagesCall(
  request: Request,
  target: OpenAiTarget,
  named: string,
  body: RequestBody,
  scope: RequestScope,
): ProxyCall {
  const { provider, model } = target;
  const dialect = chatDialect(provider.slug, isBuiltIn(provider.slug));
  const asked = wholeBody(body);
  const context = { model: named, inputGuess: guessedTokens(body) };
  const { request: said, conversion } = orRefuse(() =>
    messagesByChat(asked, model, dialect, context),
  );
  return chatCall(request, target, said, conversion, scope);
}

/** The calls of Google's API that are converted; the first group matches for a stream. */
const GENERATE_PATH = /(?::|%3A)(?:(stream)G|g)enerateContent$/i;

function isGenerating(path: string): boolean {
  return GENERATE_PATH.test(path);
}

/**
 * @param path As the caller wrote it: it says whether to stream the response.
 * @param named The model as the caller wrote it.
 * @throws {ProxyError} `not_convertible`, `body_too_large`.
 */
export function geminiCall(
  { request, path, url }: Pick<SharedFacts, "request" | "path" | "url">,
  target: OpenAiTarget,
  named: string,
  body: RequestBody,
  scope: RequestScope,
): ProxyCall {
  const { provider, model } = target;
  const isStream = GENERATE_PATH.exec(path)?.[1] !== undefined;
  if (isStream && queryParameter(url, "alt") !== "sse") {
    throw new ProxyError(
      "not_convertible",
      "This model is another provider's, whose answers are streamed as events: ask with ?alt=sse.",
    );
  }
  const dialect = chatDialect(provider.slug, isBuiltIn(provider.slug));
  const asked = wholeBody(body);
  const { request: said, conversion } = orRefuse(() =>
    geminiByChat(asked, model, dialect, { model: named, isStream }),
  );
  return chatCall(request, target, said, conversion, scope);
}

function chatCall(
  request: Request,
  target: OpenAiTarget,
  said: object,
  conversion: Conversion,
  scope: RequestScope,
): ProxyCall {
  const bytes = encoder.encode(JSON.stringify(said));
  const body: RequestBody = { kind: "kept", bytes };
  const field = findBodyField(body, request.headers, "model");
  if (field === null) throw new TypeError("a converted request names its model");
  return converted(
    openAiCall(request, CHAT_COMPLETIONS, "", target, body, field, scope),
    conversion,
  );
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

function orRefuse<Result>(convert: () => Result): Result {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw new ProxyError(
      "not_convertible",
      `This model is another provider's, and the request cannot be converted: ${error.message}.`,
      { cause: error },
    );
  }
}

/**
 * Converts requests between the API formats. Chat completions stand in the middle: a format needs one function to them,
 * one from them, and for responses, which are converted directly, a reader and a writer (`answer-forms.ts`).
 * @module
 */

import { answerConversion } from "./answer-forms";
import { plainTools } from "./asked-chat";
import {
  type CallLimits,
  GEMINI_LIMITS,
  MESSAGES_LIMITS,
  OPENAI_NAME,
  RESPONSES_LIMITS,
  withinLimits,
} from "./calls/call-limits";
import { type ChatDialect, IN_BETWEEN } from "./chat-dialect";
import { chatToGemini } from "./chat-to-gemini";
import { chatToMessages } from "./chat-to-messages";
import { chatToResponses } from "./chat-to-responses";
import type { CallerContext, Conversion, ConvertibleForm } from "./conversion";
import { geminiToChat, wantsThoughts } from "./gemini-to-chat";
import { type Fields, fields, list } from "./json";
import type { ConvertedRequest } from "./losses";
import { messagesToChat } from "./messages-to-chat";
import { responsesToChat } from "./responses-to-chat";
import { repeatedFields } from "./responses-writer";

/** A request as it arrived. */
export interface AskedRequest {
  readonly body: unknown;
  /** As the provider names it. */
  readonly model: string;
  /** As the caller named it: responses repeat it. */
  readonly named: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Estimated tokens of the request: the beginning of Messages must report them, and only their end knows. */
  readonly inputGuess: number;
  /** Whether to stream, where the path says it (Gemini); elsewhere the body does. */
  readonly isStream: boolean;
}

export interface RequestConversion {
  readonly request: Fields;
  readonly isStream: boolean;
  readonly conversion: Conversion;
}

/**
 * @param dialect The provider's, if it gets chat completions.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function convertRequest(
  from: ConvertibleForm,
  to: ConvertibleForm,
  asked: AskedRequest,
  dialect: ChatDialect,
): RequestConversion {
  const { chat, caller } = readRequest(from, asked, to === "chat" ? dialect : IN_BETWEEN);
  const { request, renamed } = withinLimits(chat.request, limitsOf(to, dialect));
  const said = FROM_CHAT[to](request, asked.model);
  const dropped = [...new Set([...chat.dropped, ...said.dropped])];
  const facts = { caller, upstream: to, seed: asked.nowMs.toString(36), renamed };
  const isStream = chat.request.stream === true;
  return {
    request: said.request,
    isStream,
    conversion: {
      from,
      to,
      dropped,
      facts,
      isStream,
      maxTokens: limitOf(chat.request),
      ...answerConversion(facts),
    },
  };
}

function limitsOf(form: ConvertibleForm, dialect: ChatDialect): CallLimits {
  switch (form) {
    case "chat":
      return { name: OPENAI_NAME, id: dialect.callId };
    case "messages":
      return MESSAGES_LIMITS;
    case "responses":
      return RESPONSES_LIMITS;
    case "gemini":
      return GEMINI_LIMITS;
  }
}

function limitOf({ max_completion_tokens, max_tokens }: Fields): number | null {
  const limit = max_completion_tokens ?? max_tokens;
  return typeof limit === "number" ? limit : null;
}

interface ReadRequest {
  readonly chat: ConvertedRequest;
  readonly caller: CallerContext;
}

function readRequest(
  form: ConvertibleForm,
  { body, model, named, nowMs, inputGuess, isStream }: AskedRequest,
  dialect: ChatDialect,
): ReadRequest {
  const request = fields(body);
  switch (form) {
    case "chat": {
      const includesUsage = fields(request.stream_options).include_usage === true;
      const context = { model: named, nowMs, includesUsage, plainTools: plainTools(request) };
      return { chat: { request, dropped: [] }, caller: { form, context } };
    }
    case "messages": {
      const context = { model: named, inputGuess };
      return { chat: messagesToChat(body, model, dialect), caller: { form, context } };
    }
    case "responses": {
      const { names, ...chat } = responsesToChat(body, model, dialect);
      const sealsThoughts = list(request.include).includes("reasoning.encrypted_content");
      const about = { model: named, nowMs, sealsThoughts, request: repeatedFields(request) };
      return { chat, caller: { form, context: { ...about, tools: names.listed() } } };
    }
    case "gemini": {
      const context = { model: named, includesThoughts: wantsThoughts(body) };
      return { chat: geminiToChat(body, model, dialect, isStream), caller: { form, context } };
    }
  }
}

const FROM_CHAT: Readonly<
  Record<ConvertibleForm, (chat: Fields, model: string) => ConvertedRequest>
> = {
  chat: (request) => ({ request, dropped: [] }),
  messages: chatToMessages,
  responses: chatToResponses,
  gemini: chatToGemini,
};

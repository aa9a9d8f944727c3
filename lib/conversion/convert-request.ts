/**
 * Converts requests between the API formats. Chat completions stand in the middle: a format needs one function to them,
 * one from them, and a reader and a writer for responses, which are converted directly.
 * @module
 */
import { type ChatDialect, IN_BETWEEN } from "./chat-dialect";
import { ChatReader } from "./chat-reader";
import { chatToGemini } from "./chat-to-gemini";
import { chatToMessages } from "./chat-to-messages";
import { chatToResponses } from "./chat-to-responses";
import { ChatWriter, chatAnswer, chatError } from "./chat-writer";
import type { Conversion, ConvertedRequest, ConvertibleForm, PartReader } from "./conversion";
import { GeminiReader } from "./gemini-reader";
import { geminiToChat, wantsThoughts } from "./gemini-to-chat";
import { GeminiWriter, geminiAnswer, geminiError } from "./gemini-writer";
import { type Fields, fields, list } from "./json";
import { MessagesReader } from "./messages-reader";
import { messagesToChat } from "./messages-to-chat";
import { MessagesWriter, messagesAnswer, messagesError } from "./messages-writer";
import { ResponsesReader } from "./responses-reader";
import { responsesToChat } from "./responses-to-chat";
import { ResponsesWriter, responsesAnswer, responsesError } from "./responses-writer";

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
  const read = CALLERS[from](asked, to === "chat" ? dialect : IN_BETWEEN);
  const upstream = UPSTREAMS[to];
  const said = upstream.request(read.chat.request, asked.model);
  const dropped = [...new Set([...read.chat.dropped, ...said.dropped])];
  return {
    request: said.request,
    isStream: read.chat.request.stream === true,
    conversion: { from, to, dropped, reader: () => upstream.reader(asked), ...read.answering },
  };
}

interface ReadRequest {
  readonly chat: ConvertedRequest;
  readonly answering: Pick<Conversion, "writer" | "answer" | "error">;
}

/** The formats of callers. */
const CALLERS: Readonly<
  Record<ConvertibleForm, (asked: AskedRequest, dialect: ChatDialect) => ReadRequest>
> = {
  chat({ body, named, nowMs }) {
    const request = fields(body);
    const { include_usage } = fields(request.stream_options);
    const context = { model: named, nowMs, includesUsage: include_usage === true };
    return {
      chat: { request, dropped: [] },
      answering: {
        writer: () => new ChatWriter(context),
        answer: (parts) => chatAnswer(parts, context),
        error: chatError,
      },
    };
  },
  messages({ body, model, named, inputGuess }, dialect) {
    const context = { model: named, inputGuess };
    return {
      chat: messagesToChat(body, model, dialect),
      answering: {
        writer: () => new MessagesWriter(context),
        answer: (parts) => messagesAnswer(parts, context),
        error: messagesError,
      },
    };
  },
  responses({ body, model, named, nowMs }, dialect) {
    const { names, ...chat } = responsesToChat(body, model, dialect);
    const request = fields(body);
    const sealsThoughts = list(request.include).includes("reasoning.encrypted_content");
    const context = { model: named, nowMs, names, sealsThoughts, request };
    return {
      chat,
      answering: {
        writer: () => new ResponsesWriter(context),
        answer: (parts) => responsesAnswer(parts, context),
        error: responsesError,
      },
    };
  },
  gemini({ body, model, named, isStream }, dialect) {
    const context = { model: named, includesThoughts: wantsThoughts(body) };
    return {
      chat: geminiToChat(body, model, dialect, isStream),
      answering: {
        writer: () => new GeminiWriter(context),
        answer: (parts) => geminiAnswer(parts, context),
        error: geminiError,
      },
    };
  },
};

interface Upstream {
  request(chat: Fields, model: string): ConvertedRequest;
  reader(asked: AskedRequest): PartReader;
}

/** The formats of providers. */
const UPSTREAMS: Readonly<Record<ConvertibleForm, Upstream>> = {
  chat: {
    request: (request) => ({ request, dropped: [] }),
    reader: () => new ChatReader(),
  },
  messages: { request: chatToMessages, reader: () => new MessagesReader() },
  responses: { request: chatToResponses, reader: () => new ResponsesReader() },
  gemini: {
    request: chatToGemini,
    reader: ({ nowMs }) => new GeminiReader(nowMs.toString(36)),
  },
};

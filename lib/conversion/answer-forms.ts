/**
 * How responses are read and written, by format. What a response needs to know of its request is plain data, so that it
 * can be converted elsewhere.
 * @module
 */
import { SteadyCalls } from "./calls/steady-calls";
import { ChatReader } from "./chat-reader";
import { ChatWriter, chatAnswer, chatError } from "./chat-writer";
import type {
  AnswerConversion,
  AnswerFacts,
  CallerContext,
  ConvertibleForm,
  PartReader,
} from "./conversion";
import { GeminiReader } from "./gemini-reader";
import { GeminiWriter, geminiAnswer, geminiError } from "./gemini-writer";
import { MessagesReader } from "./messages-reader";
import { MessagesWriter, messagesAnswer, messagesError } from "./messages-writer";
import { ResponsesReader } from "./responses-reader";
import { ResponsesWriter, responsesAnswer, responsesError } from "./responses-writer";

/** @param facts Of the request: all that is needed. */
export function answerConversion(facts: AnswerFacts): AnswerConversion {
  const { caller, upstream, seed, renamed } = facts;
  const reader = () => new SteadyCalls(READERS[upstream](seed), seed, renamed);
  return { reader, ...writing(caller) };
}

const READERS: Readonly<Record<ConvertibleForm, (seed: string) => PartReader>> = {
  chat: () => new ChatReader(),
  messages: () => new MessagesReader(),
  responses: () => new ResponsesReader(),
  gemini: (seed) => new GeminiReader(seed),
};

function writing({ form, context }: CallerContext): Omit<AnswerConversion, "reader"> {
  switch (form) {
    case "chat":
      return {
        writer: () => new ChatWriter(context),
        answer: (parts) => chatAnswer(parts, context),
        error: chatError,
      };
    case "messages":
      return {
        writer: () => new MessagesWriter(context),
        answer: (parts) => messagesAnswer(parts, context),
        error: messagesError,
      };
    case "responses":
      return {
        writer: () => new ResponsesWriter(context),
        answer: (parts) => responsesAnswer(parts, context),
        error: responsesError,
      };
    case "gemini":
      return {
        writer: () => new GeminiWriter(context),
        answer: (parts) => geminiAnswer(parts, context),
        error: geminiError,
      };
  }
}

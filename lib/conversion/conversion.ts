/**
 * Converts a response to the API format of the request.
 * @module
 */

import type { AnswerPart } from "./answer-part";
import type { RenamedTools } from "./calls/call-limits";
import type { ChatContext } from "./chat-writer";
import type { GeminiContext } from "./gemini-writer";
import type { Fields } from "./json";
import type { MessagesContext } from "./messages-writer";
import type { ResponsesContext } from "./responses-writer";
import type { EventWriter } from "./written-event";

/** Reads the pieces of one response. */
export interface PartReader {
  read(piece: unknown): AnswerPart[];
}

/** The API formats, by the names of their endpoints. */
export type ConvertibleForm = "messages" | "responses" | "chat" | "gemini";

/** The caller's format, and what its responses repeat from the request. */
export type CallerContext =
  | { readonly form: "chat"; readonly context: ChatContext }
  | { readonly form: "messages"; readonly context: MessagesContext }
  | { readonly form: "responses"; readonly context: ResponsesContext }
  | { readonly form: "gemini"; readonly context: GeminiContext };

/** All that is needed to convert a response: plain data. */
export interface AnswerFacts {
  readonly caller: CallerContext;
  readonly upstream: ConvertibleForm;
  /** Makes ids of calls, where neither they nor the response have one. */
  readonly seed: string;
  /** The tools that have another name at the upstream. */
  readonly renamed: RenamedTools;
}

/** How responses are converted back to the format of the request. */
export interface AnswerConversion {
  reader(): PartReader;
  writer(): EventWriter;
  /** A complete response. */
  answer(parts: readonly AnswerPart[]): Fields;
  /** An error. @param status The response's. */
  error(type: string, message: string, status: number): Fields;
}

/** A request that was converted to another format, and how to convert its response back. */
export interface Conversion extends AnswerConversion {
  readonly from: ConvertibleForm;
  readonly to: ConvertibleForm;
  /** Fields of the request that were left out. */
  readonly dropped: readonly string[];
  /** Whether the caller wants a stream. */
  readonly isStream: boolean;
  /** The output limit that the request has; null for none. */
  readonly maxTokens: number | null;
  /** The same as plain data, to convert the response elsewhere. */
  readonly facts: AnswerFacts;
}

/** For people and for the header: `messages to chat`. */
export function conversionName({ from, to }: Pick<Conversion, "from" | "to">): string {
  return `${from} to ${to}`;
}

/**
 * Converts a response to the API format of the request.
 * @module
 */

import type { AnswerPart } from "./answer-part";
import type { Fields } from "./json";
import type { EventWriter } from "./written-event";

/** Reads the pieces of one response. */
export interface PartReader {
  read(piece: unknown): AnswerPart[];
}

/** The API formats, by the names of their endpoints. */
export type ConvertibleForm = "messages" | "responses" | "chat" | "gemini";

/** A request's body in another format. */
export interface ConvertedRequest {
  readonly request: Fields;
  /** Names of fields that were left out, for the caller. */
  readonly dropped: readonly string[];
}

/** A request that was converted to another format, and how to convert its response back. */
export interface Conversion {
  readonly from: ConvertibleForm;
  readonly to: ConvertibleForm;
  /** Fields of the request that were left out. */
  readonly dropped: readonly string[];
  reader(): PartReader;
  writer(): EventWriter;
  /** A complete response. */
  answer(parts: readonly AnswerPart[]): Fields;
  /** An error. @param status The response's. */
  error(type: string, message: string, status: number): Fields;
}

/** For people and for the header: `messages to chat`. */
export function conversionName({ from, to }: Pick<Conversion, "from" | "to">): string {
  return `${from} to ${to}`;
}

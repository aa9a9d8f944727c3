/**
 * What is done to an answer so that it has the form in which was asked.
 * @module
 */

import type { AnswerPart } from "./answer-part";
import type { Fields } from "./json";
import type { EventWriter } from "./written-event";

/** Reads the pieces of one answer. */
export interface PartReader {
  read(piece: unknown): AnswerPart[];
}

/** The forms, by the names of their endpoints. */
export type ConvertibleForm = "messages" | "responses" | "chat" | "gemini";

/** A request that was said in another form, and the way back for its answer. */
export interface Conversion {
  readonly from: ConvertibleForm;
  readonly to: ConvertibleForm;
  /** Fields of the request that were left out. */
  readonly dropped: readonly string[];
  reader(): PartReader;
  writer(): EventWriter;
  /** A whole answer. */
  answer(parts: readonly AnswerPart[]): Fields;
  /** An error. @param status The answer's. */
  error(type: string, message: string, status: number): Fields;
}

/** For people and for the header: `messages to chat`. */
export function conversionName({ from, to }: Pick<Conversion, "from" | "to">): string {
  return `${from} to ${to}`;
}

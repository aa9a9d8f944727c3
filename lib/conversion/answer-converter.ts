/**
 * Turns an upstream's answer, as events or whole, into the form in which was asked.
 * @module
 */
import type { AnswerEvent } from "../http/split-events";
import type { AnswerPart } from "./answer-part";
import { errorPart } from "./chat-reader";
import type { Conversion, PartReader } from "./conversion";
import { type Fields, fields, parsedJson } from "./json";
import { type EventWriter, sseText } from "./written-event";

/** The end of a stream of chat completions. */
const DONE = "[DONE]";

export class StreamConverter {
  readonly #reader: PartReader;
  readonly #writer: EventWriter;
  #isOver = false;

  constructor(conversion: Conversion) {
    this.#reader = conversion.reader();
    this.#writer = conversion.writer();
  }

  /** What these events come to, as Server-Sent Events; empty for nothing yet. */
  push(events: readonly AnswerEvent[]): string {
    let written = "";
    for (const { data } of events) {
      if (this.#isOver) break;
      if (data === DONE) {
        written += this.end();
        continue;
      }
      const piece = parsedJson(data);
      if (piece === null) continue;
      for (const part of this.#reader.read(piece)) written += sseText(this.#writer.write(part));
    }
    return written;
  }

  end(): string {
    if (this.#isOver) return "";
    this.#isOver = true;
    return sseText(this.#writer.end());
  }
}

export interface WholeAnswer {
  readonly body: Fields;
  /** Whether it was an answer at all. */
  readonly isAnswer: boolean;
}

/**
 * A whole answer, or a whole error.
 * @param text As the upstream sent it.
 */
export function convertWhole(text: string, status: number, conversion: Conversion): WholeAnswer {
  const json = parsedJson(text);
  if (status >= 400) {
    const { type, message } = errorIn(json, text);
    return { body: conversion.error(type, message, status), isAnswer: true };
  }
  const parts: readonly AnswerPart[] = json === null ? [] : conversion.reader().read(json);
  const error = parts.find((part) => part.kind === "error");
  if (error !== undefined) {
    return { body: conversion.error(error.type, error.message, status), isAnswer: false };
  }
  if (parts.length === 0) {
    const message = "The upstream's answer is none in the form that it was asked in.";
    return { body: conversion.error("api_error", message, status), isAnswer: false };
  }
  return { body: conversion.answer(parts), isAnswer: true };
}

/** Services of every kind say it in `error`, or in `message` or `detail` at the top. */
function errorIn(json: unknown, raw: string): { type: string; message: string } {
  const error = fields(Array.isArray(json) ? json[0] : json);
  const told = errorPart(error.error ?? error);
  const message = told.message || String(error.message ?? error.detail ?? "");
  return { type: told.type, message: message || raw.slice(0, 1_000) };
}

/**
 * Converts an upstream's response, as events or whole, into the API format of the request.
 * @module
 */
import { type AnswerEvent, BEGINS_AS_EVENTS, eventSplitter } from "../http/split-events";
import type { AnswerPart } from "./answer-part";
import { errorPart } from "./chat-reader";
import type { AnswerConversion, PartReader } from "./conversion";
import { type Fields, fields, parsedJson } from "./json";
import { type EventWriter, sseText, type WrittenEvent } from "./written-event";

const encoder = new TextEncoder();

/** The end of a stream of chat completions. */
const DONE = "[DONE]";

/** Writers keep what a whole response repeats at its end. */
const MAX_CHARS = 64 * 1024 * 1024;

export class StreamConverter {
  readonly #reader: PartReader;
  readonly #writer: EventWriter;
  #isOver = false;
  #chars = 0;

  constructor(conversion: AnswerConversion) {
    this.#reader = conversion.reader();
    this.#writer = conversion.writer();
  }

  /** The output for these events, as Server-Sent Events; empty if there is none yet. */
  push(events: readonly AnswerEvent[]): string {
    let written = "";
    for (const event of events) {
      if (this.#isOver) break;
      if (event.data.trim() === DONE) {
        written += this.end();
        continue;
      }
      for (const part of this.#partsOf(event)) {
        written += part.kind === "end" ? this.end() : sseText(this.#writer.write(part));
        // Nothing follows an error, neither an end nor buffered parts.
        if (part.kind === "error") this.#isOver = true;
      }
    }
    return written;
  }

  #partsOf(event: AnswerEvent): readonly AnswerPart[] {
    this.#chars += event.data.length;
    if (this.#chars > MAX_CHARS) return [errorPart("The answer is too long to be converted.")];
    return orError(() => this.#readEvent(event));
  }

  #readEvent({ name, data }: AnswerEvent): readonly AnswerPart[] {
    const json = parsedJson(data);
    // Google's OpenAI-compatible endpoint wraps errors in a list.
    const piece = Array.isArray(json) ? json[0] : json;
    if (name === "error" || fields(piece).type === "error") return [errorEvent(piece, data)];
    return piece === null ? [] : this.#reader.read(piece);
  }

  end(): string {
    if (this.#isOver) return "";
    this.#isOver = true;
    return sseText(this.#writer.end());
  }
}

/** JSON that is nested thousands of levels deep is too much for the engine. */
function orError(read: () => readonly AnswerPart[]): readonly AnswerPart[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return [errorPart("The answer is nested too deeply.")];
    throw error;
  }
}

export interface WholeAnswer {
  readonly body: Fields;
  /** Whether it was a valid response at all. */
  readonly isAnswer: boolean;
}

/**
 * A complete response, or a complete error.
 * @param text As the upstream sent it.
 */
export function convertWhole(
  text: string,
  status: number,
  conversion: AnswerConversion,
): WholeAnswer {
  const json = parsedJson(text);
  if (status < 300 && json === null && BEGINS_AS_EVENTS.test(text.trimStart())) {
    return wholeOfStream(text, status, conversion);
  }
  if (status >= 400) {
    const { type, message } = errorIn(Array.isArray(json) ? json[0] : json, text);
    return { body: conversion.error(type, message, status), isAnswer: true };
  }
  const whole = Array.isArray(json) ? json[0] : json;
  const parts = json === null ? [] : orError(() => conversion.reader().read(whole));
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

/** Of a stream that was not asked for: some services know nothing else. */
function wholeOfStream(text: string, status: number, conversion: AnswerConversion): WholeAnswer {
  const collected = new PartCollector();
  const converter = new StreamConverter({ ...conversion, writer: () => collected });
  const splitter = eventSplitter("sse");
  converter.push([...splitter.push(encoder.encode(text)), ...splitter.end()]);
  converter.end();
  const { parts } = collected;
  const error = parts.find((part) => part.kind === "error") ?? collected.cut;
  if (error === null) return { body: conversion.answer(parts), isAnswer: true };
  return { body: conversion.error(error.type, error.message, status), isAnswer: false };
}

class PartCollector implements EventWriter {
  readonly parts: AnswerPart[] = [];

  write(part: AnswerPart): WrittenEvent[] {
    this.parts.push(part);
    return [];
  }

  end(): WrittenEvent[] {
    return [];
  }

  /** An error for a stream without an end. */
  get cut() {
    const isWhole = this.parts.some(({ kind }) => kind === "finish");
    return isWhole ? null : errorPart("The answer was cut off before its end.");
  }
}

/** All kinds of services use `error`, or `message` or `detail` at the top level. */
function errorIn(json: unknown, raw: string): { type: string; message: string } {
  const error = fields(json);
  const part = errorPart(error.error ?? error);
  const message = part.message || String(error.message ?? error.detail ?? "");
  return { type: part.type, message: message || raw.slice(0, 1_000) };
}

function errorEvent(json: unknown, raw: string): AnswerPart {
  return { kind: "error", ...errorIn(json, raw) };
}

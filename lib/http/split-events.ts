/**
 * Splits a response's bytes, in any pieces, into its events: Server-Sent Events, the values of a JSON list or of lines
 * of JSON, the messages of Amazon's event stream.
 * @module
 */

import { AwsFrames, readFrame } from "./aws-frames";
import { JsonValues } from "./json-values";
import type { HeaderFields } from "./read-headers";
import { readFirstSseEvent } from "./read-sse-event";

export type EventFraming = "sse" | "json" | "lines" | "aws";

export interface AnswerEvent {
  /** The `event` field, or Amazon's `:event-type`; empty if there is none. */
  readonly name: string;
  /** Its text, nearly always JSON. */
  readonly data: string;
  /** Amazon's name of the error that a message reports; null for everything else. */
  readonly exception: string | null;
}

export interface EventSplitter {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly AnswerEvent[];
  /** The events in which the bytes ended without completing them. */
  end(): readonly AnswerEvent[];
  /** The length of the incomplete event, in characters or bytes; comments and blank lines don't count. */
  readonly unfinished: number;
  /** The beginning of that event, as text; empty if there is none, or it isn't text. */
  readonly begun: string;
}

/** Services send few. */
const types = new Map<string, string>();
const MAX_TYPES = 200;

/**
 * A response's media type (RFC 9110, section 8.3), lower case, without parameters and repetitions; empty if there is
 * none.
 */
export function mediaType(headers: HeaderFields): string {
  const contentType = headers.get("content-type");
  if (contentType === null) return "";
  let type = types.get(contentType);
  if (type === undefined) {
    type = (/^[^;,]*/.exec(contentType)?.[0] ?? "").trim().toLowerCase();
    if (types.size >= MAX_TYPES) types.clear();
    types.set(contentType, type);
  }
  return type;
}

/** Types that careless services send for JSON and for events: the first characters show what it is. */
const VAGUE_TYPES: ReadonlySet<string> = new Set(["", "text/plain", "text/html", "text/json"]);

/** Whether a body may be any kind of text. */
export function isVagueType(type: string): boolean {
  return VAGUE_TYPES.has(type);
}

/**
 * How a response is split into events, by its media type; null if it contains none (audio, images). Something other
 * than JSON that is treated as JSON here is recognized by its first characters.
 */
export function eventFramingOf(type: string): EventFraming | null {
  if (type === "text/event-stream") return "sse";
  if (type === "application/vnd.amazon.eventstream") return "aws";
  if (/^application\/(?:x-ndjson|ndjson|x-jsonl|jsonl|stream\+json|json-seq)$/.test(type)) {
    return "lines";
  }
  return isVagueType(type) || /^application\/.*json/.test(type) ? "json" : null;
}

/** Whether a text begins like Server-Sent Events, and unlike any JSON. */
export const BEGINS_AS_EVENTS = /^(?:data|event|id|retry)?:/;
/** The characters needed to recognize it. */
export const BEGINNING_CHARS = 6;

/** Encodings that the platform decodes when the body is read. */
const READABLE_ENCODING = /^(?:gzip|br|identity)$/;

/** Whether a response's bytes are decoded when they are read. */
export function isReadable(headers: HeaderFields): boolean {
  const encoding = headers.get("content-encoding");
  return encoding === null || READABLE_ENCODING.test(encoding);
}

/** The framing of a response whose bytes can be read; null if it has none, or another encoding. */
export function readableFraming(headers: HeaderFields): EventFraming | null {
  return isReadable(headers) ? eventFramingOf(mediaType(headers)) : null;
}

export function eventSplitter(framing: EventFraming): EventSplitter {
  if (framing === "sse") return new SseSplitter();
  return framing === "aws" ? new AwsSplitter() : new JsonSplitter();
}

/** Two line ends, of either kind. */
const EVENT_END = /\n\r?\n|\r\r/;
/** The most characters of an event's end that may be in the previous piece. */
const END_CHARS = 3;
/** Lines without content before an event. */
const SILENT_LINES = /^(?:[ \t]*(?::[^\r\n]*)?(?:\r\n|\n|\r))+/;
/** A comment or blanks in progress, whose length doesn't matter. */
const SILENT_LINE = /^(?:[ \t]*(:).*|([ \t])+)$/;

const BEGUN_CHARS = 256;

class SseSplitter implements EventSplitter {
  readonly #decoder = new TextDecoder();
  /** The event in progress, in pieces: a long one is joined once, when it is complete. */
  #pieces: string[] = [];
  #last = "";
  unfinished = 0;

  push(bytes: Uint8Array): readonly AnswerEvent[] {
    const piece = this.#decoder.decode(bytes, { stream: true });
    if (!EVENT_END.test(this.#last + piece)) {
      this.#keep(piece);
      return [];
    }
    const blocks = [...this.#pieces, piece].join("").split(EVENT_END);
    this.#pieces = [];
    this.#last = "";
    this.#keep(blocks.pop() ?? "");
    return blocks.map(sseEvent).filter((event) => event !== null);
  }

  end(): readonly AnswerEvent[] {
    const event = sseEvent(this.#pieces.join("") + this.#decoder.decode());
    this.#pieces = [];
    this.unfinished = 0;
    return event === null ? [] : [event];
  }

  get begun(): string {
    const [first = "", second = ""] = this.#pieces;
    return (first.length < BEGUN_CHARS ? first + second : first).slice(0, BEGUN_CHARS);
  }

  #keep(piece: string): void {
    this.#last = (this.#last + piece).slice(-END_CHARS);
    const [only = ""] = this.#pieces;
    // No event has begun if everything kept is blank, or the beginning of a comment.
    if (this.#pieces.length < 2 && /^[ \t]*(?::|$)/.test(only)) {
      const kept = (only + piece).replace(SILENT_LINES, "").replace(SILENT_LINE, "$1$2");
      this.#pieces = [kept];
      this.unfinished = kept.length;
    } else {
      this.#pieces.push(piece);
      this.unfinished += piece.length;
    }
  }
}

/** One event's lines; null for comments alone. */
export function sseEvent(lines: string): AnswerEvent | null {
  // An error body that a server wrote into the stream it had begun.
  const raw = /^\s*([[{][\s\S]*)$/.exec(lines.replace(SILENT_LINES, ""))?.[1];
  if (raw !== undefined) return jsonEvent(raw.split(/\n(?=data:|event:)/)[0] ?? raw);
  const event = readFirstSseEvent(lines);
  if (event === null) return null;
  return { name: event.event === "message" ? "" : event.event, data: event.data, exception: null };
}

class JsonSplitter implements EventSplitter {
  readonly #decoder = new TextDecoder();
  readonly #values = new JsonValues();

  push(bytes: Uint8Array): readonly AnswerEvent[] {
    return this.#values.push(this.#decoder.decode(bytes, { stream: true })).map(jsonEvent);
  }

  end(): readonly AnswerEvent[] {
    const rest = this.#values.rest.trim();
    return rest === "" ? [] : [jsonEvent(rest)];
  }

  get unfinished(): number {
    return this.#values.rest.length;
  }

  get begun(): string {
    return this.#values.rest.slice(0, BEGUN_CHARS);
  }
}

export function jsonEvent(data: string): AnswerEvent {
  return { name: "", data, exception: null };
}

class AwsSplitter implements EventSplitter {
  readonly #frames = new AwsFrames();
  readonly begun = "";
  unfinished = 0;

  push(bytes: Uint8Array): readonly AnswerEvent[] {
    const frames = this.#frames.push(bytes);
    this.unfinished = frames.length > 0 ? 0 : this.unfinished + bytes.length;
    return frames.map(awsEvent);
  }

  end(): readonly AnswerEvent[] {
    return [];
  }
}

export function awsEvent(frame: Uint8Array): AnswerEvent {
  const { headers, payload } = readFrame(frame);
  const isError = headers.get(":message-type") !== "event" && headers.has(":message-type");
  const exception = headers.get(":exception-type") ?? headers.get(":error-code") ?? null;
  return {
    name: headers.get(":event-type") ?? "",
    data: innerText(payload),
    exception: isError || exception !== null ? (exception ?? "error") : null,
  };
}

/** InvokeModel wraps the model's own events: `{"bytes":"<base64>"}`. */
function innerText(payload: string): string {
  const base64 = /^\s*\{\s*"bytes"\s*:\s*"([A-Za-z0-9+/=]*)"/.exec(payload)?.[1];
  if (base64 === undefined) return payload;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return payload;
  }
}

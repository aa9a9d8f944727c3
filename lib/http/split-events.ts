/**
 * Takes an answer's bytes, however they are cut, apart into its events: those of Server-Sent Events, the
 * values of a JSON list or of lines of JSON, the messages of Amazon's event stream.
 * @module
 */
import { AwsFrames, readFrame } from "./aws-frames";
import { JsonValues } from "./json-values";
import { readFirstSseEvent } from "./read-sse-event";

export type EventFraming = "sse" | "json" | "lines" | "aws";

export interface AnswerEvent {
  /** The `event` field, or Amazon's `:event-type`; empty where there is none. */
  readonly name: string;
  /** Its text, JSON nearly always. */
  readonly data: string;
  /** Amazon's name of the error that a message is about; null for everything else. */
  readonly exception: string | null;
}

export interface EventSplitter {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly AnswerEvent[];
  /** What the bytes ended in without being complete. */
  end(): readonly AnswerEvent[];
}

/** How an answer is cut into events, by its content type; null where it holds none (audio, images, HTML). */
export function eventFramingOf(contentType: string | null): EventFraming | null {
  if (contentType === null) return null;
  if (contentType.startsWith("text/event-stream")) return "sse";
  if (contentType.startsWith("application/vnd.amazon.eventstream")) return "aws";
  if (/^application\/(?:x-ndjson|ndjson|x-jsonl|jsonl|stream\+json|json-seq)/.test(contentType)) {
    return "lines";
  }
  return /^application\/[^;]*json/.test(contentType) ? "json" : null;
}

/** What the platform unpacks where it is read. */
const READABLE_ENCODING = /^(?:gzip|br|identity)$/;

/** The framing of an answer whose bytes can be read; null where it has none, or is packed in another way. */
export function readableFraming(headers: Headers): EventFraming | null {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && !READABLE_ENCODING.test(encoding)) return null;
  return eventFramingOf(headers.get("content-type"));
}

export function eventSplitter(framing: EventFraming): EventSplitter {
  if (framing === "sse") return new SseSplitter();
  return framing === "aws" ? new AwsSplitter() : new JsonSplitter();
}

/** Two line ends, of either kind. */
const EVENT_END = /\n\r?\n|\r\r/g;

class SseSplitter implements EventSplitter {
  readonly #decoder = new TextDecoder();
  #text = "";
  /** No end of an event lies before this. */
  #searched = 0;

  push(bytes: Uint8Array): readonly AnswerEvent[] {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const events: AnswerEvent[] = [];
    let from = 0;
    EVENT_END.lastIndex = Math.max(0, this.#searched - 3);
    for (let end = EVENT_END.exec(this.#text); end !== null; end = EVENT_END.exec(this.#text)) {
      const event = sseEvent(this.#text.slice(from, end.index));
      if (event !== null) events.push(event);
      from = end.index + end[0].length;
    }
    if (from > 0) this.#text = this.#text.slice(from);
    this.#searched = this.#text.length;
    return events;
  }

  end(): readonly AnswerEvent[] {
    const event = sseEvent(this.#text + this.#decoder.decode());
    this.#text = "";
    return event === null ? [] : [event];
  }
}

/** One event's lines; null for comments alone. */
export function sseEvent(lines: string): AnswerEvent | null {
  // An error body that a server wrote into the stream it had begun.
  const raw = /^\s*([[{][\s\S]*)$/.exec(lines)?.[1];
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
}

export function jsonEvent(data: string): AnswerEvent {
  return { name: "", data, exception: null };
}

class AwsSplitter implements EventSplitter {
  readonly #frames = new AwsFrames();

  push(bytes: Uint8Array): readonly AnswerEvent[] {
    return this.#frames.push(bytes).map(awsEvent);
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

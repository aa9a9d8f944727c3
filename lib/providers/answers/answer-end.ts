/**
 * How a response in delivery ended: complete, broken off, or with an error after its first output. Costs a copy of the
 * last bytes, and nothing per event, until the response is over.
 * @module
 */
import { AwsFrames } from "../../http/aws-frames";
import { lastJsonObjects } from "../../http/json-values";
import {
  type AnswerEvent,
  awsEvent,
  BEGINNING_CHARS,
  BEGINS_AS_EVENTS,
  type EventFraming,
  jsonEvent,
  sseEvent,
} from "../../http/split-events";
import { readEvent } from "./answer-event";

/**
 * `whole`: its end marker arrived; `cut`: it didn't, although the protocol has one; `unmarked`: the protocol has no end
 * marker.
 */
export type AnswerEnding =
  | { readonly kind: "whole" | "cut" | "unmarked" }
  | { readonly kind: "error"; readonly event: AnswerEvent };

const WHOLE: AnswerEnding = { kind: "whole" };
const CUT: AnswerEnding = { kind: "cut" };
const UNMARKED: AnswerEnding = { kind: "unmarked" };

/** What follows the event that ends a response: usage, closing marks, comments. */
const LAST_EVENTS = 8;
const TAIL_BYTES = 32 * 1024;
/** For an event longer than the tail (a whole response, an image), its name is kept. */
const NAME_BYTES = 512;

const decoder = new TextDecoder();

export interface AnswerEnd {
  /** Passes on the next bytes; they are copied. */
  push(bytes: Uint8Array): void;
  /** What is known if no more bytes arrive. */
  ending(): AnswerEnding;
}

export function answerEnd(framing: EventFraming): AnswerEnd {
  return framing === "aws" ? new FramedEnd() : new TextEnd(framing);
}

class FramedEnd implements AnswerEnd {
  readonly #frames = new AwsFrames();
  #last: Uint8Array[] = [];

  push(bytes: Uint8Array): void {
    const frames = this.#frames.push(bytes);
    if (frames.length > 0) this.#last = [...this.#last, ...frames].slice(-LAST_EVENTS);
  }

  ending(): AnswerEnding {
    return endingOf(this.#last.map(awsEvent));
  }
}

class TextEnd implements AnswerEnd {
  readonly #framing: EventFraming;
  readonly #tail = new Tail(TAIL_BYTES);
  /** The beginning of the current event. */
  #begun: Uint8Array = new Uint8Array(0);
  #endsLine = false;
  #decoder: TextDecoder | null = null;
  /** The kind of text in a response with a JSON content type. */
  #kind: "object" | "list" | "events" | "text" | null = null;
  #beginning = "";

  constructor(framing: EventFraming) {
    this.#framing = framing;
  }

  push(bytes: Uint8Array): void {
    this.#tail.push(bytes);
    if (this.#framing === "sse") this.#noteBeginning(bytes);
    else if (this.#kind === null) this.#noteKind(bytes);
  }

  ending(): AnswerEnding {
    const text = decoder.decode(this.#tail.bytes);
    if (this.#framing === "sse") return endingOf(this.#lastEvents(text));
    if (this.#framing === "lines")
      return endingOf(text.split("\n").filter(isFilled).map(jsonEvent));
    if (this.#kind === "events") return endingOf(this.#lastEvents(text));
    const isClosed = /[\]}]\s*$/.test(text);
    if (this.#kind !== "list") return isClosed || this.#kind !== "object" ? UNMARKED : CUT;
    const events = lastJsonObjects(text, LAST_EVENTS).toReversed().map(jsonEvent);
    const ending = endingOf(events);
    return ending.kind === "unmarked" && !isClosed ? CUT : ending;
  }

  #lastEvents(text: string): readonly AnswerEvent[] {
    const blocks = text.split(/\n\r?\n|\r\r/);
    // The text before the first end of an event may lack its beginning.
    if (this.#tail.isCutOff) blocks[0] = blocks.length > 1 ? "" : decoder.decode(this.#begun);
    const known = lastEventsIn(blocks);
    if (!this.#tail.isCutOff || blocks.length > 1) return known;
    return known.map((event) => withoutBody(event, text));
  }

  #noteBeginning(bytes: Uint8Array): void {
    const at = lastEventBegin(bytes, this.#endsLine);
    this.#endsLine = bytes.at(-1) === LINE_FEED;
    if (at !== null) {
      this.#begun = bytes.slice(at, at + NAME_BYTES);
      return;
    }
    const missing = NAME_BYTES - this.#begun.length;
    if (missing <= 0) return;
    const begun = new Uint8Array(this.#begun.length + Math.min(missing, bytes.length));
    begun.set(this.#begun);
    begun.set(bytes.subarray(0, missing), this.#begun.length);
    this.#begun = begun;
  }

  #noteKind(bytes: Uint8Array): void {
    // A character may be split between two packets, and so may a byte order mark.
    this.#decoder ??= new TextDecoder();
    const read = this.#decoder.decode(bytes.subarray(0, NAME_BYTES), { stream: true });
    this.#beginning = (this.#beginning + read).trimStart();
    const [first] = this.#beginning;
    if (first === "{") this.#kind = "object";
    else if (first === "[") this.#kind = "list";
    else if (BEGINS_AS_EVENTS.test(this.#beginning)) this.#kind = "events";
    else if (this.#beginning.length >= BEGINNING_CHARS) this.#kind = "text";
  }
}

/** Without comments and signs of life, of which hundreds may follow the last word. */
function lastEventsIn(blocks: readonly string[]): AnswerEvent[] {
  const last: AnswerEvent[] = [];
  for (let at = blocks.length - 1; at >= 0 && last.length < LAST_EVENTS; at -= 1) {
    const event = sseEvent(blocks[at] ?? "");
    if (event === null) continue;
    const { reading, protocol } = readEvent(event);
    if (reading !== "nothing" || protocol !== null) last.push(event);
  }
  return last.toReversed();
}

function endingOf(events: readonly AnswerEvent[]): AnswerEnding {
  const last = events.slice(-LAST_EVENTS);
  let ending: AnswerEnding = UNMARKED;
  for (const event of last) {
    const { reading, protocol } = readEvent(event);
    if (reading === "error") return { kind: "error", event };
    if (reading === "finish" || reading === "end") return lastError(last) ?? WHOLE;
    if (protocol !== null) ending = CUT;
  }
  return ending;
}

/** An error may follow the event that ends a response. */
function lastError(events: readonly AnswerEvent[]): AnswerEnding | null {
  const event = events.findLast((event) => readEvent(event).reading === "error");
  return event === undefined ? null : { kind: "error", event };
}

/** An event of which only the beginning and the end are known, reduced to its name and its end. */
function withoutBody({ name, data }: AnswerEvent, tail: string): AnswerEvent {
  const type = /"(?:type|event_type)"\s*:\s*"([^"]+)"/.exec(data)?.[1] ?? name;
  const finishReason = /"finishReason"\s*:\s*"([^"]+)"/.exec(tail)?.[1];
  if (finishReason !== undefined)
    return jsonEvent(JSON.stringify({ candidates: [{ finishReason }] }));
  return { name, data: JSON.stringify({ type }), exception: null };
}

/**
 * Where the last event begins that follows an empty line among these bytes; null if there is none.
 * @param endsLine Whether a line ended right before them.
 */
function lastEventBegin(bytes: Uint8Array, endsLine: boolean): number | null {
  for (let at = bytes.lastIndexOf(LINE_FEED); at >= 0; at = bytes.lastIndexOf(LINE_FEED, at - 1)) {
    const before = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
    if (before < 0 ? endsLine : bytes[before] === LINE_FEED) return at + 1;
    if (at === 0) break;
  }
  return null;
}

function isFilled(text: string): boolean {
  return text.trim() !== "";
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The last bytes of what passes. */
class Tail {
  readonly #size: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  #hasDropped = false;

  constructor(size: number) {
    this.#size = size;
  }

  push(bytes: Uint8Array): void {
    const piece = bytes.length > this.#size ? bytes.subarray(-this.#size) : bytes;
    if (piece.length < bytes.length) {
      this.#hasDropped = true;
      this.#length = 0;
    }
    if (this.#length + piece.length > this.#buffer.length) this.#makeRoom(piece.length);
    this.#buffer.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** Whether more passed than was kept. */
  get isCutOff(): boolean {
    return this.#hasDropped || this.#length > this.#size;
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(Math.max(0, this.#length - this.#size), this.#length);
  }

  /** Keeps at most twice the size, so that the content is rarely moved. */
  #makeRoom(needed: number): void {
    const kept = this.#buffer.subarray(
      this.#length + needed > 2 * this.#size ? Math.max(0, this.#length - this.#size) : 0,
      this.#length,
    );
    if (kept.length < this.#length) this.#hasDropped = true;
    const wanted = Math.min(2 * this.#size, Math.max(2 * (kept.length + needed), 1024));
    const buffer = wanted > this.#buffer.length ? new Uint8Array(wanted) : this.#buffer;
    buffer.set(kept);
    this.#buffer = buffer;
    this.#length = kept.length;
  }
}

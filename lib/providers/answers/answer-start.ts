/**
 * The beginning of a response with status 200: whether it contains output that a client can use, or an error, after
 * which another key may still be tried.
 * @module
 */
import {
  type AnswerEvent,
  BEGINNING_CHARS,
  BEGINS_AS_EVENTS,
  type EventFraming,
  type EventSplitter,
  eventSplitter,
  jsonEvent,
} from "../../http/split-events";
import { isErrorAnswer, readEvent } from "./answer-event";

/** What was seen so far. `nothing`: nothing useful, or not yet; `broken`: JSON that is truncated. */
export type AnswerBeginning =
  | { readonly kind: "nothing" | "output" | "broken" }
  | { readonly kind: "error"; readonly event: AnswerEvent };

const encoder = new TextEncoder();

const NOTHING: AnswerBeginning = { kind: "nothing" };
const OUTPUT: AnswerBeginning = { kind: "output" };
const BROKEN: AnswerBeginning = { kind: "broken" };

/** The event that announces the work repeats the request, with all its tools (Responses). */
const NEWS_BEGINS =
  /^\s*(?:event: ?|data: ?\{\s*"type"\s*:\s*")response\.(?:created|queued|in_progress)["\s]/;

export class AnswerStart {
  #splitter: EventSplitter;
  /** Null for event streams. JSON that isn't a list is a single response, which is classified as a whole. */
  #json: JsonStart | null;

  constructor(framing: EventFraming) {
    this.#splitter = eventSplitter(framing);
    this.#json = framing === "json" ? new JsonStart() : null;
  }

  /** What is known after these bytes; `nothing` if still unknown. */
  push(bytes: Uint8Array): AnswerBeginning {
    if (this.#json !== null) {
      const kind = this.#json.push(bytes);
      if (kind === "events") return this.#beginEvents(this.#json.text);
      if (kind === "text") return OUTPUT;
      if (kind !== "list") return NOTHING;
    }
    return beginningOf(this.#splitter.push(bytes));
  }

  /** Events with a JSON content type. */
  #beginEvents(text: string): AnswerBeginning {
    this.#json = null;
    this.#splitter = eventSplitter("sse");
    return beginningOf(this.#splitter.push(encoder.encode(text)));
  }

  /**
   * How much has arrived that may still become useful output. Padding, comments and events without content don't count,
   * however long they are.
   */
  get undecided(): number {
    if (this.#json !== null && !this.#json.isList) return this.#json.length;
    return NEWS_BEGINS.test(this.#splitter.begun) ? 0 : this.#splitter.unfinished;
  }

  /** No more bytes will arrive. */
  end(): AnswerBeginning {
    if (this.#json?.isEvents === true) return this.#beginEvents(`${this.#json.text}\n\n`);
    return this.#json === null ? beginningOf(this.#splitter.end()) : this.#json.end();
  }
}

function beginningOf(events: readonly AnswerEvent[]): AnswerBeginning {
  for (const event of events) {
    const { reading } = readEvent(event);
    if (reading === "error") return { kind: "error", event };
    if (reading === "output" || reading === "finish") return OUTPUT;
  }
  return NOTHING;
}

type JsonKind = "padding" | "object" | "list" | "events" | "text";

/** Recognizes the kind of a JSON response by its first character; keeps its whole text if it is one value. */
class JsonStart {
  readonly #decoder = new TextDecoder();
  #text = "";
  #kind: JsonKind = "padding";

  push(bytes: Uint8Array): JsonKind {
    const piece = this.#decoder.decode(bytes, { stream: true });
    if (this.#kind !== "padding") {
      this.#text += piece;
      return this.#kind;
    }
    this.#text = (this.#text + piece).trimStart();
    const [first] = this.#text;
    if (first === "{") this.#kind = "object";
    else if (first === "[") this.#kind = "list";
    else if (this.isEvents) this.#kind = "events";
    else if (this.#text.length >= BEGINNING_CHARS) this.#kind = "text";
    return this.#kind;
  }

  get text(): string {
    return this.#text;
  }

  get isEvents(): boolean {
    return BEGINS_AS_EVENTS.test(this.#text);
  }

  get isList(): boolean {
    return this.#kind === "list";
  }

  get length(): number {
    return this.#text.length;
  }

  end(): AnswerBeginning {
    if (this.#text === "") return NOTHING;
    const whole = wholeAnswer(this.#text);
    // Each event of a list was read: none was useful.
    return this.#kind === "list" && whole.kind === "output" && /^\s*\[\s*\{/.test(this.#text)
      ? NOTHING
      : whole;
  }
}

/** A complete response in JSON, or in text with a JSON content type. */
export function wholeAnswer(text: string): AnswerBeginning {
  const isError = isErrorAnswer(text);
  if (isError === null) return /^\s*[[{]/.test(text) ? BROKEN : OUTPUT;
  return isError ? { kind: "error", event: jsonEvent(text) } : OUTPUT;
}

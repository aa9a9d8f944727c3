/**
 * The beginning of an answer with status 200: whether it brings something that a client can use, or an error,
 * in place of which another key may still be asked.
 * @module
 */
import {
  type AnswerEvent,
  type EventFraming,
  type EventSplitter,
  eventSplitter,
  jsonEvent,
} from "../../http/split-events";
import { isErrorAnswer, readEvent } from "./answer-event";

/**
 * What was seen so far. `nothing` came that is of use, or so far; `broken`: JSON that ends before its end.
 */
export type AnswerBeginning =
  | { readonly kind: "nothing" | "output" | "broken" }
  | { readonly kind: "error"; readonly event: AnswerEvent };

const NOTHING: AnswerBeginning = { kind: "nothing" };
const OUTPUT: AnswerBeginning = { kind: "output" };
const BROKEN: AnswerBeginning = { kind: "broken" };

/** The news that the work has begun repeats the request, with all its tools (Responses). */
const NEWS_BEGINS =
  /^\s*(?:event: ?|data: ?\{\s*"type"\s*:\s*")response\.(?:created|queued|in_progress)["\s]/;

export class AnswerStart {
  readonly #splitter: EventSplitter;
  /** Null for streams of events. JSON that is no list is one answer, which is judged as a whole. */
  readonly #json: JsonStart | null;

  constructor(framing: EventFraming) {
    this.#splitter = eventSplitter(framing);
    this.#json = framing === "json" ? new JsonStart() : null;
  }

  /** What is known once these bytes have come; `nothing` where it is not known yet. */
  push(bytes: Uint8Array): AnswerBeginning {
    if (this.#json !== null) {
      const kind = this.#json.push(bytes);
      if (kind === "text") return OUTPUT;
      if (kind !== "list") return NOTHING;
    }
    return beginningOf(this.#splitter.push(bytes));
  }

  /**
   * So much came that may become something of use. Padding, comments and events that say nothing are none of it,
   * however long.
   */
  get undecided(): number {
    if (this.#json !== null && !this.#json.isList) return this.#json.length;
    return NEWS_BEGINS.test(this.#splitter.begun) ? 0 : this.#splitter.unfinished;
  }

  /** No more bytes come. */
  end(): AnswerBeginning {
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

/** What kind of text a JSON answer is, by its first character; its whole text where it is one value. */
class JsonStart {
  readonly #decoder = new TextDecoder();
  #text = "";
  #kind: "padding" | "object" | "list" | "text" = "padding";

  push(bytes: Uint8Array): "padding" | "object" | "list" | "text" {
    const piece = this.#decoder.decode(bytes, { stream: true });
    if (this.#kind !== "padding") {
      this.#text += piece;
      return this.#kind;
    }
    this.#text = piece.trimStart();
    const [first] = this.#text;
    if (first !== undefined) {
      this.#kind = first === "{" ? "object" : first === "[" ? "list" : "text";
    }
    return this.#kind;
  }

  get isList(): boolean {
    return this.#kind === "list";
  }

  get length(): number {
    return this.#text.length;
  }

  end(): AnswerBeginning {
    if (this.#kind === "padding") return NOTHING;
    const whole = wholeAnswer(this.#text);
    // Each event of a list was read: none was of use.
    return this.#kind === "list" && whole.kind === "output" && /^\s*\[\s*\{/.test(this.#text)
      ? NOTHING
      : whole;
  }
}

/** A whole answer in JSON, or in text that was called so. */
export function wholeAnswer(text: string): AnswerBeginning {
  const isError = isErrorAnswer(text);
  if (isError === null) return /^\s*[[{]/.test(text) ? BROKEN : OUTPUT;
  return isError ? { kind: "error", event: jsonEvent(text) } : OUTPUT;
}

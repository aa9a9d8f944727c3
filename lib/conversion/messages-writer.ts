/**
 * Writes responses as Anthropic's Messages, whole or as events. Source:
 * platform.claude.com/docs/en/api/messages-streaming.
 * @module
 */
import {
  type AnswerPart,
  type AnswerUsage,
  type FinishReason,
  NO_ANSWER_USAGE,
} from "./answer-part";
import { argumentsIn } from "./calls/call-arguments";
import { JsonEnd } from "./calls/json-end";
import { type Fields, fields, parsedJson, text } from "./json";
import { type Sealed, seal } from "./sealed-thought";
import { ThoughtDetails } from "./thought-details";
import type { EventWriter, WrittenEvent } from "./written-event";

/** Replaces Anthropic's signature for thoughts from elsewhere, which have none. */
export const UNSEALED = "one-balance";

/** What the response repeats from the request. */
export interface MessagesContext {
  /** As the caller named it. */
  readonly model: string;
  /** Estimated tokens of the request: a response's beginning must report them, and only its end knows. */
  readonly inputGuess: number;
}

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  stop_string: "stop_sequence",
  length: "max_tokens",
  tools: "tool_use",
  filter: "refusal",
};

/** https://platform.claude.com/docs/en/api/errors, by the types of others. */
const ERROR_TYPES: readonly (readonly [RegExp, string])[] = [
  [/overloaded|unavailable|capacity/i, "overloaded_error"],
  [/rate_limit|quota|too_many|exhausted/i, "rate_limit_error"],
  [/auth|api_key/i, "authentication_error"],
  [/permission|access|forbidden/i, "permission_error"],
  [/not_found/i, "not_found_error"],
  [/too_large|context_length/i, "invalid_request_error"],
  [/invalid/i, "invalid_request_error"],
];

export function messagesError(type: string, message: string, status?: number): Fields {
  const named = ERROR_TYPES.find(([pattern]) => pattern.test(type))?.[1];
  return {
    type: "error",
    error: { type: ofStatus(status) ?? named ?? "api_error", message },
  };
}

const TYPES_OF_STATUS: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  422: "invalid_request_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function ofStatus(status: number | undefined): string | undefined {
  return status === undefined ? undefined : TYPES_OF_STATUS[status];
}

function usageFields({ input, cached, cacheWritten, output }: AnswerUsage): Fields {
  return {
    // Here, the cached part isn't included.
    input_tokens: Math.max(0, input - cached - cacheWritten),
    cache_creation_input_tokens: cacheWritten,
    cache_read_input_tokens: cached,
    output_tokens: output,
  };
}

function messageId(id: string): string {
  return id.startsWith("msg_") ? id : `msg_${id === "" ? "converted" : id}`;
}

/** A complete message of these parts: what its stream adds up to. */
export function messagesAnswer(parts: readonly AnswerPart[], context: MessagesContext): Fields {
  const writer = new MessagesWriter(context);
  const hasFinish = parts.some(({ kind }) => kind === "finish");
  const finish = { kind: "finish", reason: "stop", stopString: null } as const;
  const written = [...parts, ...(hasFinish ? [] : [finish])].flatMap((part) => writer.write(part));
  let message: Fields = {};
  const blocks: Fields[] = [];
  for (const { data } of [...written, ...writer.end()]) {
    const event = fields(parsedJson(data));
    const delta = fields(event.delta);
    if (event.type === "message_start") message = fields(event.message);
    else if (event.type === "message_delta") message = { ...message, ...delta, usage: event.usage };
    else if (event.type === "content_block_start") blocks.push(fields(event.content_block));
    else if (event.type === "content_block_delta") blocks.push(grown(blocks.pop(), delta));
  }
  return { ...message, content: blocks.map(wholeBlock) };
}

/** A block with more of its text. */
function grown(block: Fields = {}, { type, ...delta }: Fields): Fields {
  if (type === "signature_delta") return { ...block, ...delta };
  const [[name, piece] = ["", ""]] = Object.entries(delta);
  return { ...block, [name]: text(block[name]) + text(piece) };
}

function wholeBlock({ partial_json, ...block }: Fields): Fields {
  return partial_json === undefined ? block : { ...block, input: argumentsIn(text(partial_json)) };
}

/** What was streamed decides: some services send `stop` after a call. */
function stopReason(reason: FinishReason, hasCalls: boolean, isRefused: boolean): string {
  if (hasCalls && reason !== "length") return STOP_REASONS.tools;
  return isRefused ? STOP_REASONS.filter : STOP_REASONS[reason];
}

type BlockKind = "thinking" | "text" | "tool";

type ToolPart = Extract<AnswerPart, { kind: "tool" }>;

/** What goes into a block. */
type ContentPart = Extract<
  AnswerPart,
  { kind: "reasoning" | "text" | "refusal" | "sealed" | "tool" }
>;

/** As something only its provider can read: clients send it back unchanged. */
function sealedBlock(sealed: Omit<Sealed, "thought">): Fields {
  return { type: "redacted_thinking", data: seal({ thought: "", ...sealed }) };
}

/** Writes one response as events. Blocks follow one another: what comes while a call is not whole waits for its end. */
export class MessagesWriter implements EventWriter {
  readonly #context: MessagesContext;
  readonly #thoughts = new ThoughtDetails();
  #isStarted = false;
  #isOver = false;
  #block: BlockKind | null = null;
  #blocks = 0;
  /** The call whose block is open, or was last. */
  #call: { readonly index: number; readonly json: JsonEnd } | null = null;
  /** What waits, in order: calls by their indexes, anything else by numbers below zero. */
  readonly #waiting = new Map<number, ContentPart>();
  #others = 0;
  #hasCalls = false;
  #isRefused = false;
  #finish: { readonly reason: FinishReason; readonly stopString: string | null } | null = null;
  #usage: AnswerUsage | null = null;

  constructor(context: MessagesContext) {
    this.#context = context;
  }

  write(part: AnswerPart): WrittenEvent[] {
    if (this.#isOver) return [];
    switch (part.kind) {
      case "start":
        return this.#start(part.id);
      case "reasoning":
      case "text":
      case "refusal":
      case "sealed":
      case "tool":
        return this.#content(part);
      case "finish":
        this.#finish = part;
        return [];
      case "usage":
        this.#usage = part.usage;
        return [];
      case "error":
        this.#isOver = true;
        return [event(messagesError(part.type, part.message))];
      case "ping":
        return this.#isStarted ? [event({ type: "ping" })] : [];
      // Other formats don't sign the text of thoughts.
      case "seal":
      case "end":
        return [];
    }
  }

  /** Nothing more comes. A response without a finish reason was cut off, and reports that. */
  end(): WrittenEvent[] {
    if (this.#isOver) return [];
    if (this.#finish === null) {
      this.#isOver = true;
      return [event(messagesError("", "The answer was cut off before its end."))];
    }
    const events = [...this.#start(""), ...this.#drain(true), ...this.#close()];
    this.#isOver = true;
    const { reason, stopString } = this.#finish;
    events.push(
      event({
        type: "message_delta",
        delta: {
          stop_reason: stopReason(reason, this.#hasCalls, this.#isRefused),
          stop_sequence: stopString,
        },
        usage: usageFields(this.#usage ?? this.#guess()),
      }),
      event({ type: "message_stop" }),
    );
    return events;
  }

  #guess(): AnswerUsage {
    return { ...NO_ANSWER_USAGE, input: this.#context.inputGuess };
  }

  #start(id: string): WrittenEvent[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    const message = {
      id: messageId(id),
      type: "message",
      role: "assistant",
      model: this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usageFields(this.#guess()), output_tokens: 1 },
    };
    return [event({ type: "message_start", message }), event({ type: "ping" })];
  }

  #text(kind: "thinking" | "text", piece: string): WrittenEvent[] {
    if (piece === "") return [];
    const delta =
      kind === "text"
        ? { type: "text_delta", text: piece }
        : { type: "thinking_delta", thinking: piece };
    if (this.#block === kind) return [this.#delta(delta)];
    const block =
      kind === "text"
        ? { type: "text", text: "" }
        : { type: "thinking", thinking: "", signature: "" };
    return [...this.#start(""), ...this.#close(), this.#open(kind, block), this.#delta(delta)];
  }

  #content(part: ContentPart): WrittenEvent[] {
    const open = this.#openCall;
    if (part.kind === "tool" && part.index === open?.index) {
      open.json.push(part.arguments);
      const piece = part.arguments === "" ? [] : [this.#argumentsDelta(part.arguments)];
      return [...piece, ...this.#drain(false)];
    }
    this.#wait(part);
    return this.#drain(false);
  }

  get #openCall() {
    return this.#block === "tool" ? this.#call : null;
  }

  #wait(part: ContentPart): void {
    if (part.kind !== "tool") {
      this.#others -= 1;
      this.#waiting.set(this.#others, part);
      return;
    }
    const begun = this.#waiting.get(part.index);
    const json = (begun?.kind === "tool" ? begun.arguments : "") + part.arguments;
    const call = begun?.kind === "tool" ? begun : part;
    // Late pieces of a closed call have no place.
    if (call.name !== "") this.#waiting.set(part.index, { ...call, arguments: json });
  }

  /** @param isLast Whether nothing more comes: no call is waited for. */
  #drain(isLast: boolean): WrittenEvent[] {
    const events: WrittenEvent[] = [];
    for (const [place, part] of this.#waiting) {
      if (!isLast && this.#openCall?.json.isWhole === false) break;
      this.#waiting.delete(place);
      events.push(...this.#now(part));
    }
    return events;
  }

  #now(part: ContentPart): WrittenEvent[] {
    switch (part.kind) {
      case "reasoning":
        return this.#text("thinking", part.text);
      case "refusal":
        this.#isRefused = true;
        return this.#text("text", part.text);
      case "text":
        return this.#text("text", part.text);
      case "sealed": {
        const details = [this.#thoughts.sealed(part.data, part.format)];
        return [...this.#start(""), ...this.#close(), ...this.#sealed({ calls: {}, details })];
      }
      case "tool":
        return [...this.#start(""), ...this.#close(), ...this.#beginCall(part)];
    }
  }

  #beginCall({ index, id, name, arguments: piece, state }: ToolPart): WrittenEvent[] {
    const json = new JsonEnd();
    json.push(piece);
    this.#call = { index, json };
    this.#hasCalls = true;
    // What must be sent back with a call precedes it.
    const before = state === undefined ? [] : this.#sealed({ calls: { [id]: state } });
    const opened = this.#open("tool", { type: "tool_use", id, name, input: {} });
    return [...before, opened, ...(piece === "" ? [] : [this.#argumentsDelta(piece)])];
  }

  #sealed(sealed: Omit<Sealed, "thought">): WrittenEvent[] {
    return [this.#open("text", sealedBlock(sealed)), ...this.#close()];
  }

  #argumentsDelta(piece: string): WrittenEvent {
    return this.#delta({ type: "input_json_delta", partial_json: piece });
  }

  #open(kind: BlockKind, content_block: Fields): WrittenEvent {
    this.#block = kind;
    this.#blocks += 1;
    return event({ type: "content_block_start", index: this.#blocks - 1, content_block });
  }

  #delta(delta: Fields): WrittenEvent {
    return event({ type: "content_block_delta", index: this.#blocks - 1, delta });
  }

  #close(): WrittenEvent[] {
    if (this.#block === null) return [];
    const sealed =
      this.#block === "thinking"
        ? [this.#delta({ type: "signature_delta", signature: UNSEALED })]
        : [];
    this.#block = null;
    return [...sealed, event({ type: "content_block_stop", index: this.#blocks - 1 })];
  }
}

function event(data: Fields): WrittenEvent {
  return { name: String(data.type), data: JSON.stringify(data) };
}

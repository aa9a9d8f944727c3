/**
 * Writes responses as OpenAI's chat completions, whole or in pieces. Source:
 * platform.openai.com/docs/api-reference/chat and `/chat-streaming`. `reasoning_content` is DeepSeek's and vLLM's,
 * `reasoning_details` OpenRouter's (openrouter.ai/docs/use-cases/reasoning-tokens), `matched_stop` SGLang's.
 * @module
 */
import {
  type AnswerPart,
  type AnswerUsage,
  type FinishReason,
  NO_ANSWER_USAGE,
} from "./answer-part";
import { plainInput } from "./calls/plain-tools";
import { type Fields, given } from "./json";
import { ThoughtDetails } from "./thought-details";
import type { EventWriter, WrittenEvent } from "./written-event";

type ToolPart = Extract<AnswerPart, { kind: "tool" }>;

/** What the response repeats from the request. */
export interface ChatContext {
  /** As the caller named it. */
  readonly model: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Whether a stream should report its usage. */
  readonly includesUsage: boolean;
  /** The tools with plain input that the upstream got as functions. */
  readonly plainTools: readonly string[];
}

const REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  stop_string: "stop",
  length: "length",
  tools: "tool_calls",
  filter: "content_filter",
};

export function chatError(type: string, message: string): Fields {
  return { error: { message, type: type || "server_error", param: null, code: null } };
}

/** Writes one response in pieces. */
export class ChatWriter implements EventWriter {
  readonly #context: ChatContext;
  readonly #thoughts = new ThoughtDetails();
  #id = "";
  #isStarted = false;
  #isOver = false;
  #hasCalls = false;
  readonly #plainTools: ReadonlySet<string>;
  /** The calls with plain input. */
  readonly #plain = new Set<number>();
  /** Those whose input is in JSON, and known at its end. */
  readonly #held = new Map<number, ToolPart>();
  #isRefused = false;
  #finish: Extract<AnswerPart, { kind: "finish" }> | null = null;
  #usage = NO_ANSWER_USAGE;

  constructor(context: ChatContext) {
    this.#context = context;
    this.#plainTools = new Set(context.plainTools);
  }

  write(part: AnswerPart): WrittenEvent[] {
    if (this.#isOver) return [];
    switch (part.kind) {
      case "start":
        this.#id = part.id;
        return this.#start();
      case "reasoning":
        this.#thoughts.think(part.text);
        return this.#piece({ reasoning_content: part.text });
      case "seal":
        return this.#piece({ reasoning_details: [this.#thoughts.signed(part.signature)] });
      case "sealed":
        return this.#piece({
          reasoning_details: [this.#thoughts.sealed(part.data, part.format)],
        });
      case "text":
        return this.#piece({ content: part.text });
      case "refusal":
        this.#isRefused = true;
        return this.#piece({ refusal: part.text });
      case "tool":
        this.#hasCalls = true;
        return this.#tool(part);
      case "finish":
        this.#finish = part;
        return [];
      case "usage":
        this.#usage = part.usage;
        return [];
      case "error":
        this.#isOver = true;
        return [event(chatError(part.type, part.message))];
      case "ping":
        return this.#isStarted ? [this.#chunk({}, null)] : [];
      case "end":
        return [];
    }
  }

  /** Nothing more comes. A response without a finish reason was cut off, and reports that. */
  end(): WrittenEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    const finish = this.#finish;
    if (finish === null) return [event(chatError("", "The answer was cut off before its end."))];
    const reason = finishReason(finish.reason, this.#hasCalls, this.#isRefused);
    return [
      ...this.#start(),
      ...[...this.#held.values()].map((call) =>
        this.#chunk({ tool_calls: [callPiece(plainCall(call), true)] }, null),
      ),
      this.#chunk({}, reason, matchedStop(finish)),
      ...(this.#context.includesUsage ? [this.#usageEvent()] : []),
      { name: "", data: "[DONE]" },
    ];
  }

  #tool(part: ToolPart): WrittenEvent[] {
    const held = this.#held.get(part.index);
    if (held !== undefined) {
      this.#held.set(part.index, { ...held, arguments: held.arguments + part.arguments });
      return [];
    }
    if (this.#plainTools.has(part.name) && part.isPlain !== true) {
      this.#held.set(part.index, part);
      return this.#start();
    }
    if (part.isPlain === true) this.#plain.add(part.index);
    return this.#piece({ tool_calls: [callPiece(part, this.#plain.has(part.index))] });
  }

  #start(): WrittenEvent[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    return [this.#chunk({ role: "assistant", content: "" }, null)];
  }

  #piece(delta: Fields): WrittenEvent[] {
    return [...this.#start(), this.#chunk(delta, null)];
  }

  #chunk(delta: Fields, finish_reason: string | null, more: Fields = {}): WrittenEvent {
    return event(this.#answer([{ index: 0, delta, finish_reason, logprobs: null, ...more }]));
  }

  #usageEvent(): WrittenEvent {
    return event({ ...this.#answer([]), usage: usageFields(this.#usage) });
  }

  #answer(choices: readonly Fields[]): Fields {
    return { ...answerFields(this.#id, "chat.completion.chunk", this.#context), choices };
  }
}

/** A complete chat completion of these parts. */
export function chatAnswer(parts: readonly AnswerPart[], context: ChatContext): Fields {
  const thoughts = new ThoughtDetails();
  const details: Fields[] = [];
  const calls = new Map<number, ToolPart>();
  let [id, thought, said, refused] = ["", "", "", ""];
  let usage = NO_ANSWER_USAGE;
  let finish: Extract<AnswerPart, { kind: "finish" }> | null = null;
  for (const part of parts) {
    if (part.kind === "start") id = part.id;
    else if (part.kind === "reasoning") {
      thought += part.text;
      thoughts.think(part.text);
    } else if (part.kind === "seal") details.push(thoughts.signed(part.signature));
    else if (part.kind === "sealed") details.push(thoughts.sealed(part.data, part.format));
    else if (part.kind === "text") said += part.text;
    else if (part.kind === "refusal") refused += part.text;
    else if (part.kind === "usage") usage = part.usage;
    else if (part.kind === "finish") finish = part;
    else if (part.kind === "tool") {
      const call = calls.get(part.index);
      const json = (call?.arguments ?? "") + part.arguments;
      calls.set(part.index, { ...(call ?? part), arguments: json });
    }
  }
  const plainTools = new Set(context.plainTools);
  const tool_calls = [...calls.values()].map((call) => {
    const isHeld = plainTools.has(call.name) && call.isPlain !== true;
    const { id, name, arguments: json, state, isPlain } = isHeld ? plainCall(call) : call;
    if (isPlain === true) return { id, type: "custom", custom: { name, input: json } };
    return given({
      id,
      type: "function",
      function: { name, arguments: json === "" ? "{}" : json },
      extra_content: state,
    });
  });
  const message = given({
    role: "assistant",
    content: said === "" ? null : said,
    refusal: refused === "" ? null : refused,
    reasoning_content: thought === "" ? undefined : thought,
    reasoning_details: details.length === 0 ? undefined : details,
    tool_calls: tool_calls.length === 0 ? undefined : tool_calls,
  });
  const reason = finishReason(finish?.reason ?? "stop", calls.size > 0, refused !== "");
  const choice = { index: 0, message, finish_reason: reason, logprobs: null };
  return {
    ...answerFields(id, "chat.completion", context),
    choices: [{ ...choice, ...(finish !== null && matchedStop(finish)) }],
    usage: usageFields(usage),
  };
}

function answerFields(id: string, object: string, { model, nowMs }: ChatContext): Fields {
  const own = id === "" ? "converted" : id.replace(/^(?:msg|resp)_/, "");
  return { id: `chatcmpl-${own}`, object, created: Math.floor(nowMs / 1000), model };
}

/** What was streamed decides. */
function finishReason(reason: FinishReason, hasCalls: boolean, isRefused: boolean): string {
  if (hasCalls && reason !== "length") return REASONS.tools;
  return isRefused ? REASONS.filter : REASONS[reason];
}

function matchedStop({ stopString }: Extract<AnswerPart, { kind: "finish" }>): Fields {
  return stopString === null ? {} : { matched_stop: stopString };
}

/** The first piece of a call has its name (and Gemini's signature); the others have more of its arguments. */
function callPiece(part: ToolPart, isPlain: boolean): Fields {
  const { index, id, name, arguments: json, state } = part;
  if (isPlain) {
    if (name === "") return { index, custom: { input: json } };
    return { index, id, type: "custom", custom: { name, input: json } };
  }
  if (name === "") return { index, function: { arguments: json } };
  const call = { index, id, type: "function", function: { name, arguments: json } };
  return state === undefined ? call : { ...call, extra_content: state };
}

/** A whole call of a tool with plain input, from that of a function. */
function plainCall(call: ToolPart): ToolPart {
  return { ...call, arguments: plainInput(call.arguments), isPlain: true };
}

function usageFields({ input, cached, cacheWritten, output, reasoning }: AnswerUsage): Fields {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function event(data: Fields): WrittenEvent {
  return { name: "", data: JSON.stringify(data) };
}

/**
 * Writes responses as Google's `generateContent`, whole or in pieces. Source: ai.google.dev/api/generate-content,
 * `/thought-signatures`.
 * @module
 */
import {
  type AnswerPart,
  type AnswerUsage,
  type FinishReason,
  NO_ANSWER_USAGE,
} from "./answer-part";
import { argumentsIn } from "./calls/call-arguments";
import { type Fields, fields, given, list, parsedJson } from "./json";
import { seal } from "./sealed-thought";
import { ThoughtDetails } from "./thought-details";
import type { EventWriter, WrittenEvent } from "./written-event";

/** What the response repeats from the request. */
export interface GeminiContext {
  /** As the caller named it. */
  readonly model: string;
  /** Whether thoughts were requested. With calls they are sent in any case. */
  readonly includesThoughts: boolean;
}

const REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  stop_string: "STOP",
  tools: "STOP",
  length: "MAX_TOKENS",
  filter: "SAFETY",
};

const STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

export function geminiError(_type: string, message: string, status = 500): Fields {
  return { error: { code: status, message, status: STATUSES[status] ?? "UNKNOWN" } };
}

interface HeldCall {
  id: string;
  name: string;
  json: string;
  state: Fields | null;
}

/** Writes one response in pieces. A call is a single part there, so it is buffered until its end. */
export class GeminiWriter implements EventWriter {
  readonly #context: GeminiContext;
  #id = "";
  #isOver = false;
  #isRefused = false;
  /** The thought before the calls. */
  #thought = "";
  /** What the provider of the thoughts needs back. */
  readonly #details: Fields[] = [];
  readonly #thoughts = new ThoughtDetails();
  readonly #calls = new Map<number, HeldCall>();
  #finish: FinishReason | null = null;
  #usage = NO_ANSWER_USAGE;

  constructor(context: GeminiContext) {
    this.#context = context;
  }

  write(part: AnswerPart): WrittenEvent[] {
    if (this.#isOver) return [];
    switch (part.kind) {
      case "start":
        this.#id = part.id;
        return [];
      case "reasoning":
        this.#thought += part.text;
        this.#thoughts.think(part.text);
        return this.#context.includesThoughts
          ? [this.#piece([{ text: part.text, thought: true }])]
          : [];
      case "refusal":
        this.#isRefused = true;
        return [this.#piece([{ text: part.text }])];
      case "text":
        return [this.#piece([{ text: part.text }])];
      case "tool":
        this.#hold(part);
        return [];
      case "finish":
        this.#finish = part.reason;
        return [];
      case "usage":
        this.#usage = part.usage;
        return [];
      case "error":
        this.#isOver = true;
        return [event(geminiError(part.type, part.message, statusOf(part.type)))];
      case "seal":
        this.#details.push(this.#thoughts.signed(part.signature));
        return [];
      case "sealed":
        this.#details.push(this.#thoughts.sealed(part.data, part.format));
        return [];
      case "ping":
      case "end":
        return [];
    }
  }

  /** Nothing more comes. A response without a finish reason was cut off, and reports that. */
  end(): WrittenEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    if (this.#finish === null) {
      return [event(geminiError("", "The answer was cut off before its end."))];
    }
    return [this.#piece(this.#lastParts(), this.finishFields())];
  }

  finishFields(): { readonly finishReason: string; readonly usage: Fields } {
    const reason = this.#isRefused ? "filter" : (this.#finish ?? "stop");
    return { finishReason: REASONS[reason], usage: usageFields(this.#usage) };
  }

  #hold(part: Extract<AnswerPart, { kind: "tool" }>): void {
    const call = this.#calls.get(part.index) ?? { id: "", name: "", json: "", state: null };
    call.id ||= part.id;
    call.name ||= part.name;
    call.json += part.arguments;
    if (part.state !== undefined) call.state = part.state;
    this.#calls.set(part.index, call);
  }

  /** The calls. What must be sent back with them is put where clients keep Google's signatures. */
  #lastParts(): Fields[] {
    const details = this.#details.length > 0 ? { details: this.#details } : {};
    const calls = [...this.#calls.values()].map(({ id, name, json, state }, index) => {
      const isFirst = index === 0;
      const thought = isFirst ? this.#thought : "";
      const calls = state === null ? {} : { [id]: state };
      const isBound = thought !== "" || state !== null || (isFirst && this.#details.length > 0);
      return given({
        functionCall: given({ id: id || undefined, name, args: argumentsIn(json) }),
        thoughtSignature: isBound ? seal({ thought, calls, ...(isFirst && details) }) : undefined,
      });
    });
    if (calls.length > 0 || this.#details.length === 0) return calls;
    // As Google does without calls.
    return [{ text: "", thoughtSignature: seal({ thought: "", calls: {}, ...details }) }];
  }

  #piece(
    parts: readonly Fields[],
    finish?: ReturnType<GeminiWriter["finishFields"]>,
  ): WrittenEvent {
    return event(geminiAnswerOf(this.#id, parts, this.#context, finish));
  }
}

/** A complete response of these parts. */
export function geminiAnswer(parts: readonly AnswerPart[], context: GeminiContext): Fields {
  const writer = new GeminiWriter(context);
  const hasFinish = parts.some(({ kind }) => kind === "finish");
  const finish = { kind: "finish", reason: "stop", stopString: null } as const;
  const written = [...parts, ...(hasFinish ? [] : [finish])].flatMap((part) => writer.write(part));
  const pieces = [...written, ...writer.end()].map(({ data }) => fields(parsedJson(data)));
  const said = pieces.flatMap((piece) => partsOf(piece));
  return { ...pieces.at(-1), ...candidates(joined(said), writer.finishFields().finishReason) };
}

function partsOf(piece: Fields): readonly Fields[] {
  return list(fields(fields(list(piece.candidates)[0]).content).parts).map(fields);
}

/** Consecutive texts become one. */
function joined(parts: readonly Fields[]): Fields[] {
  const whole: Fields[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    const isMore =
      last !== undefined &&
      typeof last.text === "string" &&
      typeof part.text === "string" &&
      part.thoughtSignature === undefined &&
      last.thought === part.thought;
    if (isMore) whole[whole.length - 1] = { ...last, text: `${last.text}${part.text}` };
    else whole.push(part);
  }
  return whole;
}

function geminiAnswerOf(
  id: string,
  parts: readonly Fields[],
  { model }: GeminiContext,
  finish?: { readonly finishReason: string; readonly usage: Fields },
): Fields {
  return given({
    ...candidates(parts, finish?.finishReason),
    usageMetadata: finish?.usage,
    modelVersion: model,
    responseId: id === "" ? "converted" : id,
  });
}

function candidates(parts: readonly Fields[], finishReason?: string): Fields {
  return { candidates: [given({ content: { role: "model", parts }, finishReason, index: 0 })] };
}

function statusOf(type: string): number {
  return /rate_limit|quota|too_many|exhausted/i.test(type) ? 429 : 500;
}

function usageFields({ input, cached, output, reasoning }: AnswerUsage): Fields {
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: Math.max(0, output - reasoning),
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
}

function event(data: Fields): WrittenEvent {
  return { name: "", data: JSON.stringify(data) };
}

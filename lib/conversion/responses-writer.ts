/**
 * Writes responses as OpenAI's Responses, whole or as events. Source:
 * platform.openai.com/docs/api-reference/responses-streaming.
 * @module
 */
import {
  type AnswerPart,
  type AnswerUsage,
  type FinishReason,
  NO_ANSWER_USAGE,
} from "./answer-part";
import { plainInput } from "./calls/plain-tools";
import { type ListedTools, ToolNames } from "./calls/tool-names";
import { type Fields, fields, given, parsedJson } from "./json";
import { type Sealed, seal } from "./sealed-thought";
import { ThoughtDetails } from "./thought-details";
import type { EventWriter, WrittenEvent } from "./written-event";

/** What the response repeats from the request. */
export interface ResponsesContext {
  /** As the caller named it. */
  readonly model: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** The tools that were offered, by their names in chat completions. */
  readonly tools: ListedTools;
  /** Whether thoughts are to be sent back in the history. */
  readonly sealsThoughts: boolean;
  /** What a response repeats: see `repeatedFields`. */
  readonly request: Fields;
}

const REPEATED = [
  ...["instructions", "max_output_tokens", "parallel_tool_calls", "reasoning", "temperature"],
  ...["text", "tool_choice", "tools", "top_p"],
] as const;

/** The fields of a request that a response repeats. */
export function repeatedFields(request: Fields): Fields {
  return given(Object.fromEntries(REPEATED.map((name) => [name, request[name]])));
}

export function responsesError(type: string, message: string): Fields {
  return { error: { message, type: type || "server_error", param: null, code: null } };
}

/** An item of the response while it is written. */
interface OpenItem {
  readonly index: number;
  readonly id: string;
  readonly kind: "reasoning" | "message" | "call";
  said: string;
  callId: string;
  /** Its name in chat completions. */
  name: string;
}

/** The kinds of texts, and the names of their events. */
const REFUSED = { type: "refusal", event: "response.refusal", field: "refusal" } as const;
const SAID = { type: "output_text", event: "response.output_text", field: "text" } as const;

/** Writes one response as events. Its calls may be interleaved, as in chat completions. */
export class ResponsesWriter implements EventWriter {
  readonly #context: ResponsesContext;
  readonly #names: ToolNames;
  readonly #thoughts = new ThoughtDetails();
  #sequence = 0;
  #id = "resp_converted";
  #isStarted = false;
  #isOver = false;
  /** Reasoning or a message: texts follow one another. */
  #open: OpenItem | null = null;
  #isRefused = false;
  readonly #calls = new Map<number, OpenItem>();
  readonly #done: Fields[] = [];
  #items = 0;
  #finish: FinishReason | null = null;
  #usage: AnswerUsage = NO_ANSWER_USAGE;

  constructor(context: ResponsesContext) {
    this.#context = context;
    this.#names = new ToolNames(context.tools);
  }

  write(part: AnswerPart): WrittenEvent[] {
    if (this.#isOver) return [];
    switch (part.kind) {
      case "start":
        if (part.id !== "") this.#id = `resp_${part.id.replace(/^chatcmpl-/, "")}`;
        return this.#start();
      case "reasoning":
        return this.#reasoning(part.text);
      case "text":
        return this.#text(part.text, false);
      case "refusal":
        return this.#text(part.text, true);
      case "tool":
        return this.#tool(part);
      case "finish":
        this.#finish = part.reason;
        return [];
      case "usage":
        this.#usage = part.usage;
        return [];
      case "error":
        return this.#fail(part.type, part.message);
      case "seal":
        return this.#signed(part.signature);
      case "sealed":
        return this.#kept({
          thought: "",
          calls: {},
          details: [this.#thoughts.sealed(part.data, part.format)],
        });
      case "ping":
      case "end":
        return [];
    }
  }

  /** Nothing more comes. A response without a finish reason was cut off, and reports that. */
  end(): WrittenEvent[] {
    if (this.#isOver) return [];
    if (this.#finish === null) return this.#fail("", "The answer was cut off before its end.");
    const events = [...this.#start(), ...this.#close()];
    for (const call of this.#calls.values()) events.push(...this.#closeCall(call));
    this.#isOver = true;
    const reason = INCOMPLETE[this.#finish];
    const status = reason === undefined ? "completed" : "incomplete";
    const response = this.response(status, reason);
    return [...events, this.#event(`response.${status}`, { response })];
  }

  /** The whole response so far. */
  response(status: string, reason?: string, error: Fields | null = null): Fields {
    const { model, nowMs, request } = this.#context;
    const output = this.#done.toSorted((one, other) => Number(one.place) - Number(other.place));
    return {
      id: this.#id,
      object: "response",
      created_at: Math.floor(nowMs / 1000),
      status,
      error,
      incomplete_details: reason === undefined ? null : { reason },
      instructions: request.instructions ?? null,
      max_output_tokens: request.max_output_tokens ?? null,
      model,
      output: output.map(({ place: _, ...item }) => item),
      parallel_tool_calls: request.parallel_tool_calls ?? true,
      previous_response_id: null,
      reasoning: request.reasoning ?? { effort: null, summary: null },
      store: false,
      temperature: request.temperature ?? null,
      text: request.text ?? { format: { type: "text" } },
      tool_choice: request.tool_choice ?? "auto",
      tools: request.tools ?? [],
      top_p: request.top_p ?? null,
      truncation: "disabled",
      usage: status === "in_progress" ? null : usageFields(this.#usage),
      metadata: {},
    };
  }

  #start(): WrittenEvent[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    const response = this.response("in_progress");
    return [
      this.#event("response.created", { response }),
      this.#event("response.in_progress", { response }),
    ];
  }

  #fail(type: string, message: string): WrittenEvent[] {
    const events = this.#start();
    this.#isOver = true;
    const code = /rate_limit|quota|too_many|exhausted/i.test(type)
      ? "rate_limit_exceeded"
      : "server_error";
    const response = this.response("failed", undefined, { code, message });
    return [...events, this.#event("response.failed", { response })];
  }

  #reasoning(piece: string): WrittenEvent[] {
    if (piece === "") return [];
    this.#thoughts.think(piece);
    const events: WrittenEvent[] = [];
    if (this.#open?.kind !== "reasoning") {
      events.push(...this.#start(), ...this.#close());
      const item = this.#newItem("reasoning", "rs");
      this.#open = item;
      events.push(
        this.#added(item, { id: item.id, type: "reasoning", summary: [] }),
        this.#event("response.reasoning_summary_part.added", {
          ...placeOf(item),
          summary_index: 0,
          part: { type: "summary_text", text: "" },
        }),
      );
    }
    const item = this.#open;
    if (item === null) return events;
    item.said += piece;
    const more = { ...placeOf(item), summary_index: 0, delta: piece };
    return [...events, this.#event("response.reasoning_summary_text.delta", more)];
  }

  #text(piece: string, isRefused: boolean): WrittenEvent[] {
    if (piece === "") return [];
    const kind = isRefused ? REFUSED : SAID;
    const events: WrittenEvent[] = [];
    if (this.#open?.kind !== "message" || this.#isRefused !== isRefused) {
      events.push(...this.#start(), ...this.#close());
      this.#isRefused = isRefused;
      const item = this.#newItem("message", "msg");
      this.#open = item;
      const started = { id: item.id, type: "message", role: "assistant", content: [] };
      events.push(
        this.#added(item, { ...started, status: "in_progress" }),
        this.#event("response.content_part.added", {
          ...placeOf(item),
          content_index: 0,
          part: textPart(kind, ""),
        }),
      );
    }
    const item = this.#open;
    if (item === null) return events;
    item.said += piece;
    const delta = { ...placeOf(item), content_index: 0, delta: piece };
    const logged = isRefused ? delta : { ...delta, logprobs: [] };
    return [...events, this.#event(`${kind.event}.delta`, logged)];
  }

  #tool(part: Extract<AnswerPart, { kind: "tool" }>): WrittenEvent[] {
    const { index, id, name, arguments: piece } = part;
    const known = this.#calls.get(index);
    if (known !== undefined) {
      known.said += piece;
      return piece === "" || this.#isCustom(known) ? [] : [this.#argumentsDelta(known, piece)];
    }
    const events = [...this.#start(), ...this.#close()];
    // What must be sent back with a call precedes it.
    if (part.state !== undefined) {
      events.push(...this.#kept({ thought: "", calls: { [id]: part.state } }));
    }
    const item = this.#newItem("call", "fc");
    item.callId = id;
    item.name = name;
    item.said = piece;
    this.#calls.set(index, item);
    events.push(this.#added(item, this.#callItem(item, "in_progress", "")));
    const hasDelta = piece !== "" && !this.#isCustom(item);
    return hasDelta ? [...events, this.#argumentsDelta(item, piece)] : events;
  }

  #sealed(sealed: Sealed): string | undefined {
    return this.#context.sealsThoughts ? seal(sealed) : undefined;
  }

  /** What must be sent back and has no content, as a separate item, if clients keep encrypted content. */
  #kept(sealed: Sealed): WrittenEvent[] {
    const encrypted_content = this.#sealed(sealed);
    if (encrypted_content === undefined) return [];
    const before = [...this.#start(), ...this.#close()];
    const item = this.#newItem("reasoning", "rs");
    const whole = { id: item.id, type: "reasoning", summary: [], encrypted_content };
    this.#done.push({ ...whole, place: item.index });
    return [...before, this.#added(item, whole), this.#itemDone(item, whole)];
  }

  /** A thought is complete when it is signed; one with hidden text has only its signature. */
  #signed(signature: string): WrittenEvent[] {
    const details = [this.#thoughts.signed(signature)];
    const item = this.#open;
    if (item?.kind !== "reasoning") return this.#kept({ thought: "", calls: {}, details });
    this.#open = null;
    return this.#closeReasoning(item, details);
  }

  #argumentsDelta(item: OpenItem, delta: string): WrittenEvent {
    return this.#event("response.function_call_arguments.delta", { ...placeOf(item), delta });
  }

  #isCustom({ name }: OpenItem): boolean {
    return this.#names.find(name).kind === "custom";
  }

  /** @param said JSON. */
  #callItem(item: OpenItem, status: string, said: string): Fields {
    const { name, namespace, kind } = this.#names.find(item.name);
    const common = { id: item.id, call_id: item.callId, name, status };
    if (kind === "custom") {
      return { ...common, type: "custom_tool_call", input: plainInput(said) };
    }
    const placed = namespace === "" ? {} : { namespace };
    return { ...common, ...placed, type: "function_call", arguments: said };
  }

  #closeCall(item: OpenItem): WrittenEvent[] {
    const said = item.said === "" ? "{}" : item.said;
    const whole = this.#callItem(item, "completed", said);
    this.#done.push({ ...whole, place: item.index });
    const place = placeOf(item);
    const argumentEvents = this.#isCustom(item)
      ? [
          this.#event("response.custom_tool_call_input.delta", { ...place, delta: whole.input }),
          this.#event("response.custom_tool_call_input.done", { ...place, input: whole.input }),
        ]
      : [
          this.#event("response.function_call_arguments.done", {
            ...place,
            name: whole.name,
            arguments: said,
          }),
        ];
    return [...argumentEvents, this.#itemDone(item, whole)];
  }

  /** Ends the open text. */
  #close(): WrittenEvent[] {
    const item = this.#open;
    if (item === null) return [];
    this.#open = null;
    return item.kind === "reasoning" ? this.#closeReasoning(item) : this.#closeMessage(item);
  }

  #closeReasoning(item: OpenItem, details?: readonly Fields[]): WrittenEvent[] {
    const part = { type: "summary_text", text: item.said };
    const whole = given({
      id: item.id,
      type: "reasoning",
      summary: [part],
      encrypted_content: this.#sealed({
        thought: item.said,
        calls: {},
        ...(details !== undefined && { details }),
      }),
    });
    this.#done.push({ ...whole, place: item.index });
    const place = { ...placeOf(item), summary_index: 0 };
    return [
      this.#event("response.reasoning_summary_text.done", { ...place, text: item.said }),
      this.#event("response.reasoning_summary_part.done", { ...place, part }),
      this.#itemDone(item, whole),
    ];
  }

  #closeMessage(item: OpenItem): WrittenEvent[] {
    const kind = this.#isRefused ? REFUSED : SAID;
    const part = textPart(kind, item.said);
    const common = { id: item.id, type: "message", role: "assistant" };
    const whole = { ...common, status: "completed", content: [part] };
    this.#done.push({ ...whole, place: item.index });
    const place = { ...placeOf(item), content_index: 0 };
    const done = { ...place, [kind.field]: item.said };
    return [
      this.#event(`${kind.event}.done`, this.#isRefused ? done : { ...done, logprobs: [] }),
      this.#event("response.content_part.done", { ...place, part }),
      this.#itemDone(item, whole),
    ];
  }

  #newItem(kind: OpenItem["kind"], prefix: string): OpenItem {
    const index = this.#items;
    this.#items += 1;
    const id = `${prefix}_${this.#id.slice("resp_".length)}_${index}`;
    return { index, id, kind, said: "", callId: "", name: "" };
  }

  #added({ index }: OpenItem, item: Fields): WrittenEvent {
    return this.#event("response.output_item.added", { output_index: index, item });
  }

  #itemDone({ index }: OpenItem, item: Fields): WrittenEvent {
    return this.#event("response.output_item.done", { output_index: index, item });
  }

  #event(type: string, more: Fields): WrittenEvent {
    const data = JSON.stringify({ type, sequence_number: this.#sequence, ...more });
    this.#sequence += 1;
    return { name: type, data };
  }
}

const INCOMPLETE: Partial<Record<FinishReason, string>> = {
  length: "max_output_tokens",
  filter: "content_filter",
};

/** A complete response of these parts. */
export function responsesAnswer(parts: readonly AnswerPart[], context: ResponsesContext): Fields {
  const writer = new ResponsesWriter(context);
  for (const part of parts) writer.write(part);
  // A complete response has ended, whether it says why or not.
  if (!parts.some(({ kind }) => kind === "finish")) {
    writer.write({ kind: "finish", reason: "stop", stopString: null });
  }
  const last = writer.end().at(-1);
  return fields(fields(parsedJson(last?.data ?? "")).response);
}

function placeOf({ id, index }: OpenItem): Fields {
  return { item_id: id, output_index: index };
}

function textPart(kind: typeof SAID | typeof REFUSED, said: string): Fields {
  if (kind === REFUSED) return { type: "refusal", refusal: said };
  return { type: "output_text", text: said, annotations: [], logprobs: [] };
}

function usageFields({ input, cached, output, reasoning }: AnswerUsage): Fields {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

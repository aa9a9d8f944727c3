/**
 * Reads usage from a response's bytes as they pass to the client. The bytes are examined and released: memory stays
 * below about 100 KB whatever passes, and nothing is added to the request or the response.
 * @module
 */
import type { WorkFacts } from "./background-work";
import {
  AmazonFraming,
  Base64Sink,
  EventFraming,
  type Framing,
  LineFraming,
  PlainFraming,
} from "./frames";
import { sealedTokens, unsealedTokens } from "./hidden-reasoning";
import { JsonScanner } from "./json-scanner";
import { added, mergedReports, readUsage, tierNamed, toolCalls } from "./read-usage";
import { NO_USAGE, type ToolCalls, type Usage } from "./types";
import type { UsageForm } from "./usage-form";

export interface UsageReader {
  /** The next bytes of the response, as received; they are neither kept nor changed. */
  push(chunk: Uint8Array): void;
  /**
   * What was used, once no more bytes arrive. If nothing was reported, or text came after the last report, or the
   * response was cut off, it is an estimate. Null if there is nothing to report.
   */
  end(answer: EndedAnswer): Usage | null;
  /** What the response reports about background work. */
  readonly work: WorkFacts;
  /** Ids of a response's items, as many as are remembered. */
  readonly itemIds: ReadonlySet<string>;
}

export interface EndedAnswer {
  /** False if the client left, or the upstream broke off: it may have written more than was seen. */
  readonly isComplete: boolean;
  /** Length of the request's JSON, to estimate the input; null if it isn't text. */
  readonly requestBytes: number | null;
}

export function createUsageReader(form: UsageForm): UsageReader {
  return new ScanningReader(form);
}

/** English text and JSON have about four bytes per token, and so do other scripts with their longer encoding. */
const BYTES_PER_TOKEN = 4;
/** A longer request contains files, which aren't counted by their length. */
const MAX_ESTIMATED_REQUEST_BYTES = 1024 * 1024;
const PARTS_OF_TOTAL = ["prompt_tokens", "input_tokens", "total_input_tokens"];
/** With more models than this, the rest of a batch is counted without the model's name. */
const MAX_MODELS = 20;

class ScanningReader implements UsageReader {
  readonly #form: UsageForm;
  readonly #scanner: JsonScanner;
  readonly #framing: Framing;
  #usagesBefore = 0;
  /** Length of the text that the last report covers: everything to the end of its event. */
  #reportedTextBytes = 0;
  /** The total usage, for a text that contains many responses. */
  #all: Usage | null = null;
  /** The usage of each model, for responses of many texts; null before the first. */
  #byModel: Map<string | null, Usage> | null = null;

  constructor(form: UsageForm) {
    const scanner = new JsonScanner(form.keys);
    const sink = {
      read: (bytes: Uint8Array, start: number, end: number) => scanner.push(bytes, start, end),
      endText: () => {
        this.#noteReport();
        if (form.isMany) this.#addText();
        scanner.reset();
      },
    };
    if (form.keys.isSummed) scanner.onUsage = (text) => this.#addUsage(text);
    this.#form = form;
    this.#scanner = scanner;
    this.#framing = framingOf(form.framing, sink);
  }

  push(chunk: Uint8Array): void {
    this.#framing.push(chunk);
  }

  end({ isComplete, requestBytes }: EndedAnswer): Usage | null {
    this.#noteReport();
    if (this.#form.isMany) {
      this.#addText();
      return this.#sum(isComplete);
    }
    if (this.#form.keys.isSummed) {
      return this.#all && { ...this.#all, model: this.#facts(null).model, isEstimate: !isComplete };
    }
    const reports = this.#reports();
    const reported = this.#reported(reports);
    const facts = this.#facts(reported);
    if (reported !== null && this.#form.isWritten && this.#isBareTotal(reports)) {
      return splitTotal({ ...reported, ...facts }, this.#scanner.textBytes);
    }
    const textBytes = this.#textSince(reported);
    if (textBytes === 0 && reported !== null) {
      return { ...reported, ...facts, isEstimate: !isComplete };
    }
    if (!this.#form.isWritten) return null;
    const inputTokens = reported?.inputTokens ?? estimatedInput(requestBytes);
    // A response that was cut off before its first word has still read the request.
    if (textBytes === 0 && (isComplete || inputTokens === null)) return null;
    const visibleTokens = Math.ceil(textBytes / BYTES_PER_TOKEN);
    const hiddenTokens = reported === null ? this.#hiddenReasoning(visibleTokens) : null;
    return {
      ...(reported ?? NO_USAGE),
      ...facts,
      inputTokens,
      outputTokens: visibleTokens + (hiddenTokens ?? 0) + (reported?.outputTokens ?? 0),
      ...(hiddenTokens !== null && { reasoningTokens: hiddenTokens }),
      isEstimate: true,
    };
  }

  get itemIds(): ReadonlySet<string> {
    return this.#scanner.collected;
  }

  get work(): WorkFacts {
    const scanner = this.#scanner;
    return {
      id: scanner.fact("id") ?? scanner.fact("name"),
      status: scanner.fact("status") ?? scanner.fact("processing_status") ?? scanner.fact("state"),
      file:
        scanner.fact("output_file_id") ??
        scanner.fact("responsesFile") ??
        scanner.fact("output_file"),
    };
  }

  #noteReport(): void {
    const { usages, textBytes } = this.#scanner;
    if (usages === this.#usagesBefore) return;
    this.#usagesBefore = usages;
    this.#reportedTextBytes = textBytes;
  }

  /** Length of the text that no report covers. */
  #textSince(reported: Usage | null): number {
    // Headers and lengths of recordings describe the whole response.
    const isOfWhole = reported !== null && this.#usagesBefore === 0;
    if (!this.#form.isWritten || isOfWhole) return 0;
    return this.#scanner.textBytes - (reported === null ? 0 : this.#reportedTextBytes);
  }

  /** The body's reports, parsed. */
  #reports(): Reports {
    const { firstUsage, lastUsage } = this.#scanner;
    return { first: parse(firstUsage), last: lastUsage === null ? null : parse(lastUsage) };
  }

  /** What the body reports, otherwise what the headers reported. */
  #reported({ first, last }: Reports): Usage | null {
    const reported =
      last === null
        ? readUsage(first)
        : (readUsage(mergedReports(first, last)) ?? readUsage(first));
    if (reported !== null) return reported;
    const length = this.#recordedSeconds();
    if (length !== null) return { ...NO_USAGE, inputAudioSeconds: length };
    const { reportedByHeaders } = this.#form;
    return reportedByHeaders?.inputTokens == null && reportedByHeaders?.outputTokens == null
      ? null
      : reportedByHeaders;
  }

  /** What the response reports besides its counts. */
  #facts(reported: Usage | null): Pick<Usage, "model" | "tier" | "tools"> {
    const scanner = this.#scanner;
    const named = scanner.fact("serviceTier");
    const tierName = scanner.fact("service_tier") ?? parse(named).type ?? named;
    return {
      model: hosted(scanner.fact("model") ?? scanner.fact("modelVersion"), this.#form.host),
      tier: reported?.tier ?? tierNamed(tierName) ?? this.#form.reportedByHeaders?.tier ?? null,
      tools: reported?.tools ?? this.#calledTools(),
    };
  }

  /** Tools that the response shows as called, if its usage doesn't count them. */
  #calledTools(): ToolCalls | null {
    const { marks, mostCounted } = this.#scanner;
    const queries = { groundingQuery: mostCounted, groundedPrompt: Math.min(1, mostCounted) };
    if (marks.size === 0) return mostCounted === 0 ? null : toolCalls(queries);
    const counts = parse(this.#scanner.fact("tool_usage"));
    const isEvents = this.#form.framing === "events";
    const called = (name: string) => marks.get(isEvents ? `response.${name}.completed` : name) ?? 0;
    return toolCalls({
      ...queries,
      webSearch: numberIn(counts.web_search, "num_requests") ?? called("web_search_call"),
      fileSearch: called("file_search_call"),
      codeSession: Math.min(1, called("code_interpreter_call")),
    });
  }

  /** Length of a recording, if its transcription reports it. */
  #recordedSeconds(): number | null {
    const beside = this.#scanner.fact("duration");
    const seconds =
      beside === null
        ? numberIn(parse(this.#scanner.fact("metadata")), "duration")
        : Number(beside);
    return seconds !== null && seconds > 0 ? seconds : null;
  }

  /** Reasoning that a response shows to have begun without its text; null if it shows none. */
  #hiddenReasoning(visibleTokens: number): number | null {
    const { marks, sealedBytes } = this.#scanner;
    if (!marks.has("reasoning")) return null;
    if (sealedBytes > 0) return sealedTokens(sealedBytes);
    const { effort } = parse(this.#scanner.fact("reasoning"));
    return unsealedTokens(typeof effort === "string" ? effort : null, visibleTokens);
  }

  /** Whether only a total of input and output is reported. */
  #isBareTotal({ first, last }: Reports): boolean {
    if (this.#scanner.textBytes === 0) return false;
    const fields = last ?? first;
    return "total_tokens" in fields && !PARTS_OF_TOTAL.some((name) => name in fields);
  }

  #addUsage(text: string): void {
    const usage = readUsage(parse(text));
    if (usage === null) return;
    const before = this.#all;
    this.#all = before === null ? usage : { ...added(before, usage), answers: before.answers + 1 };
  }

  #addText(): void {
    const reported = this.#reported(this.#reports());
    const facts = this.#facts(reported);
    this.#scanner.forget();
    if (reported === null) return;
    this.#byModel ??= new Map();
    const model = this.#byModel.size < MAX_MODELS ? facts.model : null;
    const before = this.#byModel.get(model);
    const usage = { ...reported, ...facts, model };
    this.#byModel.set(
      model,
      before === undefined ? usage : { ...added(before, usage), answers: before.answers + 1 },
    );
  }

  #sum(isComplete: boolean): Usage | null {
    const parts = [...(this.#byModel?.values() ?? [])];
    const [first, ...others] = parts;
    if (first === undefined) return null;
    const isEstimate = !isComplete;
    if (others.length === 0) return { ...first, isEstimate };
    const answers = parts.reduce((sum, part) => sum + part.answers, 0);
    return { ...parts.reduce(added), model: null, answers, parts, isEstimate };
  }
}

function framingOf(
  framing: UsageForm["framing"],
  sink: ConstructorParameters<typeof PlainFraming>[0],
): Framing {
  switch (framing) {
    case "plain":
      return new PlainFraming(sink);
    case "lines":
      return new LineFraming(sink);
    case "events":
      return new EventFraming(sink);
    case "amazon":
      return new AmazonFraming(sink);
    case "amazon-base64":
      return new AmazonFraming(new Base64Sink(sink));
  }
}

/** Splits a total of input and output: the text's length shows the output. */
function splitTotal(reported: Usage, textBytes: number): Usage {
  const total = reported.inputTokens ?? 0;
  const outputTokens = Math.min(total, Math.ceil(textBytes / BYTES_PER_TOKEN));
  return { ...reported, inputTokens: total - outputTokens, outputTokens, isEstimate: true };
}

/** As callers write it too: `deepseek-ai/DeepSeek-R1:together`. */
function hosted(model: string | null, host: string | null): string | null {
  return model === null || host === null || model.includes(":") ? model : `${model}:${host}`;
}

function estimatedInput(requestBytes: number | null): number | null {
  if (requestBytes === null || requestBytes > MAX_ESTIMATED_REQUEST_BYTES) return null;
  return Math.ceil(requestBytes / BYTES_PER_TOKEN);
}

function numberIn(fields: unknown, name: string): number | null {
  if (typeof fields !== "object" || fields === null) return null;
  const value: unknown = Reflect.get(fields, name);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

type Fields = Record<string, unknown>;

/** The first report, and the last one if there are several. */
interface Reports {
  readonly first: Fields;
  readonly last: Fields | null;
}

/** An object's fields without those that are null; empty if it isn't JSON. */
function parse(text: string | null): Fields {
  if (text === null) return {};
  let fields: Fields;
  try {
    fields = JSON.parse(text);
  } catch {
    return {};
  }
  for (const name of Object.keys(fields)) if (fields[name] === null) delete fields[name];
  return fields;
}

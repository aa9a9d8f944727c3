/**
 * Reads usage from an answer's bytes as they pass to the client. The bytes are looked at and let go: memory
 * stays below some 20 KB whatever passes, and nothing is added to the request or the answer.
 * @module
 */
import type { Provider } from "../providers/types";
import { AmazonFraming, EventFraming, type Framing, PlainFraming } from "./frames";
import { JsonScanner, type KeySet, keySet } from "./json-scanner";
import { readUsage } from "./read-usage";
import { NO_USAGE, type Usage } from "./types";

export interface UsageForm {
  readonly framing: "plain" | "events" | "amazon";
  /** Keys whose strings are text that the model wrote. */
  readonly textKeys: KeySet;
}

const TEXT_KEYS = keySet([
  "arguments",
  "content",
  "generated_text",
  "partial_json",
  "reasoning",
  "reasoning_content",
  "refusal",
  "response",
  "text",
  "thinking",
]);
/** The typed events of Responses repeat under other keys what they have sent as `delta`. */
const RESPONSES_EVENT_KEYS = keySet(["delta"]);

const RESPONSES_PATH = /(?:^|\/)responses(?:\/|$)/;

/**
 * How usage is read from an answer; null where it holds none (audio, images as bytes, HTML).
 * @param path Below `/api/{slug}/`, without the query.
 * @param contentType The answer's.
 */
export function usageFormFor(
  { usageFormat }: Pick<Provider, "usageFormat">,
  path: string,
  contentType: string | null,
): UsageForm | null {
  if (usageFormat === "none" || contentType === null) return null;
  if (contentType.startsWith("text/event-stream")) {
    const textKeys = RESPONSES_PATH.test(path) ? RESPONSES_EVENT_KEYS : TEXT_KEYS;
    return { framing: "events", textKeys };
  }
  if (contentType.startsWith("application/vnd.amazon.eventstream")) {
    return { framing: "amazon", textKeys: TEXT_KEYS };
  }
  // application/json, application/x-ndjson, application/stream+json
  return /^application\/[^;]*json/.test(contentType)
    ? { framing: "plain", textKeys: TEXT_KEYS }
    : null;
}

export interface UsageReader {
  /** The next bytes of the answer, as they were received; they are neither kept nor changed. */
  push(chunk: Uint8Array): void;
  /**
   * What was used, once no more bytes come. Where nothing was reported, or text came after the last report,
   * or the answer was cut off, it is an estimate. Null if there is nothing to tell.
   */
  end(answer: EndedAnswer): Usage | null;
}

export interface EndedAnswer {
  /** False if the client left, or the upstream broke off: it may have written more than was seen. */
  readonly isComplete: boolean;
  /** Length of the request's JSON, to estimate the input; null where it is not text. */
  readonly requestBytes: number | null;
}

export function createUsageReader(form: UsageForm): UsageReader {
  return new ScanningReader(form);
}

/** English text and JSON come to about four bytes a token, and so do other scripts at their longer encoding. */
const BYTES_PER_TOKEN = 4;
/** A longer request carries files, which are not counted by their length. */
const MAX_ESTIMATED_REQUEST_BYTES = 1024 * 1024;

class ScanningReader implements UsageReader {
  readonly #scanner: JsonScanner;
  readonly #framing: Framing;
  #usagesBefore = 0;
  /** Length of the text that the last report covers: everything to the end of the event it came in. */
  #reportedTextBytes = 0;

  constructor({ framing, textKeys }: UsageForm) {
    const scanner = new JsonScanner(textKeys);
    const sink = {
      read: (bytes: Uint8Array, start: number, end: number) => scanner.push(bytes, start, end),
      endText: () => {
        this.#noteReport();
        scanner.reset();
      },
    };
    this.#scanner = scanner;
    this.#framing =
      framing === "plain"
        ? new PlainFraming(sink)
        : framing === "events"
          ? new EventFraming(sink)
          : new AmazonFraming(sink);
  }

  push(chunk: Uint8Array): void {
    this.#framing.push(chunk);
  }

  end({ isComplete, requestBytes }: EndedAnswer): Usage | null {
    this.#noteReport();
    const reported = this.#reported();
    const textBytes = this.#scanner.textBytes - (reported === null ? 0 : this.#reportedTextBytes);
    if (textBytes === 0 && reported !== null) return { ...reported, isEstimate: !isComplete };
    const inputTokens = reported?.inputTokens ?? estimatedInput(requestBytes);
    // Cut off before its first word, an answer has still read the request.
    if (textBytes === 0 && (isComplete || inputTokens === null)) return null;
    const outputTokens = Math.ceil(textBytes / BYTES_PER_TOKEN) + (reported?.outputTokens ?? 0);
    return { ...(reported ?? NO_USAGE), inputTokens, outputTokens, isEstimate: true };
  }

  #noteReport(): void {
    const { usages, textBytes } = this.#scanner;
    if (usages === this.#usagesBefore) return;
    this.#usagesBefore = usages;
    this.#reportedTextBytes = textBytes;
  }

  /** The last report wins, field by field: Anthropic tells the input in the first and the output in the last. */
  #reported(): Usage | null {
    const { firstUsage, lastUsage } = this.#scanner;
    const first = parse(firstUsage);
    return readUsage(lastUsage === null ? first : { ...first, ...parse(lastUsage) });
  }
}

function estimatedInput(requestBytes: number | null): number | null {
  if (requestBytes === null || requestBytes > MAX_ESTIMATED_REQUEST_BYTES) return null;
  return Math.ceil(requestBytes / BYTES_PER_TOKEN);
}

/** An object's fields without those that are null; empty for what is no JSON. */
function parse(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text);
  } catch {
    return {};
  }
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) delete fields[name];
  }
  return fields;
}

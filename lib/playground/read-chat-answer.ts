/**
 * Reads a chat completion in OpenAI's format as it arrives, streamed or whole.
 * @module
 */
import { readFirstSseEvent } from "../http/read-sse-event";

export type ChatPart =
  | { readonly kind: "text"; readonly text: string }
  /** A reasoning model's thoughts; providers have no common name for it. */
  | { readonly kind: "thinking"; readonly text: string }
  /** A piece of a call of a tool; the name is empty after the first. */
  | {
      readonly kind: "tool";
      readonly index: number;
      readonly name: string;
      readonly text: string;
    }
  /** Counts so far; the last ones are final. Null if not reported. */
  | {
      readonly kind: "usage";
      readonly inputTokens: number | null;
      /** The cached part of the input. */
      readonly cachedInputTokens: number | null;
      readonly outputTokens: number | null;
    }
  /** Why it ended: `stop`, `length`, … */
  | { readonly kind: "finish"; readonly reason: string }
  /** The stream broke off with the upstream's message. */
  | { readonly kind: "error"; readonly message: string };

/**
 * The parts of a response with status 2xx, in order.
 * @param onData Gets each event's data, or the whole body, as it came.
 */
export async function* readChatAnswer(
  response: Response,
  onData: (data: string) => void = () => {},
): AsyncGenerator<ChatPart> {
  if (response.body === null) return;
  if (response.headers.get("content-type")?.includes("application/json")) {
    const text = await response.text();
    onData(text);
    yield* partsOf(text);
    return;
  }
  for await (const block of sseBlocks(response.body)) {
    const data = readFirstSseEvent(block)?.data;
    if (data === undefined || data === "") continue;
    onData(data);
    if (data !== "[DONE]") yield* partsOf(data);
  }
}

/** The texts between empty lines. */
async function* sseBlocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      waiting += decoder.decode(read.value, { stream: true });
      const blocks = waiting.split(/\r\n\r\n|\n\n|\r\r/);
      waiting = blocks.pop() ?? "";
      yield* blocks;
    }
    yield waiting + decoder.decode();
  } finally {
    await reader.cancel();
  }
}

/** The part of the format that is read; anything may be missing. */
interface Completion {
  readonly choices?: readonly {
    readonly delta?: Message | null;
    readonly message?: Message | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  } | null;
  readonly error?: { readonly message?: string } | string | null;
}

interface Message {
  readonly content?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly tool_calls?: unknown;
}

function* partsOf(data: string): Generator<ChatPart> {
  const completion = parseCompletion(data);
  if (completion === null) {
    yield { kind: "error", message: data.slice(0, 300) };
    return;
  }
  const { choices, usage, error } = completion;
  if (error) {
    const message = typeof error === "string" ? error : error.message;
    yield { kind: "error", message: message ?? JSON.stringify(error) };
  }
  const choice = choices?.[0];
  const message = choice?.delta ?? choice?.message;
  const thinking = textOf(message?.reasoning_content) || textOf(message?.reasoning);
  if (thinking !== "") yield { kind: "thinking", text: thinking };
  const text = textOf(message?.content);
  if (text !== "") yield { kind: "text", text };
  yield* toolsOf(message?.tool_calls);
  if (choice?.finish_reason) yield { kind: "finish", reason: choice.finish_reason };
  if (usage) {
    yield {
      kind: "usage",
      inputTokens: usage.prompt_tokens ?? null,
      cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? null,
      outputTokens: usage.completion_tokens ?? null,
    };
  }
}

interface ToolCallPiece {
  readonly index?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

/** A stream has pieces of calls, each with its number; an answer in one piece has them in order. */
function* toolsOf(calls: unknown): Generator<ChatPart> {
  if (!Array.isArray(calls)) return;
  for (const [at, call] of (calls as readonly (ToolCallPiece | null)[]).entries()) {
    const index = typeof call?.index === "number" ? call.index : at;
    const { name, arguments: text } = call?.function ?? {};
    yield {
      kind: "tool",
      index,
      name: typeof name === "string" ? name : "",
      text: typeof text === "string" ? text : "",
    };
  }
}

function parseCompletion(data: string): Completion | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** Content is a text, or a list of parts some of which have one. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : "")).join("");
}

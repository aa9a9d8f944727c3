/**
 * A call of the playground in progress: what is known about it so far. Times are in milliseconds.
 * @module
 */
import type { ChatPart } from "@/lib/playground/read-chat-answer";
import type { Refusal } from "@/lib/playground/read-refusal";

export interface ToolCall {
  readonly name: string;
  /** JSON, as far as it has come. */
  readonly text: string;
}

/** No one reads more, and the page keeps it. */
export const MOST_RAW_CHARS = 200_000;

export interface ChatRun {
  /** `waiting` for the first byte; `stopped` by the person. */
  readonly state: "waiting" | "streaming" | "done" | "stopped" | "failed";
  readonly text: string;
  readonly thinking: string;
  /** Calls of tools, by their number. */
  readonly tools: readonly ToolCall[];
  /** What came, event by event, up to `MOST_RAW_CHARS`. */
  readonly raw: string;
  /** The key that served, masked; null while unknown, and for tokens that may not see it. */
  readonly key: string | null;
  /** An alias's target, as `{provider}/{model}`; null for a model that was named directly. */
  readonly target: string | null;
  readonly attempts: number | null;
  readonly requestId: string | null;
  /** From sending to the first text. */
  readonly firstTextMs: number | null;
  /** From sending to the end. */
  readonly totalMs: number | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  /** Null until it is requested, and if no price is known. */
  readonly costUsd: number | null;
  /** Why the model stopped: `stop`, `length`, … */
  readonly finishReason: string | null;
  /** Why there is no response, or why it is incomplete. */
  readonly problem: Refusal | { readonly kind: "broken"; readonly message: string } | null;
}

export const WAITING: ChatRun = {
  state: "waiting",
  text: "",
  thinking: "",
  tools: [],
  raw: "",
  key: null,
  target: null,
  attempts: null,
  requestId: null,
  firstTextMs: null,
  totalMs: null,
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  costUsd: null,
  finishReason: null,
  problem: null,
};

/** What the response's headers report. */
export function withHeaders(run: ChatRun, headers: Headers): ChatRun {
  const attempts = headers.get("x-one-balance-attempts");
  const key = headers.get("x-one-balance-key");
  const target = headers.get("x-one-balance-target");
  return {
    ...run,
    state: "streaming",
    key: key === null ? null : decodeURIComponent(key),
    target: target === null ? null : decodeURI(target),
    attempts: attempts === null ? null : Number(attempts),
    requestId: headers.get("x-one-balance-request-id"),
  };
}

/** Adds one part of the response. @param elapsedMs since the call was sent */
export function withPart(run: ChatRun, part: ChatPart, elapsedMs: number): ChatRun {
  switch (part.kind) {
    case "text":
      return { ...run, text: run.text + part.text, firstTextMs: run.firstTextMs ?? elapsedMs };
    case "thinking":
      return {
        ...run,
        thinking: run.thinking + part.text,
        firstTextMs: run.firstTextMs ?? elapsedMs,
      };
    case "tool":
      return { ...run, tools: withToolPiece(run.tools, part) };
    case "usage": {
      const { kind: _, ...counts } = part;
      return { ...run, ...counts };
    }
    case "finish":
      return { ...run, finishReason: part.reason };
    case "error":
      return { ...run, problem: { kind: "broken", message: part.message } };
  }
}

/** Adds what came, as it came. */
export function withRaw(run: ChatRun, data: string): ChatRun {
  if (run.raw.length >= MOST_RAW_CHARS) return run;
  const raw = `${run.raw}${run.raw === "" ? "" : "\n"}${data}`;
  return { ...run, raw: raw.length > MOST_RAW_CHARS ? `${raw.slice(0, MOST_RAW_CHARS)}…` : raw };
}

/** Numbers that were skipped are left out. */
function withToolPiece(
  tools: readonly ToolCall[],
  { index, name, text }: Extract<ChatPart, { kind: "tool" }>,
): readonly ToolCall[] {
  const at = Math.min(index, tools.length);
  const known = tools[at] ?? { name: "", text: "" };
  return tools.toSpliced(at, 1, { name: known.name + name, text: known.text + text });
}

/** The run at its end. */
export function ended(run: ChatRun, totalMs: number): ChatRun {
  return { ...run, totalMs, state: run.problem === null ? "done" : "failed" };
}

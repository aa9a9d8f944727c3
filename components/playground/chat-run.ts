/**
 * One call of the playground as it goes on: what is known of it so far. Times are in milliseconds.
 * @module
 */
import type { ChatPart } from "@/lib/playground/read-chat-answer";
import type { Refusal } from "@/lib/playground/read-refusal";

export interface ChatRun {
  /** `waiting` for the first byte; `stopped` by the person. */
  readonly state: "waiting" | "streaming" | "done" | "stopped" | "failed";
  readonly text: string;
  readonly thinking: string;
  /** The key that served, masked; null while unknown, and for tokens that are not shown it. */
  readonly key: string | null;
  /** Where an alias led, as `{provider}/{model}`; null for a model that was named itself. */
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
  /** Null until it is asked, and where no price is known. */
  readonly costUsd: number | null;
  /** Why the model stopped: `stop`, `length`, … */
  readonly finishReason: string | null;
  /** Why there is no answer, or no more of it. */
  readonly problem: Refusal | { readonly kind: "broken"; readonly message: string } | null;
}

export const WAITING: ChatRun = {
  state: "waiting",
  text: "",
  thinking: "",
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

/** What the answer's headers tell. */
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

/** What one part of the answer adds. @param elapsedMs since the call was sent */
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

/** The run at its end. */
export function ended(run: ChatRun, totalMs: number): ChatRun {
  return { ...run, totalMs, state: run.problem === null ? "done" : "failed" };
}

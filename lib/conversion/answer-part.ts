/**
 * What an answer is made of, whatever form it comes in: readers of one form make these, writers of another take
 * them. A stream brings texts in pieces.
 * @module
 */

/** Why an answer ended. */
export type FinishReason = "stop" | "stop_string" | "length" | "tools" | "filter";

export interface AnswerUsage {
  /** All that was read, the cache's share included. */
  readonly input: number;
  /** Of the input what came from the cache. */
  readonly cached: number;
  /** Of the input what was written to the cache. */
  readonly cacheWritten: number;
  readonly output: number;
  /** Of the output what was thought. */
  readonly reasoning: number;
}

export const NO_ANSWER_USAGE: AnswerUsage = {
  input: 0,
  cached: 0,
  cacheWritten: 0,
  output: 0,
  reasoning: 0,
};

export type AnswerPart =
  | { readonly kind: "start"; readonly id: string; readonly model: string }
  | { readonly kind: "reasoning"; readonly text: string }
  /** What its maker signed of the thought before it, or sealed in place of one: it must come back as it is. */
  | { readonly kind: "seal"; readonly signature: string }
  | { readonly kind: "sealed"; readonly data: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refusal"; readonly text: string }
  | {
      readonly kind: "tool";
      /** Which of the answer's calls: those of one answer may come side by side. */
      readonly index: number;
      /** Empty where it was told before. */
      readonly id: string;
      readonly name: string;
      /** JSON, or a piece of it. */
      readonly arguments: string;
      /** What must come back with the call in the history, as the upstream has it; absent for nothing. */
      readonly state?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "finish"; readonly reason: FinishReason; readonly stopString: string | null }
  | { readonly kind: "usage"; readonly usage: AnswerUsage }
  | { readonly kind: "error"; readonly type: string; readonly message: string }
  /** Nothing is said, and the upstream is there. */
  | { readonly kind: "ping" }
  /** Nothing comes any more, though the stream may stay open. */
  | { readonly kind: "end" };

/**
 * The parts of a response, whatever its format: readers of one format produce them, writers of another consume them. A
 * stream delivers texts in pieces.
 * @module
 */

import type { ThoughtFormat } from "./thought-details";

/** Why a response ended. */
export type FinishReason = "stop" | "stop_string" | "length" | "tools" | "filter";

export interface AnswerUsage {
  /** Everything that was read, including the cached part. */
  readonly input: number;
  /** The part of the input that came from the cache. */
  readonly cached: number;
  /** The part of the input that was written to the cache. */
  readonly cacheWritten: number;
  readonly output: number;
  /** The part of the output that was reasoning. */
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
  /**
   * The provider's signature of the preceding thought, or the encrypted thought itself: it must be sent back unchanged.
   */
  | { readonly kind: "seal"; readonly signature: string }
  | { readonly kind: "sealed"; readonly data: string; readonly format: ThoughtFormat }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refusal"; readonly text: string }
  | {
      readonly kind: "tool";
      /** Which of the response's calls: several calls may be interleaved. */
      readonly index: number;
      /** Empty if it was sent before. */
      readonly id: string;
      readonly name: string;
      /** JSON, or a piece of it. */
      readonly arguments: string;
      /** What must be sent back with the call in the history, in the upstream's form; absent for nothing. */
      readonly state?: Readonly<Record<string, unknown>>;
      /** Whether the tool has plain input: `arguments` is this, not JSON. */
      readonly isPlain?: boolean;
    }
  | { readonly kind: "finish"; readonly reason: FinishReason; readonly stopString: string | null }
  | { readonly kind: "usage"; readonly usage: AnswerUsage }
  | { readonly kind: "error"; readonly type: string; readonly message: string }
  /** No content, only a sign of life. */
  | { readonly kind: "ping" }
  /** Nothing more comes, although the stream may stay open. */
  | { readonly kind: "end" };

/**
 * What a refusal says, and what it comes to.
 * @module
 */

/** How long a refusal says to rest. */
export interface RefusedRest {
  /** Epoch milliseconds. */
  readonly untilMs: number;
  /** Whether that is no more than a guess: the answer told neither quota nor time. */
  readonly isGuess: boolean;
}

/** What a refusal came to. */
export interface Lesson {
  /** Until when the domain rests: epoch milliseconds. */
  readonly untilMs: number;
  /** Whether nobody told so: a request may go sooner rather than be refused. */
  readonly isGuess: boolean;
  /**
   * Unexplained refusals in a row, this one included: each after the rest of the one before was over, with no
   * success between. 0 for any other refusal.
   */
  readonly unexplained: number;
  /** When the first of them came: epoch milliseconds. */
  readonly unexplainedSinceMs: number;
  /** True where only the timing was wrong: the refusal was expected, or sent before an earlier one was known. */
  readonly isExpected: boolean;
}

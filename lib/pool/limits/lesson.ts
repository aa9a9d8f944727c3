/**
 * What a rejection says, and what follows from it.
 * @module
 */

/** The cooldown that a rejection asks for. */
export interface WantedCooldown {
  /** Epoch milliseconds. */
  readonly untilMs: number;
  /** Whether it is only a guess: the response states neither a quota nor a time. */
  readonly isGuess: boolean;
  /** Whether it is the longest possible: the response names a quota by its window, but no time. Absent: false. */
  readonly isWindow?: boolean;
}

/** The result of a rejection. */
export interface Lesson {
  /** Until when the domain is in cooldown, in epoch milliseconds. */
  readonly untilMs: number;
  /** Whether that is a guess: a request may be sent earlier before it would have to be rejected. */
  readonly isGuess: boolean;
  /**
   * Consecutive unexplained rejections, including this one: each after the previous one's cooldown ended, without a
   * success in between. 0 for any other rejection.
   */
  readonly unexplained: number;
  /** When the first of them came, in epoch milliseconds. */
  readonly unexplainedSinceMs: number;
  /**
   * Whether only the timing was wrong: the rejection was expected, or the request was sent before an earlier rejection
   * was known.
   */
  readonly isExpected: boolean;
}

/** How the report directs its upstream. @module */

/** `PUT` begins a case, `GET` returns its counts. */
export const CASE_PATH = "/bench/case";

export interface LimitedCase {
  /** The last two digits of keys that get 429. */
  readonly limited: readonly string[];
  /** Before every response. */
  readonly delayMs: number;
}

export interface CaseCounts {
  readonly attempts: number;
  readonly rejected: number;
}

/**
 * A limit as one isolate uses it, and what is asked of those who hand out leases of it.
 * @module
 */
import type { SharedLimit } from "./lease";
import type { LeaseAsk } from "./lease-book";

/** One limit as this isolate uses it. */
export interface LeasedLimit extends SharedLimit {
  /** Limits of one group are asked for together: all of one token, of one member, or of one pool. */
  readonly group: string;
  /** What this isolate uses of it: of a budget, since it was `counted` last. */
  used(nowMs: number): number;
  /** What it would use if it were `counted` now. */
  usedAnew(nowMs: number): number;
  /** Its use is told now: what was paid for before then is in everybody's books. */
  counted(nowMs: number): void;
  /** What of that may be given back: requests that are not over. */
  underWay(): number;
}

export type LeaseTurn =
  | /** Within what this isolate holds. */ { readonly kind: "go" }
  | /** The isolate does not hold enough, and may ask for more. */ { readonly kind: "ask" }
  | /** It has asked a moment ago. */ {
      readonly kind: "short";
      /** When asking again may help: epoch milliseconds. */
      readonly retryAtMs: number;
      /** Whether something is left, though others hold it, who soon give back what they do not use. */
      readonly isLeft: boolean;
    };

/** What is asked or told of one limit, and which lease the answer is for. */
export interface LeaseQuestion extends LeaseAsk {
  readonly group: string;
  /** Since when the limit has been in demand here: epoch milliseconds. */
  readonly sinceMs: number;
}

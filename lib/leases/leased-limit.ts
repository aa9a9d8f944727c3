/**
 * A limit as one isolate uses it, and the requests for leases of it.
 * @module
 */
import type { SharedLimit } from "./lease";
import type { LeaseClaim } from "./lease-book";

/** One limit as this isolate uses it. */
export interface LeasedLimit extends SharedLimit {
  /** Limits of one group are requested together: all of one token, of one member, or of one pool. */
  readonly group: string;
  /** What this isolate uses of it: for a budget, since the last `counted`. */
  used(nowMs: number): number;
  /** What it would use if `counted` were called now. */
  usedIfCounted(nowMs: number): number;
  /** Its use is reported now: everyone's books include what was spent before. */
  counted(nowMs: number): void;
  /** The part of that that may be given back: requests in progress. */
  underWay(): number;
  /** How much of `used` the requests in progress may not need after all. */
  mayReturn(nowMs: number): number;
}

export type LeaseTurn =
  | /** Within what this isolate holds. */ { readonly kind: "go" }
  | /** The isolate doesn't hold enough, and may ask for more. */ { readonly kind: "ask" }
  | /** It asked a moment ago. */ {
      readonly kind: "short";
      /** When asking again may help, in epoch milliseconds. */
      readonly retryAtMs: number;
      /**
       * How much the use of all isolates leaves too little; 0 if enough is left, and held by others who will soon give
       * back what they don't use.
       */
      readonly missing: number;
    };

/** What is requested or reported for one limit. */
export interface LeaseQuestion extends LeaseClaim {
  readonly unit: number;
  readonly hadWhole: boolean;
  readonly mayReturn: number;
  readonly group: string;
  /** Since when the limit has been in demand here, in epoch milliseconds. */
  readonly sinceMs: number;
}

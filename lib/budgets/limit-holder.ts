/**
 * Whose limits a request must keep, what it asks for, and what it is told where they hold it back.
 * @module
 */
import type { LeasedLimits } from "../leases/leased-limits";
import type { Waiter } from "../pool/share/fair-queue";
import type { Spend } from "./spend";

/** Null for no limit. */
export interface TokenLimits {
  readonly rpm: number | null;
  readonly tpm: number | null;
  /** Under way at the same moment. */
  readonly concurrentRequests: number | null;
  readonly dailyRequests: number | null;
  readonly dailyTokens: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

/** Whose limits a request must keep. */
export interface LimitHolder {
  readonly kind: "token" | "member";
  /** `at_…` or `us_…`. */
  readonly id: string;
  /** Whose days and months count: a token that took another's place goes on with its budgets. */
  readonly budgetId: string;
  readonly limits: TokenLimits;
}

/** The most a request may come to, before it is sent. */
export interface Estimate extends Spend {
  /** Of the tokens those that it takes whatever the answer is; absent for none. */
  readonly leastTokens?: number;
}

/** A request that asks for a seat. */
export interface Asker {
  /** Its place where it would wait for others, which it keeps until `leave` is called; null where it would not. */
  readonly waiter: Waiter | null;
  /** Whether it asks for the first time. */
  readonly isNew: boolean;
}

/** One look at a holder's limits for one request. */
export interface LimitCheck extends Asker {
  readonly estimate: Estimate;
  /** By which limits are shared with other isolates; null where there are no others. */
  readonly leases: LeasedLimits | null;
  readonly nowMs: number;
}

/** Which limit holds a request back, and for how long. */
export type LimitRefusal = { readonly limit: keyof TokenLimits } & (
  | /** Others under way hold what this one needs. */ { readonly kind: "wait" }
  | /** This isolate's lease is too small, and may be asked for again. */ {
      readonly kind: "ask";
      readonly group: string;
    }
  | { readonly kind: "full"; readonly retryAtMs: number }
);

/** What decides where two limits hold a request back: asking for a lease comes before waiting. */
export function firstOf<Refusal extends LimitRefusal>(
  one: Refusal | null,
  other: Refusal | null,
): Refusal | null {
  return one === null || (one.kind === "wait" && other?.kind === "ask") ? other : one;
}

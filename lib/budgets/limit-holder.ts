/**
 * Whose limits a request must keep, what it needs, and what it gets if they hold it back.
 * @module
 */
import type { LeasedLimits } from "../leases/leased-limits";
import type { Waiter } from "../pool/share/fair-queue";
import type { Spend } from "./spend";

/** Null for no limit. */
export interface TokenLimits {
  readonly rpm: number | null;
  readonly tpm: number | null;
  /** In progress at the same time. */
  readonly concurrentRequests: number | null;
  readonly dailyRequests: number | null;
  readonly dailyTokens: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

/** A token, a member, a group or a tag whose limits a request must keep. */
export interface LimitHolder {
  readonly kind: "token" | "member" | "group" | "tag";
  /** `at_…`, `us_…`, `gr_…` or `tag:name=value`. */
  readonly id: string;
  /** A group's name, or a tag's name and value; absent for others. */
  readonly name?: string;
  /** Id whose daily and monthly usage counts: a rotated token keeps the budgets of the token it replaced. */
  readonly budgetId: string;
  readonly limits: TokenLimits;
}

/** The most a request can use, before it is sent. */
export interface Estimate extends Spend {
  /** The tokens that it uses whatever the response; absent for none. */
  readonly leastTokens?: number;
}

/** A request that asks for a concurrency slot. */
export interface SlotRequest {
  /** Its place in the queue, kept until `leave` is called; null if it wouldn't wait. */
  readonly waiter: Waiter | null;
  /** Whether it asks for the first time. */
  readonly isNew: boolean;
}

/** One check of a holder's limits for one request. */
export interface LimitCheck extends SlotRequest {
  readonly estimate: Estimate;
  /** Through which limits are shared with other isolates; null if there are none. */
  readonly leases: LeasedLimits | null;
  readonly nowMs: number;
}

/** Which limit holds a request back, and for how long. */
export type LimitRefusal = { readonly limit: keyof TokenLimits } & (
  | /** Other requests in progress hold what this one needs. */ { readonly kind: "wait" }
  | /** This isolate's lease is too small, and a larger one may be requested. */ {
      readonly kind: "ask";
      readonly group: string;
    }
  | { readonly kind: "full"; readonly retryAtMs: number }
);

/** The refusal that counts if two limits hold a request back: requesting a lease comes before waiting. */
export function firstOf<Refusal extends LimitRefusal>(
  one: Refusal | null,
  other: Refusal | null,
): Refusal | null {
  return one === null || (one.kind === "wait" && other?.kind === "ask") ? other : one;
}

/**
 * What holds requests back, no matter who set it: a person, the provider's answers, or experience.
 * @module
 */
import type { QuotaUnit } from "../../providers/types";

/** Names no entry: nothing is there to refund. */
export const NO_ENTRY = -1;

/** One limit of one quota, and what has been taken from it. Times are epoch milliseconds. */
export interface Limit {
  readonly unit: QuotaUnit;
  /** The earliest time a cost may go; 0 for now. A cost above the whole limit asks for all of it. */
  earliestMs(cost: number, nowMs: number): number;
  /** @returns The entry that holds it, for `refund`; `NO_ENTRY` where another limit keeps the log. */
  take(cost: number, nowMs: number): number;
  /** Gives back a part of what was taken at an entry; nothing where that entry counts no longer. */
  refund(entry: number, cost: number): void;
  /** What is left of it; infinite while none is known. */
  left(nowMs: number): number;
  /** What it lets through in the long run, a millisecond; infinite while that is not known. */
  perMs(nowMs: number): number;
  /** Its size, for people; null while none is known. */
  size(nowMs: number): LimitSize | null;
}

export interface LimitSize {
  readonly limit: number;
  /** How long it takes until all of it is back; null where that is not known. */
  readonly windowMs: number | null;
}

/** What a request of so many tokens takes of a limit. */
export function costAt({ unit }: Limit, tokens: number): number {
  return unit === "tokens" ? tokens : 1;
}

/** When the strictest of limits allows one more request: epoch milliseconds, 0 for now. */
export function earliestOf(limits: Iterable<Limit>, tokens: number, nowMs: number): number {
  let earliestMs = 0;
  for (const limit of limits) {
    earliestMs = Math.max(earliestMs, limit.earliestMs(costAt(limit, tokens), nowMs));
  }
  return earliestMs;
}

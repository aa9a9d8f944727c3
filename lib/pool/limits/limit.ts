/**
 * Anything that holds requests back: configured by a person, reported by responses, or learned.
 * @module
 */
import type { LimitUnit } from "../types";

/** No entry: there is nothing to refund. */
export const NO_ENTRY = -1;

/** One limit of one quota, and what has been taken from it. Times are epoch milliseconds. */
export interface Limit {
  readonly unit: LimitUnit;
  /** The earliest time for a cost; 0 for now. A cost above the whole limit requires all of it. */
  earliestMs(cost: number, nowMs: number): number;
  /** @returns The entry that contains it, for `refund`; `NO_ENTRY` if another limit keeps the log. */
  take(cost: number, nowMs: number): number;
  /** Refunds a part of what was taken at an entry; does nothing if that entry no longer counts. */
  refund(entry: number, cost: number): void;
  /** What is left; infinite if unknown. */
  left(nowMs: number): number;
  /** The long-term rate per millisecond; infinite if unknown. */
  perMs(nowMs: number): number;
  /** Its size, shown to people; null if unknown. */
  size(nowMs: number): LimitSize | null;
}

export interface LimitSize {
  readonly limit: number;
  /** How long it takes until all of it is available again; null if unknown. */
  readonly windowMs: number | null;
}

/** What a request with this many tokens costs. */
export function costAt({ unit }: Limit, tokens: number): number {
  return unit === "tokens" ? tokens : 1;
}

/** When the strictest limit allows one more request: epoch milliseconds, 0 for now. */
export function earliestOf(limits: Iterable<Limit>, tokens: number, nowMs: number): number {
  let earliestMs = 0;
  for (const limit of limits) {
    earliestMs = Math.max(earliestMs, limit.earliestMs(costAt(limit, tokens), nowMs));
  }
  return earliestMs;
}

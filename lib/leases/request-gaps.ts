/**
 * How long an isolate waits from one lease request for a limit to the next.
 * @module
 */
import type { LeaseEntry } from "./lease-entry";

export interface RequestGaps {
  /** From one request for a limit to the next, if nothing is left of it until others give back. */
  readonly fullGapMs: number;
  /** After this many requests it may ask earlier; null: no earlier. */
  readonly requestsPerAsk: number | null;
}

/** If something is left. */
const ASK_GAP_MS = 200;
/** If others hold what is left. */
const HELD_GAP_MS = 1_000;
/** Each unsuccessful request doubles the gap to the next, at most this many times. */
const DOUBLINGS_MAX = 2;
/** If nothing is left, however many requests arrive. */
const LEAST_FULL_GAP_MS = 1_000;

/** When a limit may be requested next, in epoch milliseconds. */
export function askableMs(entry: LeaseEntry, gaps: RequestGaps, nowMs: number): number {
  const { requestedMs, requests, fruitless, youngUntilMs, permits, heldByOthers, usedByOthers } =
    entry;
  const { limit } = entry;
  if (youngUntilMs > nowMs) return youngUntilMs;
  // A window gives back slowly; a request that waits for a concurrency slot, or for its isolate's turn, gets
  // the next one.
  const times =
    limit.windowMs === null || entry.isWhole ? 1 : 2 ** Math.min(fruitless, DOUBLINGS_MAX);
  const isLeft = permits + heldByOthers < limit.limit;
  if (isLeft || youngUntilMs > requestedMs) return requestedMs + ASK_GAP_MS * times;
  if (limit.used(nowMs) + usedByOthers < limit.limit) return requestedMs + HELD_GAP_MS * times;
  const isMany = gaps.requestsPerAsk !== null && requests >= gaps.requestsPerAsk;
  return requestedMs + (isMany ? LEAST_FULL_GAP_MS : gaps.fullGapMs);
}

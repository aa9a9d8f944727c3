/**
 * How long an isolate waits from one question about a limit to the next.
 * @module
 */
import type { LeaseEntry } from "./lease-entry";

export interface AskingGaps {
  /** From one question about a limit to the next, where nothing is left of it until others give back. */
  readonly fullGapMs: number;
  /** So many requests later it may be asked sooner; null: no sooner. */
  readonly requestsPerAsk: number | null;
}

/** Where something is left. */
const ASK_GAP_MS = 200;
/** Where others hold what is left. */
const HELD_GAP_MS = 1_000;
/** Each without success doubles the gap to the next, so often at most. */
const DOUBLINGS_MAX = 2;
/** Where nothing is left, however many requests come. */
const LEAST_FULL_GAP_MS = 1_000;

/** When a limit may be asked for next: epoch milliseconds. */
export function askableMs(entry: LeaseEntry, gaps: AskingGaps, nowMs: number): number {
  const { askedMs, requests, inVain, youngUntilMs, permits, heldByOthers, usedByOthers } = entry;
  const { limit } = entry;
  if (youngUntilMs > nowMs) return youngUntilMs;
  // A window gives back slowly; who waits for a seat is served by the next that is given back.
  const times = limit.windowMs === null ? 1 : 2 ** Math.min(inVain, DOUBLINGS_MAX);
  const isLeft = permits + heldByOthers < limit.limit;
  if (isLeft || youngUntilMs > askedMs) return askedMs + ASK_GAP_MS * times;
  if (limit.used(nowMs) + usedByOthers < limit.limit) return askedMs + HELD_GAP_MS * times;
  const isMany = gaps.requestsPerAsk !== null && requests >= gaps.requestsPerAsk;
  return askedMs + (isMany ? LEAST_FULL_GAP_MS : gaps.fullGapMs);
}

/**
 * When one isolate may send more of a window that others use too.
 * @module
 */
import type { SendLog } from "../limits/send-log";
import type { PeerUse, TimedAmount } from "./peer-use";

/** What comes back to this isolate is for it alone for so long: the others must be told in time. */
const OWN_HOLD_MS = 2_000;

/**
 * Epoch milliseconds, 0 for now.
 * @param limit Of requests or tokens, in any window of `spanMs`.
 */
export function roomAtMs(
  log: SendLog,
  peers: PeerUse,
  limit: number,
  spanMs: number,
  cost: number,
  nowMs: number,
): number {
  const used = log.since(nowMs - spanMs);
  const free = limit - used - peers.within(spanMs, nowMs);
  if (free < cost) return backAtMs(log, peers, cost - free, spanMs, nowMs);
  const left = log.since(nowMs - spanMs - OWN_HOLD_MS) - used;
  if (left - log.since(nowMs - OWN_HOLD_MS) >= cost) return 0;
  return peers.turnMs(free, nowMs);
}

/** Whether there is room for two, though it may be another isolate's turn: that one is likely to take one. */
export function hasAmpleRoom(
  log: SendLog,
  peers: PeerUse,
  limit: number,
  spanMs: number,
  nowMs: number,
): boolean {
  return limit - log.since(nowMs - spanMs) - peers.within(spanMs, nowMs) >= 2;
}

/** When so much more is back. */
function backAtMs(
  log: SendLog,
  peers: PeerUse,
  missing: number,
  spanMs: number,
  nowMs: number,
): number {
  const own: TimedAmount[] = log
    .after(nowMs - spanMs)
    .map(([atMs, amount]) => [atMs + spanMs, amount]);
  const ends = [...own, ...peers.ends(spanMs)].sort(([a], [b]) => a - b);
  let left = missing;
  for (const [endMs, amount] of ends) {
    if (endMs <= nowMs) continue;
    left -= amount;
    if (left <= 0) return endMs;
  }
  return nowMs + spanMs;
}

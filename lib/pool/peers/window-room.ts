/**
 * When an isolate may use more of a window that it shares with others.
 * @module
 */
import type { SendLog } from "../limits/send-log";
import type { PeerUse, TimedAmount } from "./peer-use";

/** How long this isolate may take back what it used: shorter than the others reserve it, so its report is in time. */
const OWN_HOLD_MS = 2_000;

/**
 * When `cost` may be sent: epoch milliseconds, 0 for now.
 * @param limit Requests or tokens in any window of `spanMs`.
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

/** Whether two units are free, so that one is left even if the isolate whose turn it is takes the other. */
export function hasAmpleRoom(
  log: SendLog,
  peers: PeerUse,
  limit: number,
  spanMs: number,
  nowMs: number,
): boolean {
  return limit - log.since(nowMs - spanMs) - peers.within(spanMs, nowMs) >= 2;
}

/** When `missing` more units will have left the window. */
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

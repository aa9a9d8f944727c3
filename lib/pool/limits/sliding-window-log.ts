/**
 * A limit of which only the size is known: an amount in any window of a given length. Correct for fixed and sliding
 * windows, because it never sends more than the limit within one length.
 * @module
 */
import type { QuotaUnit } from "../../providers/types";
import { roomAtMs } from "../peers/window-room";
import { type Limit, type LimitSize, NO_ENTRY } from "./limit";
import { SendLog } from "./send-log";

/** Sends closer together than this part of a window are logged as one. */
const GRAINS = 256;

export class SlidingWindowLog implements Limit {
  readonly unit: QuotaUnit;
  readonly limit: number;
  readonly windowMs: number;
  readonly log: SendLog;
  readonly #isOwn: boolean;
  readonly #keptOpenMs: number;

  /**
   * @param shared A log of the same unit that another limit maintains; null to maintain its own.
   * @param guardMs The window is kept open this much longer, because requests can overtake each other on the way.
   */
  constructor(
    unit: QuotaUnit,
    limit: number,
    windowMs: number,
    shared: SendLog | null = null,
    guardMs = 0,
  ) {
    this.unit = unit;
    this.#keptOpenMs = windowMs + guardMs;
    this.limit = limit;
    this.windowMs = windowMs;
    this.log = shared ?? new SendLog();
    this.#isOwn = shared === null;
  }

  size(): LimitSize {
    return this;
  }

  left(nowMs: number): number {
    return this.leftBy(nowMs, nowMs);
  }

  /** What may be sent by a time: the limit for each whole window until then, plus what expires in the rest. */
  leftBy(untilMs: number, nowMs: number): number {
    return leftBy(this.log, this.limit, this.windowMs, untilMs, nowMs);
  }

  perMs(nowMs: number): number {
    const ofPeers = this.log.peers?.within(this.windowMs, nowMs) ?? 0;
    return Math.max(0, this.limit - ofPeers) / this.windowMs;
  }

  take(cost: number, nowMs: number): number {
    if (!this.#isOwn) return NO_ENTRY;
    this.log.forgetBefore(nowMs - this.windowMs);
    return this.log.add(nowMs, cost, this.windowMs / GRAINS);
  }

  refund(entry: number, cost: number): void {
    if (this.#isOwn) this.log.refund(entry, cost);
  }

  earliestMs(cost: number, nowMs: number): number {
    // By time, never by amount: a refund of later entries makes the earlier ones count again.
    if (this.#isOwn) this.log.forgetBefore(nowMs - this.#keptOpenMs);
    const { peers } = this.log;
    const asked = Math.min(cost, this.limit);
    if (peers !== null) {
      return roomAtMs(this.log, peers, this.limit, this.#keptOpenMs, asked, nowMs);
    }
    const blockerMs = this.log.timeOfLast(this.limit - asked + 1);
    const readyMs = blockerMs === null ? 0 : blockerMs + this.#keptOpenMs;
    return readyMs > nowMs ? readyMs : 0;
  }
}

/** What may be sent by a time, according to a log of sends. */
export function leftBy(
  log: SendLog,
  limit: number,
  windowMs: number,
  untilMs: number,
  nowMs: number,
): number {
  const windows = Math.max(0, Math.floor((untilMs - nowMs) / windowMs));
  const ofPeers = log.peers?.within(windowMs, nowMs) ?? 0;
  return Math.max(
    0,
    (windows + 1) * Math.max(0, limit - ofPeers) - log.since(untilMs - (windows + 1) * windowMs),
  );
}

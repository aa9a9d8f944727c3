/**
 * A daily request quota that the pool counts itself, because no response reports its state.
 * @module
 */
import type { PeerUse } from "../peers/peer-use";
import type { Limit, LimitSize } from "./limit";

const DAY_MS = 86_400_000;

export class DailyQuota implements Limit {
  readonly unit = "requests";
  limit: number;
  /** What other isolates sent; a count includes it up to the time it was made. Null if none has reported. */
  peers: PeerUse | null = null;
  #countedMs: number;
  readonly #nextMidnightMs: (nowMs: number) => number;
  #used = 0;
  #endMs: number;

  /** @param nextMidnightMs The end of the provider's day that contains a time. */
  constructor(limit: number, nextMidnightMs: (nowMs: number) => number, nowMs: number) {
    this.limit = limit;
    this.#nextMidnightMs = nextMidnightMs;
    this.#endMs = nextMidnightMs(nowMs);
    this.#countedMs = nowMs;
  }

  size(): LimitSize {
    return { limit: this.limit, windowMs: DAY_MS };
  }

  perMs(): number {
    return this.limit / DAY_MS;
  }

  left(nowMs: number): number {
    this.#advance(nowMs);
    return Math.max(0, this.limit - this.#used - this.#ofPeers());
  }

  /** Applies a count of the day's requests, which may include other isolates and earlier times. */
  noteUsed(used: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#used = Math.max(this.#used, used);
    this.#countedMs = nowMs;
  }

  /** @returns The day's end, which identifies the day. */
  take(cost: number, nowMs: number): number {
    this.#advance(nowMs);
    this.#used += cost;
    return this.#endMs;
  }

  refund(entry: number, cost: number): void {
    if (entry === this.#endMs) this.#used = Math.max(0, this.#used - cost);
  }

  earliestMs(cost: number, nowMs: number): number {
    this.#advance(nowMs);
    return this.#used + this.#ofPeers() + cost <= this.limit ? 0 : this.#endMs;
  }

  #ofPeers(): number {
    return this.peers?.since(this.#countedMs) ?? 0;
  }

  #advance(nowMs: number): void {
    if (nowMs < this.#endMs) return;
    this.#used = 0;
    this.#countedMs = this.#endMs;
    this.#endMs = this.#nextMidnightMs(nowMs);
  }
}

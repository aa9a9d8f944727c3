/**
 * A quota of requests in the provider's day, counted here: nobody tells its state.
 * @module
 */
import type { PeerUse } from "../peers/peer-use";
import type { Limit, LimitSize } from "./limit";

const DAY_MS = 86_400_000;

export class DailyQuota implements Limit {
  readonly unit = "requests";
  limit: number;
  /** What other isolates sent, which a count knows of up to when it was made; null where none has told. */
  peers: PeerUse | null = null;
  #countedMs: number;
  readonly #nextMidnightMs: (nowMs: number) => number;
  #used = 0;
  #endMs: number;

  /** @param nextMidnightMs When the provider's day ends that a moment is in. */
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

  /** Takes over a count of today's, which may know of other isolates and of times before this one. */
  noteUsed(used: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#used = Math.max(this.#used, used);
    this.#countedMs = nowMs;
  }

  /** @returns The day's end, which names the day. */
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

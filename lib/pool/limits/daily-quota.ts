/**
 * A quota of requests in the provider's day, counted here: nobody tells its state.
 * @module
 */
import type { Meter } from "../types";

const DAY_MS = 86_400_000;

export class DailyQuota implements Meter {
  readonly unit = "requests";
  readonly windowMs = DAY_MS;
  limit: number;
  readonly #nextMidnightMs: (nowMs: number) => number;
  #used = 0;
  #endMs: number;

  /** @param nextMidnightMs When the provider's day ends that a moment is in. */
  constructor(limit: number, nextMidnightMs: (nowMs: number) => number, nowMs: number) {
    this.limit = limit;
    this.#nextMidnightMs = nextMidnightMs;
    this.#endMs = nextMidnightMs(nowMs);
  }

  get perMs(): number {
    return this.limit / DAY_MS;
  }

  left(nowMs: number): number {
    this.#advance(nowMs);
    return Math.max(0, this.limit - this.#used);
  }

  /** Takes over a count of today's, which may know of other isolates and of times before this one. */
  noteUsed(used: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#used = Math.max(this.#used, used);
  }

  take(amount: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#used += amount;
  }

  /** Takes back what did not count. */
  giveBack(amount: number): void {
    this.#used = Math.max(0, this.#used - amount);
  }

  readyAtMs(amount: number, nowMs: number): number {
    this.#advance(nowMs);
    return this.#used + amount <= this.limit ? 0 : this.#endMs;
  }

  #advance(nowMs: number): void {
    if (nowMs < this.#endMs) return;
    this.#used = 0;
    this.#endMs = this.#nextMidnightMs(nowMs);
  }
}

/**
 * A quota whose state the provider reports in response headers: how much is left, and when it resets. A fixed window,
 * or a token bucket if it refills gradually.
 * @module
 */
import type { QuotaUnit } from "../../providers/types";
import type { PeerUse } from "../peers/peer-use";
import type { Limit, LimitSize } from "./limit";

/** One reading of a quota. */
export interface Reading {
  /** The maximum of `remaining`. */
  readonly limit: number;
  readonly remaining: number;
  /** When all of it is available again, in epoch milliseconds. */
  readonly resetMs: number;
  /** How long an empty quota takes to refill gradually; null if all of it returns at once at `resetMs`. */
  readonly refillMs: number | null;
}

/** Left unused in a quota that refills gradually, because requests can overtake each other on the way. */
const SPARE = 0.1;

export class HeaderQuota implements Limit {
  readonly unit: QuotaUnit;
  readonly #periodMs: number | null;
  /** What other isolates sent; a reading includes it up to the time it was made. Null if none has reported. */
  peers: PeerUse | null = null;
  #readMs = 0;
  #limit = 0;
  #level = 0;
  #atMs = 0;
  #resetMs = 0;
  #isAtOnce = false;
  #refillMs = 1;
  /** Counts readings and resets; anything taken before the last one is included in it. */
  #version = 0;

  /** @param periodMs The time from one reset to the next, if known: a day for daily quotas. */
  constructor(unit: QuotaUnit, periodMs: number | null = null) {
    this.unit = unit;
    this.#periodMs = periodMs;
  }

  /**
   * Applies a reading.
   * @param sinceSent What was sent after the request to which this reading belongs, and isn't included in it.
   * @param asOfMs When the reading was correct, in epoch milliseconds.
   */
  read({ limit, remaining, resetMs, refillMs }: Reading, sinceSent: number, asOfMs: number): void {
    // A fixed window may look like a gradual refill for a moment, never the other way round.
    if (refillMs === null) this.#isAtOnce = true;
    else this.#refillMs = refillMs;
    let level = remaining - sinceSent;
    if (!this.#isAtOnce) {
      // Readings are whole numbers; between two of them, our own count is more precise.
      const ownLevel = this.#levelAt(asOfMs);
      if (ownLevel > level && ownLevel < level + 1) level = ownLevel;
    }
    this.#limit = limit;
    this.#readMs = asOfMs;
    this.#resetMs = resetMs;
    this.#level = level;
    this.#atMs = asOfMs;
    this.#version += 1;
  }

  perMs(): number {
    if (!this.#isAtOnce) return this.#limit / this.#refillMs;
    return this.#periodMs === null ? Number.POSITIVE_INFINITY : this.#limit / this.#periodMs;
  }

  size(): LimitSize {
    return { limit: this.#limit, windowMs: this.#isAtOnce ? this.#periodMs : this.#refillMs };
  }

  left(nowMs: number): number {
    this.#advance(nowMs);
    return Math.max(0, Math.floor(this.#level));
  }

  /** @returns The version of the reading it follows. */
  take(cost: number, nowMs: number): number {
    this.#advance(nowMs);
    this.#level -= cost;
    return this.#version;
  }

  refund(entry: number, cost: number): void {
    if (entry === this.#version) this.#level = Math.min(this.#limit, this.#level + cost);
  }

  earliestMs(cost: number, nowMs: number): number {
    this.#advance(nowMs);
    const spare = this.#isAtOnce ? 0 : SPARE;
    const ofPeers = this.peers?.since(this.#readMs) ?? 0;
    const missing = Math.min(cost + spare, this.#limit) + ofPeers - this.#level;
    if (missing <= 0) return 0;
    if (!this.#isAtOnce) return nowMs + (missing * this.#refillMs) / this.#limit;
    // A window that ended without a new reading holds no request back.
    return Math.max(0, this.#resetMs);
  }

  #advance(nowMs: number): void {
    if (!this.#isAtOnce) {
      this.#level = this.#levelAt(nowMs);
    } else if (nowMs >= this.#resetMs && this.#resetMs > 0) {
      this.#level = this.#limit;
      this.#version += 1;
      this.#readMs = this.#resetMs;
      this.#resetMs = this.#periodMs === null ? 0 : this.#resetMs + this.#periodMs;
    }
    this.#atMs = nowMs;
  }

  /** The level of a quota that refills gradually. */
  #levelAt(nowMs: number): number {
    const refilled = ((nowMs - this.#atMs) * this.#limit) / this.#refillMs;
    return Math.min(this.#limit, this.#level + refilled);
  }
}

/**
 * A quota whose state answers report in their headers: so much is left, all is back then. A fixed window, or a
 * token bucket where it refills bit by bit.
 * @module
 */
import type { QuotaUnit } from "../../providers/types";
import type { PeerUse } from "../peers/peer-use";
import type { Limit, LimitSize } from "./limit";

/** One reading of a quota. */
export interface Reading {
  /** The most that is ever left. */
  readonly limit: number;
  readonly remaining: number;
  /** Epoch milliseconds when all of it is back. */
  readonly resetMs: number;
  /** How long an empty quota takes to refill bit by bit; null where all is back at once at `resetMs`. */
  readonly refillMs: number | null;
}

/** Left untouched in a quota that refills bit by bit: requests overtake each other on their way. */
const SPARE = 0.1;

export class HeaderQuota implements Limit {
  readonly unit: QuotaUnit;
  readonly #periodMs: number | null;
  /** What other isolates sent, which a reading knows of up to when it was made; null where none has told. */
  peers: PeerUse | null = null;
  #readMs = 0;
  #limit = 0;
  #level = 0;
  #atMs = 0;
  #resetMs = 0;
  #isAtOnce = false;
  #refillMs = 1;
  /** Of readings and resets so far: what was taken before the last of them it knows already. */
  #version = 0;

  /** @param periodMs How long after a reset the next one comes, where that is known: a day for day quotas. */
  constructor(unit: QuotaUnit, periodMs: number | null = null) {
    this.unit = unit;
    this.#periodMs = periodMs;
  }

  /**
   * Takes over a reading.
   * @param sinceSent What was sent after the request that this reading answers: it cannot know of that.
   * @param asOfMs When the reading was true, epoch milliseconds.
   */
  read({ limit, remaining, resetMs, refillMs }: Reading, sinceSent: number, asOfMs: number): void {
    // A fixed window may look like a steady refill for a moment, never the other way round.
    if (refillMs === null) this.#isAtOnce = true;
    else this.#refillMs = refillMs;
    let level = remaining - sinceSent;
    if (!this.#isAtOnce) {
      // Readings are whole numbers; between them, the own count is finer.
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

  /** @returns The reading that it came after. */
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
    // A window that ended without news of the next one holds nobody back.
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

  /** Of a quota that refills bit by bit. */
  #levelAt(nowMs: number): number {
    const refilled = ((nowMs - this.#atMs) * this.#limit) / this.#refillMs;
    return Math.min(this.#limit, this.#level + refilled);
  }
}

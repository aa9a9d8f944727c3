/**
 * How many concurrent requests one key may have.
 *
 * Isolates report to each other how many they have. What is free is shared evenly among those that use the key: until
 * their next reports, each may take its part. If more is wanted than there is, each has an even part of the whole.
 * @module
 */
import type { Limit, LimitSize } from "../limits/limit";
import { NO_ENTRY } from "../limits/limit";
import { LookAgain } from "./look-again";

/** Which of so many isolates gets one more of what can't be shared evenly. */
export type Draw = (nowMs: number) => number;

/** What another isolate reported for a key. */
export interface PeerSeats {
  readonly held: number;
  /** Whether requests are waiting there that the key could serve. */
  readonly isWanting: boolean;
}

/** A use below this part of the cap isn't reported. */
const FREE_PART = 1 / 16;
/** Of a cap below this, every request counts. */
const SMALL_CAP = 4;
/** More requests per minute than this are many. */
const BUSY = 6;
const MINUTE_MS = 60_000;
/** An isolate that found no slot within this time wants one. */
const WANTING_MS = 2_000;
/** A part of what was free applies for as long as others are likely to take theirs. */
const FREE_MS = 3_000;
/** A report of this age is outdated. */
const REPORT_LIFE_MS = 75_000;

export class SeatCap implements Limit {
  readonly unit = "concurrent";
  limit: number;
  #taken = 0;
  /** When the last requests arrived, oldest first. */
  readonly #takenMs: number[] = [];
  /** What this isolate may have; all of it while no other uses the key. */
  #base = Number.POSITIVE_INFINITY;
  /** An even part of the whole, used if nothing newer is known. */
  #even = Number.POSITIVE_INFINITY;
  /** How many isolates may have one more. */
  #spare = 0;
  #rank: Draw = () => 0;
  #receivedMs = Number.NEGATIVE_INFINITY;
  #wantedMs = Number.NEGATIVE_INFINITY;
  readonly #look = new LookAgain();

  constructor(limit: number) {
    this.limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  isWanting(nowMs: number): boolean {
    return nowMs - this.#wantedMs < WANTING_MS;
  }

  size(): LimitSize {
    return { limit: this.limit, windowMs: null };
  }

  perMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  left(nowMs: number): number {
    return Math.max(0, this.#allowed(nowMs) - this.#taken);
  }

  earliestMs(cost: number, nowMs: number): number {
    if (this.#taken + cost <= this.#allowed(nowMs)) return 0;
    this.#wantedMs = nowMs;
    return this.#look.atMs(nowMs);
  }

  take(cost: number, nowMs: number): number {
    this.#taken += cost;
    this.#takenMs.push(nowMs);
    if (this.#takenMs.length > BUSY) this.#takenMs.shift();
    return NO_ENTRY;
  }

  /** Whether other isolates have to know its use: not if requests arrive one by one, and rarely. */
  isMuchUsed(nowMs: number): boolean {
    if (this.isWanting(nowMs)) return true;
    if (this.#taken <= this.limit * FREE_PART) return false;
    const [firstMs = Number.NEGATIVE_INFINITY] = this.#takenMs;
    const isBusy = this.#takenMs.length === BUSY && nowMs - firstMs < MINUTE_MS;
    return this.limit < SMALL_CAP || this.#taken > 1 || isBusy;
  }

  refund(_entry: number, cost: number): void {
    this.#taken = Math.max(0, this.#taken - cost);
  }

  /**
   * Applies what others last reported.
   * @param rank This isolate's rank among them, which changes from time to time.
   */
  receive(others: readonly PeerSeats[], rank: Draw, nowMs: number): void {
    this.#rank = rank;
    this.#receivedMs = nowMs;
    const isolates = others.length + 1;
    this.#even = Math.floor(this.limit / isolates);
    let held = this.#taken;
    for (const other of others) held += other.held;
    const free = this.limit - held;
    const isWanted = others.some(({ isWanting }) => isWanting) || this.isWanting(nowMs);
    if (free < 0 || (free < isolates && isWanted)) {
      this.#base = this.#even;
      // An isolate that still has one more from the previous turn gives it back first.
      this.#spare = free > 0 ? this.limit % isolates : 0;
      return;
    }
    this.#base = this.#taken + Math.floor(free / isolates);
    this.#spare = free % isolates;
  }

  #allowed(nowMs: number): number {
    const ageMs = nowMs - this.#receivedMs;
    if (ageMs >= REPORT_LIFE_MS) return this.limit;
    if (ageMs >= FREE_MS) return Math.min(this.limit, this.#even);
    const one = this.#spare > 0 && this.#rank(nowMs) < this.#spare ? 1 : 0;
    return Math.min(this.limit, this.#base + one);
  }
}

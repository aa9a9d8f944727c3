/**
 * What a key may cost in a day or a month (UTC), in 1e-9 US dollars.
 *
 * A request reserves its estimated cost while it is in progress. A reservation makes others wait, but rejects none:
 * with nothing in progress, whatever is left is enough for one more. So a cap is exceeded by one request at most, as
 * far as estimates aren't too low and other isolates are known.
 * @module
 */
import { nextMidnightMs, nextMonthMs } from "../../providers/answers/quota-day";
import type { Limit, LimitSize } from "../limits/limit";
import type { TimedAmount } from "../peers/peer-use";
import type { CapReason } from "../types";
import { LookAgain } from "./look-again";

const NANO_PER_USD = 1e9;
const DAY_MS = 86_400_000;
/** What others spent this shortly before a count may not have been in the store. */
const LATE_MS = 3_000;
/** What was spent this long ago is no longer reported: every isolate has counted since. */
const REPORTED_MS = 300_000;
/** Beyond this number, entries are merged into one that counts as the newest of them. */
const LOG_MAX = 64;

const ENDS: Readonly<Record<CapReason, (nowMs: number) => number>> = {
  cost_day: (nowMs) => nextMidnightMs("UTC", nowMs),
  cost_month: nextMonthMs,
};

export class CostCap implements Limit {
  readonly unit = "usd";
  readonly reason: CapReason;
  /** Whether what was spent before this isolate knew the key was read from the store. */
  isCounted = false;
  #limit: number;
  #spent = 0;
  #reserved = 0;
  #ofPeers = 0;
  #countedMs: number;
  #sinceMs: number;
  #endMs: number;
  /** Spent here, oldest first. */
  #log: TimedAmount[] = [];
  #peers: readonly TimedAmount[] = [];
  readonly #look = new LookAgain();

  constructor(reason: CapReason, limitUsd: number, nowMs: number) {
    this.reason = reason;
    this.#limit = limitUsd * NANO_PER_USD;
    this.#countedMs = nowMs;
    this.#sinceMs = Number.NEGATIVE_INFINITY;
    this.#endMs = ENDS[reason](nowMs);
  }

  set limitUsd(limitUsd: number) {
    this.#limit = limitUsd * NANO_PER_USD;
  }

  size(): LimitSize {
    return { limit: this.#limit, windowMs: this.reason === "cost_day" ? DAY_MS : null };
  }

  perMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  left(nowMs: number): number {
    this.#advance(nowMs);
    return Math.max(0, this.#limit - this.#spent - this.#ofPeers - this.#reserved);
  }

  /** When the cap renews, if all of it is spent: epoch milliseconds; null while something is left. */
  spentUntilMs(nowMs: number): number | null {
    this.#advance(nowMs);
    return this.#spent + this.#ofPeers >= this.#limit ? this.#endMs : null;
  }

  earliestMs(_cost: number, nowMs: number): number {
    const spentUntilMs = this.spentUntilMs(nowMs);
    if (spentUntilMs !== null) return spentUntilMs;
    const isHeld = this.#reserved > 0 && this.left(nowMs) === 0;
    return isHeld ? this.#look.atMs(nowMs) : 0;
  }

  /** Reserves the estimated cost of a request. @returns The entry for `refund`, always the same. */
  take(cost: number, nowMs: number): number {
    this.#advance(nowMs);
    this.#reserved += cost;
    return 0;
  }

  /** The request has ended: it holds nothing any more. */
  refund(_entry: number, cost: number): void {
    this.#reserved = Math.max(0, this.#reserved - cost);
  }

  /** Records what a request cost. @param atMs When it arrived: a request of the day before counts for that day. */
  spend(cost: number, atMs: number, nowMs: number): void {
    this.#advance(nowMs);
    if (cost === 0 || atMs < this.#sinceMs) return;
    this.#spent += cost;
    this.#log.push([nowMs, cost]);
    if (this.#log.length <= LOG_MAX) return;
    const [[, first] = [0, 0], [secondMs, second] = [nowMs, 0], ...later] = this.#log;
    this.#log = [[secondMs, first + second], ...later];
  }

  /** Applies what all isolates have written for the period that contains `atMs`. */
  noteSpent(spent: number, atMs: number): void {
    this.#advance(atMs);
    this.#spent = Math.max(this.#spent, spent);
    this.#countedMs = atMs;
    this.isCounted = true;
    this.#sumPeers();
  }

  /** What others last reported to have spent, or to hold. */
  receive(peers: readonly TimedAmount[]): void {
    this.#peers = peers;
    this.#sumPeers();
  }

  /** What to report: what was spent here, and what requests in progress may cost. */
  report(nowMs: number): readonly TimedAmount[] {
    this.#advance(nowMs);
    this.#log = this.#log.filter(([atMs]) => atMs > nowMs - REPORTED_MS);
    return this.#reserved === 0 ? this.#log : [...this.#log, [nowMs, this.#reserved]];
  }

  #sumPeers(): void {
    this.#ofPeers = 0;
    for (const [atMs, amount] of this.#peers) {
      if (atMs > this.#countedMs - LATE_MS) this.#ofPeers += amount;
    }
  }

  #advance(nowMs: number): void {
    if (nowMs < this.#endMs) return;
    this.#spent = 0;
    this.#ofPeers = 0;
    this.#peers = [];
    this.#log = [];
    this.#sinceMs = this.#endMs;
    this.#countedMs = this.#endMs;
    this.#endMs = ENDS[this.reason](nowMs);
  }
}

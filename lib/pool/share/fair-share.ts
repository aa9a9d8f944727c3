/**
 * How much of a model's quota each access token wants and gets, and which tokens have to hold back.
 *
 * One busy token can use up a per-minute quota in its first seconds; ordering the waiting requests then comes too late
 * for the others. So while demand exceeds the quota, a token may only take what the others aren't expected to need:
 * their recent demand, up to their fair share. Quota that no token wants is free for all.
 *
 * Tokens of a group count as one here, with the group's weight; the queue orders them among each other.
 *
 * Counts decay exponentially, so each is a single number, and the latest minute counts most.
 * @module
 */
import type { Claim } from "../types";

const SERVED_FADE_MS = 60_000;
const WANTED_FADE_MS = 30_000;
/** Expected demand is a mean and can be exceeded, so 8% more than that is reserved for the other tokens. */
const RESERVE = 1.08;
/** How many requests a token may be ahead of its share. */
const SLACK = 1;
/** The demand of a new token is spread over at least this long. */
const LEAST_AGE_MS = 10_000;
/** Tokens idle for this long are dropped. */
const FORGET_MS = 300_000;
const MAX_QUIET_TOKENS = 1_000;

interface Account {
  readonly sinceMs: number;
  weight: number;
  priority: number;
  served: number;
  wanted: number;
  atMs: number;
}

export class FairShare {
  readonly #accounts = new Map<string, Account>();
  /** The demand of all tokens together. */
  #wanted = 0;
  #wantedMs = 0;
  #sinceMs: number | null = null;

  /** Records that a token wants one more request served. */
  want(claim: Claim, nowMs: number): void {
    const account = this.#account(claim, nowMs);
    account.wanted += 1;
    this.#sinceMs ??= nowMs;
    this.#wanted = this.#wanted * Math.exp((this.#wantedMs - nowMs) / WANTED_FADE_MS) + 1;
    this.#wantedMs = nowMs;
  }

  /** Whether there is more than one token to share with. */
  get hasRivals(): boolean {
    return this.#accounts.size > 1;
  }

  /** Whether recent demand exceeds this many requests per millisecond. */
  isContended(perMs: number, nowMs: number): boolean {
    return wishPerMs(this.#wanted, this.#wantedMs, this.#sinceMs ?? nowMs, nowMs) > perMs;
  }

  served(claim: Claim, nowMs: number): void {
    this.#account(claim, nowMs).served += 1;
  }

  /**
   * When a token may take one more: epoch milliseconds, 0 for now.
   * @param perMs Requests per millisecond that the quota of all keys together allows.
   */
  readyAtMs(claim: Claim, perMs: number, nowMs: number): number {
    const account = this.#account(claim, nowMs);
    const share = this.#spare(account, perMs, nowMs) * SERVED_FADE_MS;
    // At an even share, the count swings from half a request below to half a request above; and a request that may be
    // sent can find no ready key and is then served later than its share says.
    const most = share + SLACK;
    if (account.served <= most || account.served < 1) return 0;
    return nowMs + SERVED_FADE_MS * Math.log(account.served / Math.max(most, 0.5));
  }

  /** What the others leave, in requests per millisecond. */
  #spare(own: Account, perMs: number, nowMs: number): number {
    let weights = own.weight;
    for (const account of this.#accounts.values()) {
      if (account !== own && account.priority === own.priority && wishOf(account, nowMs) > 0) {
        weights += account.weight;
      }
    }
    let left = perMs;
    for (const account of this.#accounts.values()) {
      if (account === own || account.priority > own.priority) continue;
      const wish = wishOf(account, nowMs) * RESERVE;
      const isAhead = account.priority < own.priority;
      left -= isAhead ? wish : Math.min(wish, (perMs * account.weight) / weights);
    }
    return Math.max(0, left);
  }

  #account(claim: Claim, nowMs: number): Account {
    const { group, priority } = claim;
    const weight = group?.weight ?? claim.weight;
    // A token has one priority; a group has tokens of several.
    const id = group === undefined ? claim.tokenId : `${group.id} ${priority}`;
    let account = this.#accounts.get(id);
    if (account === undefined) {
      if (this.#accounts.size >= MAX_QUIET_TOKENS) this.#forgetQuiet(nowMs);
      account = { sinceMs: nowMs, weight, priority, served: 0, wanted: 0, atMs: nowMs };
      this.#accounts.set(id, account);
    }
    const agoMs = nowMs - account.atMs;
    if (agoMs > 0) {
      account.served *= Math.exp(-agoMs / SERVED_FADE_MS);
      account.wanted *= Math.exp(-agoMs / WANTED_FADE_MS);
      account.atMs = nowMs;
    }
    account.weight = weight;
    account.priority = priority;
    return account;
  }

  #forgetQuiet(nowMs: number): void {
    for (const [id, { atMs }] of this.#accounts) {
      if (nowMs - atMs > FORGET_MS) this.#accounts.delete(id);
    }
  }
}

function wishOf({ wanted, atMs, sinceMs }: Account, nowMs: number): number {
  return wishPerMs(wanted, atMs, sinceMs, nowMs);
}

/** A decayed count of demand as requests per millisecond. */
function wishPerMs(count: number, atMs: number, sinceMs: number, nowMs: number): number {
  const faded = count * Math.exp((atMs - nowMs) / WANTED_FADE_MS);
  if (faded < 0.05) return 0;
  const ageMs = Math.max(LEAST_AGE_MS, nowMs - sinceMs);
  return faded / (WANTED_FADE_MS * (1 - Math.exp(-ageMs / WANTED_FADE_MS)));
}

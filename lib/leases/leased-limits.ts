/**
 * The leases that one isolate holds, and what it asks for anew. A state machine with the clock handed in; who
 * carries its questions is a `LeasePort`.
 *
 * A limit that this isolate uses little of needs no lease, and is told to nobody. One it has a lease of is
 * kept to its permits. Where more is wanted, the isolate asks: a request waits for the answer, and for a moment
 * after it what was granted decides. While nobody answers, the last lease goes on: as nobody answers the
 * others either, all together keep within the limit.
 * @module
 */
import { freeUse, type Grant, LEASE_MS, LOST_MS, type SharedLimit } from "./lease";
import type { LeaseAsk } from "./lease-book";

/** One limit as this isolate uses it. */
export interface LeasedLimit extends SharedLimit {
  /** Limits of one group are asked for together: all of one token, of one member, or of one pool. */
  readonly group: string;
  /** What this isolate uses of it. */
  used(nowMs: number): number;
}

export type LeaseTurn =
  | /** Within what this isolate holds. */ { readonly kind: "go" }
  | /** The isolate does not hold enough, and may ask for more. */ { readonly kind: "ask" }
  | /** It has asked a moment ago. */ {
      readonly kind: "short";
      /** When asking again may help: epoch milliseconds. */
      readonly retryAtMs: number;
      /** Whether something is left that nobody holds: then it helps. */
      readonly isLeft: boolean;
    };

/** What is asked or told of one limit, and which lease the answer is for. */
export interface LeaseQuestion extends LeaseAsk {
  readonly group: string;
  /** Since when the limit has been in demand here: epoch milliseconds. */
  readonly sinceMs: number;
}

interface Entry {
  limit: LeasedLimit;
  permits: number;
  /** When the lease began; null without one. */
  leasedMs: number | null;
  heldByOthers: number;
  isolates: number;
  youngUntilMs: number;
  sinceMs: number;
  /** When it was asked for last, and how many requests wanted more since. */
  askedMs: number;
  requests: number;
  /** Uses refused or made to wait: of the last half window, and of the one before. */
  short: number;
  shortBefore: number;
  shortMs: number;
  /** Whether somebody else may know of its use. */
  isTold: boolean;
}

/** For permits at the same moment, what was wanted a little ago says what is wanted. */
const MOMENT_MS = 5_000;
const ENTRIES_MAX = 1_000;
/** So many limits are told or asked for at once. */
export const QUESTIONS_MAX = 200;
/** A lease that this much is left of is asked for anew with what else is asked. */
const RENEW_MS = LEASE_MS * 0.8;

export interface LeasedLimitsOptions {
  /** From one question about a limit to the next, where nothing is left of it until others give back. */
  readonly fullGapMs: number;
  /** So many requests later it may be asked sooner; null: no sooner. */
  readonly requestsPerAsk: number | null;
}

/** From one question to the next, where something is left. */
const ASK_GAP_MS = 200;
/** And where nothing is, however many requests come. */
const LEAST_FULL_GAP_MS = 1_000;

export class LeasedLimits {
  readonly #options: LeasedLimitsOptions;
  readonly #entries = new Map<string, Entry>();
  /** Since when nobody has answered: epoch milliseconds. */
  #awaySinceMs: number | null = null;

  constructor(options: LeasedLimitsOptions) {
    this.#options = options;
  }

  /** Whether so much more may be used. Takes nothing: what is used is the caller's count. */
  turn(limit: LeasedLimit, amount: number, nowMs: number): LeaseTurn {
    const entry = this.#entryOf(limit, nowMs);
    const allowed = this.#allowed(entry, nowMs);
    const used = limit.used(nowMs);
    if (used + amount <= allowed) return { kind: "go" };
    // The end of a limit may be too little for a guess: who holds all that is left may have it.
    const isLast = used === 0 && entry.heldByOthers === 0 && limit.limit > 0;
    if (isLast && this.#permitsOf(entry, nowMs) >= limit.limit) return { kind: "go" };
    const retryAtMs = this.#askableMs(entry, nowMs);
    if (retryAtMs <= nowMs) return { kind: "ask" };
    const isLeft = used + entry.heldByOthers < limit.limit;
    return { kind: "short", retryAtMs, isLeft: isLeft || entry.youngUntilMs > nowMs };
  }

  /** How much this isolate may use in all, at the limit's window. */
  allowed(limit: LeasedLimit, nowMs: number): number {
    return this.#allowed(this.#entryOf(limit, nowMs), nowMs);
  }

  /** A request was refused or made to wait for lack of permits; said once for each request. */
  noteShort(name: string, amount: number, nowMs: number): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#turnBucket(entry, nowMs);
    entry.short += amount;
    entry.requests += 1;
  }

  /** Whether there is anything to tell at all. */
  get isQuiet(): boolean {
    for (const entry of this.#entries.values()) if (entry.isTold) return false;
    return true;
  }

  /**
   * What to ask and tell now, the most wanted first.
   * @param group Of one group; absent: of all.
   */
  questions(nowMs: number, group?: string): LeaseQuestion[] {
    const all: LeaseQuestion[] = [];
    for (const entry of this.#entries.values()) {
      const { limit } = entry;
      if (group !== undefined && limit.group !== group) continue;
      const used = limit.used(nowMs);
      this.#turnBucket(entry, nowMs);
      const short = entry.short + entry.shortBefore;
      const isHot = used > freeUse(limit.limit, entry.isolates) || short > 0;
      if (!isHot && !entry.isTold) continue;
      entry.isTold = isHot || used > 0;
      const { name, windowMs } = limit;
      const demand = isHot ? Math.min(limit.limit, Math.max(1, used + short)) : 0;
      const holds = Math.min(this.#permitsOf(entry, nowMs), keptOf(used, demand));
      all.push({
        group: limit.group,
        limit: { name, limit: limit.limit, windowMs },
        used,
        demand,
        holds,
        sinceMs: entry.sinceMs,
      });
    }
    all.sort((one, other) => other.demand / other.limit.limit - one.demand / one.limit.limit);
    return all.slice(0, QUESTIONS_MAX);
  }

  /** Groups in which a lease is soon over that is still used. */
  *dueGroups(nowMs: number): Generator<string, void> {
    const seen = new Set<string>();
    for (const entry of this.#entries.values()) {
      const { limit, leasedMs, askedMs } = entry;
      if (leasedMs === null || nowMs - Math.max(leasedMs, askedMs) < RENEW_MS) continue;
      if (seen.has(limit.group) || nowMs - leasedMs >= LOST_MS) continue;
      seen.add(limit.group);
      yield limit.group;
    }
  }

  /** Those questions are on their way: none is asked again for a moment. */
  asked(questions: readonly LeaseQuestion[], nowMs: number): void {
    for (const { limit, holds } of questions) {
      const entry = this.#entries.get(limit.name);
      if (entry === undefined) continue;
      entry.permits = holds;
      entry.askedMs = nowMs;
      entry.requests = 0;
    }
  }

  /**
   * The answer.
   * @param askedMs When it was asked: a lease begins then, not when the answer came.
   */
  granted(
    questions: readonly LeaseQuestion[],
    grants: readonly (Grant | undefined)[],
    askedMs: number,
  ): void {
    this.#awaySinceMs = null;
    for (const [index, { limit, demand }] of questions.entries()) {
      const entry = this.#entries.get(limit.name);
      const answer = grants[index];
      if (entry === undefined || answer === undefined) continue;
      if (entry.leasedMs !== null && askedMs < entry.leasedMs) continue;
      entry.leasedMs = demand === 0 ? null : askedMs;
      entry.permits = demand === 0 ? 0 : answer.permits;
      entry.heldByOthers = answer.heldByOthers;
      entry.isolates = answer.isolates;
      entry.youngUntilMs = answer.youngUntilMs;
    }
  }

  /** Nobody answered. */
  unanswered(nowMs: number): void {
    this.#awaySinceMs ??= nowMs;
  }

  /** What others hold of a limit, as far as is known here. */
  heldByOthers(name: string): number {
    return this.#entries.get(name)?.heldByOthers ?? 0;
  }

  /** When it may be asked for next. */
  #askableMs(entry: Entry, nowMs: number): number {
    const { askedMs, requests, youngUntilMs, permits, heldByOthers, limit } = entry;
    if (youngUntilMs > nowMs) return youngUntilMs;
    const isLeft = permits + heldByOthers < limit.limit;
    if (isLeft || youngUntilMs > askedMs) return askedMs + ASK_GAP_MS;
    const { fullGapMs, requestsPerAsk } = this.#options;
    const isMany = requestsPerAsk !== null && requests >= requestsPerAsk;
    return askedMs + (isMany ? LEAST_FULL_GAP_MS : fullGapMs);
  }

  #allowed(entry: Entry, nowMs: number): number {
    const { limit } = entry.limit;
    const left = Math.max(0, limit - entry.heldByOthers);
    // What others hold is known from a question, and old some time after it.
    const isKnown = nowMs - entry.askedMs < LEASE_MS;
    const free = freeUse(limit, entry.isolates);
    return Math.max(isKnown ? Math.min(free, left) : free, this.#permitsOf(entry, nowMs));
  }

  #permitsOf({ leasedMs, permits, limit }: Entry, nowMs: number): number {
    if (leasedMs === null) return 0;
    const isAlive = nowMs - leasedMs < LEASE_MS || this.#awaySinceMs !== null;
    // What is left of a budget shrinks under a lease.
    return isAlive ? Math.min(permits, limit.limit) : 0;
  }

  #entryOf(limit: LeasedLimit, nowMs: number): Entry {
    const known = this.#entries.get(limit.name);
    if (known !== undefined) {
      known.limit = limit;
      const isOver = known.leasedMs === null || nowMs - known.leasedMs >= LEASE_MS + RENEW_MS;
      if (isOver && nowMs - known.askedMs >= LOST_MS) known.sinceMs = nowMs;
      return known;
    }
    if (this.#entries.size >= ENTRIES_MAX) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry: Entry = {
      limit,
      permits: 0,
      leasedMs: null,
      heldByOthers: 0,
      isolates: 1,
      youngUntilMs: 0,
      sinceMs: nowMs,
      askedMs: Number.NEGATIVE_INFINITY,
      requests: 0,
      short: 0,
      shortBefore: 0,
      shortMs: nowMs,
      isTold: false,
    };
    this.#entries.set(limit.name, entry);
    return entry;
  }

  #turnBucket(entry: Entry, nowMs: number): void {
    const lengthMs = entry.limit.windowMs === null ? MOMENT_MS : entry.limit.windowMs / 2;
    const ageMs = nowMs - entry.shortMs;
    if (ageMs < lengthMs) return;
    entry.shortBefore = ageMs < 2 * lengthMs ? entry.short : 0;
    entry.short = 0;
    entry.shortMs = nowMs;
  }
}

/** Of its permits, those that an isolate keeps when it asks anew: what it hardly needs it gives back. */
function keptOf(used: number, demand: number): number {
  return demand === 0 ? 0 : Math.max(used, 2 * demand);
}

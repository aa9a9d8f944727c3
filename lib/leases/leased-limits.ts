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
  /** What this isolate uses of it: of a budget, since it was `counted` last. */
  used(nowMs: number): number;
  /** What it would use if it were `counted` now. */
  usedAnew(nowMs: number): number;
  /** Its use is told now: what was paid for before then is in everybody's books. */
  counted(nowMs: number): void;
  /** What of that may be given back: requests that are not over. */
  underWay(): number;
}

export type LeaseTurn =
  | /** Within what this isolate holds. */ { readonly kind: "go" }
  | /** The isolate does not hold enough, and may ask for more. */ { readonly kind: "ask" }
  | /** It has asked a moment ago. */ {
      readonly kind: "short";
      /** When asking again may help: epoch milliseconds. */
      readonly retryAtMs: number;
      /** Whether something is left, though others hold it, who soon give back what they do not use. */
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
  /** What the others take it to hold: at least its permits. */
  noted: number;
  /** When the lease began; null without one. */
  leasedMs: number | null;
  heldByOthers: number;
  usedByOthers: number;
  youngUntilMs: number;
  /** When a request asked for it last, and when one found too little. */
  turnMs: number;
  wantedMs: number;
  /** What that one needed: it may wait for longer than `noteShort` is remembered. */
  wantedAmount: number;
  /** Whether what it does not use is given back with the next question. */
  isReturning: boolean;
  sinceMs: number;
  /** When it was asked for last, and how many requests wanted more since. */
  askedMs: number;
  requests: number;
  /** Questions in a row that got it no more than it uses. */
  inVain: number;
  /** Uses refused or made to wait: of the last half window, and of the one before. */
  short: number;
  shortBefore: number;
  shortMs: number;
  /** Whether somebody else may know of its use. */
  isTold: boolean;
}

/** For permits at the same moment, what was wanted a little ago says what is wanted. */
const MOMENT_MS = 5_000;
/** A request that waits for a limit looks again sooner than this. */
const WANTED_MS = 1_000;
/** As many isolates as were seen are reckoned with for so long. */
const ISOLATES_MS = 600_000;
const ENTRIES_MAX = 1_000;
/** So many limits are told or asked for at once. */
export const QUESTIONS_MAX = 200;
/** A lease that this much is left of is asked for anew with what else is asked. */
const RENEW_MS = LEASE_MS * 0.8;
/** A limit that no request has asked for so long is idle. */
const QUIET_MS = 50;
/** And one sooner that others may need more. */
const HOARD_MS = 3_000;

export interface LeasedLimitsOptions {
  /** From one question about a limit to the next, where nothing is left of it until others give back. */
  readonly fullGapMs: number;
  /** So many requests later it may be asked sooner; null: no sooner. */
  readonly requestsPerAsk: number | null;
}

/** From one question to the next, where something is left. */
const ASK_GAP_MS = 200;
/** Where others hold what is left. */
const HELD_GAP_MS = 1_000;
/** Each that was in vain doubles the gap to the next, so often at most. */
const DOUBLINGS_MAX = 2;
/** After a question that nobody answered, none waits for another for so long. */
const RETRY_MS = 2_000;
/** And where nothing is, however many requests come. */
const LEAST_FULL_GAP_MS = 1_000;

export class LeasedLimits {
  readonly #options: LeasedLimitsOptions;
  readonly #entries = new Map<string, Entry>();
  /** The most isolates that were seen at one limit, and when. */
  #isolates = { most: 1, seenMs: Number.NEGATIVE_INFINITY };
  /** Since when nobody has answered, and when it is tried again: epoch milliseconds. */
  #awaySinceMs: number | null = null;
  #askAgainMs = Number.NEGATIVE_INFINITY;

  constructor(options: LeasedLimitsOptions) {
    this.#options = options;
  }

  /** Whether so much more may be used. Takes nothing: what is used is the caller's count. */
  turn(limit: LeasedLimit, amount: number, nowMs: number): LeaseTurn {
    const entry = this.#entryOf(limit, nowMs);
    entry.turnMs = nowMs;
    const allowed = this.#allowed(entry, nowMs);
    const used = limit.used(nowMs);
    if (used + amount <= allowed) return { kind: "go" };
    // The end of a limit may be too little for a guess: who holds all that is left may have it.
    const isLast = limit.underWay() === 0 && entry.heldByOthers === 0 && limit.limit > 0;
    if (isLast && this.#permitsOf(entry, nowMs) >= limit.limit) return { kind: "go" };
    entry.wantedMs = nowMs;
    entry.wantedAmount = amount;
    const retryAtMs = this.#askableMs(entry, nowMs);
    if (retryAtMs <= nowMs) return { kind: "ask" };
    const isLeft = used + amount + entry.usedByOthers <= limit.limit;
    return { kind: "short", retryAtMs, isLeft };
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
      const used = limit.usedAnew(nowMs);
      // What was paid for under the lease, and is told no more, takes its permits along.
      const permits = this.#permitsOf(entry, nowMs) - (limit.used(nowMs) - used);
      this.#turnBucket(entry, nowMs);
      const isWaitedFor = nowMs - entry.wantedMs < WANTED_MS;
      const short = Math.max(entry.short + entry.shortBefore, isWaitedFor ? entry.wantedAmount : 0);
      const isWanted = short > 0 || isWaitedFor;
      const isHot = isWanted || used > freeUse(limit.limit, this.#isolates.most);
      if (!isHot && !entry.isTold) continue;
      entry.isTold = isHot || used > 0;
      const { name, windowMs } = limit;
      const demand =
        isHot && !entry.isReturning ? Math.min(limit.limit, Math.max(1, used + short)) : 0;
      const holds = Math.max(0, Math.min(permits, keptOf(used, demand)));
      all.push({
        group: limit.group,
        limit: { name, limit: limit.limit, windowMs },
        used,
        demand,
        holds,
        sinceMs: entry.sinceMs,
      });
    }
    all.sort((one, other) => partOf(other) - partOf(one));
    return all.slice(0, QUESTIONS_MAX);
  }

  /** Groups in which a lease is soon over that is still used. */
  *dueGroups(nowMs: number): Generator<string, void> {
    const seen = new Set<string>();
    for (const entry of this.#entries.values()) {
      const { limit, leasedMs, askedMs } = entry;
      const renewMs = this.#isHoarding(entry, nowMs) ? HOARD_MS : RENEW_MS;
      if (leasedMs === null || nowMs - Math.max(leasedMs, askedMs) < renewMs) continue;
      if (seen.has(limit.group) || nowMs - leasedMs >= LOST_MS) continue;
      seen.add(limit.group);
      yield limit.group;
    }
  }

  /** Whether it holds a good part unused of a limit of which nothing is left for others. */
  #isHoarding({ limit, noted, heldByOthers }: Entry, nowMs: number): boolean {
    if (noted + heldByOthers < limit.limit) return false;
    return noted - limit.used(nowMs) > freeUse(limit.limit, this.#isolates.most);
  }

  /** Whether permits are held that nothing uses: `wanted` where others may want them, `spare` where nobody may. */
  idle(nowMs: number): "wanted" | "spare" | null {
    let idle: "spare" | null = null;
    for (const { noted, heldByOthers, limit } of this.#idle(nowMs, 0)) {
      if (noted + heldByOthers >= limit.limit) return "wanted";
      idle = "spare";
    }
    return idle;
  }

  /** Groups in which nobody asked for such permits for a while: they are given back with the next question. */
  returning(nowMs: number): string[] {
    const groups = new Set<string>();
    for (const entry of this.#idle(nowMs, QUIET_MS)) {
      entry.isReturning = entry.limit.underWay() === 0;
      groups.add(entry.limit.group);
    }
    return [...groups];
  }

  /** Limits of which a part is held and not used, and that no request has asked for so long. */
  *#idle(nowMs: number, quietMs: number): Generator<Entry, void> {
    for (const entry of this.#entries.values()) {
      const { limit, leasedMs, noted, heldByOthers, turnMs } = entry;
      if (leasedMs === null || noted === 0 || nowMs - turnMs < quietMs) continue;
      const isWanted = noted + heldByOthers >= limit.limit;
      if (limit.underWay() > 0 && (limit.windowMs !== null || !isWanted)) continue;
      const unused = noted - limit.used(nowMs);
      const least = limit.windowMs === null ? 0 : freeUse(limit.limit, this.#isolates.most);
      if (unused > least) yield entry;
    }
  }

  /** Those questions are on their way: none is asked again for a moment. */
  asked(questions: readonly LeaseQuestion[], nowMs: number): void {
    for (const { limit, holds } of questions) {
      const entry = this.#entries.get(limit.name);
      if (entry === undefined) continue;
      entry.permits = holds;
      entry.isReturning = false;
      entry.limit.counted(nowMs);
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
    this.#askAgainMs = Number.NEGATIVE_INFINITY;
    for (const [index, { limit, used, demand }] of questions.entries()) {
      const entry = this.#entries.get(limit.name);
      const answer = grants[index];
      if (entry === undefined || answer === undefined) continue;
      if (entry.leasedMs !== null && askedMs < entry.leasedMs) continue;
      entry.leasedMs = demand === 0 ? null : askedMs;
      entry.permits = demand === 0 ? 0 : answer.permits;
      entry.noted = answer.noted;
      entry.heldByOthers = answer.heldByOthers;
      entry.usedByOthers = answer.usedByOthers;
      this.#noteIsolates(answer.isolates, askedMs);
      entry.youngUntilMs = answer.youngUntilMs;
      entry.inVain = demand > 0 && answer.permits <= used ? entry.inVain + 1 : 0;
    }
  }

  /** Nobody answered: for a moment nobody is asked. */
  unanswered(nowMs: number): void {
    this.#awaySinceMs ??= nowMs;
    this.#askAgainMs = nowMs + RETRY_MS;
  }

  /** What others hold of a limit, as far as is known here. */
  heldByOthers(name: string): number {
    return this.#entries.get(name)?.heldByOthers ?? 0;
  }

  #noteIsolates(count: number, nowMs: number): void {
    const { most, seenMs } = this.#isolates;
    if (count >= most || nowMs - seenMs >= ISOLATES_MS) {
      this.#isolates = { most: count, seenMs: nowMs };
    }
  }

  /** When it may be asked for next. */
  #askableMs(entry: Entry, nowMs: number): number {
    const { askedMs, requests, inVain, youngUntilMs, permits } = entry;
    const { heldByOthers, usedByOthers, limit } = entry;
    // A window gives back slowly; who waits for a seat is served by the next that is given back.
    const times = limit.windowMs === null ? 1 : 2 ** Math.min(inVain, DOUBLINGS_MAX);
    if (this.#askAgainMs > nowMs) return this.#askAgainMs;
    if (youngUntilMs > nowMs) return youngUntilMs;
    const isLeft = permits + heldByOthers < limit.limit;
    if (isLeft || youngUntilMs > askedMs) return askedMs + ASK_GAP_MS * times;
    if (limit.used(nowMs) + usedByOthers < limit.limit) return askedMs + HELD_GAP_MS * times;
    const { fullGapMs, requestsPerAsk } = this.#options;
    const isMany = requestsPerAsk !== null && requests >= requestsPerAsk;
    return askedMs + (isMany ? LEAST_FULL_GAP_MS : fullGapMs);
  }

  #allowed(entry: Entry, nowMs: number): number {
    const { limit } = entry.limit;
    const left = Math.max(0, limit - entry.heldByOthers);
    // What others hold is known from a question, and old some time after it.
    const isKnown = nowMs - entry.askedMs < LEASE_MS;
    const free = freeUse(limit, this.#isolates.most);
    // Where nobody ever answered, each isolate keeps the limit by itself.
    if (this.#awaySinceMs !== null && !this.#isLeased(entry, nowMs)) return left;
    return Math.max(isKnown ? Math.min(free, left) : free, this.#permitsOf(entry, nowMs));
  }

  #permitsOf(entry: Entry, nowMs: number): number {
    // What is left of a budget shrinks under a lease.
    return this.#isLeased(entry, nowMs) ? Math.min(entry.permits, entry.limit.limit) : 0;
  }

  #isLeased({ leasedMs }: Entry, nowMs: number): boolean {
    if (leasedMs === null) return false;
    return nowMs - leasedMs < (this.#awaySinceMs === null ? LEASE_MS : LOST_MS);
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
      noted: 0,
      leasedMs: null,
      heldByOthers: 0,
      usedByOthers: 0,
      youngUntilMs: 0,
      turnMs: nowMs,
      wantedMs: Number.NEGATIVE_INFINITY,
      wantedAmount: 0,
      isReturning: false,
      sinceMs: nowMs,
      askedMs: Number.NEGATIVE_INFINITY,
      requests: 0,
      inVain: 0,
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

/** How much of a limit is wanted; of a budget nothing may be left. */
function partOf({ demand, limit: { limit } }: LeaseQuestion): number {
  return demand / Math.max(1, limit);
}

/** Of its permits, those that an isolate keeps when it asks anew: what it hardly needs it gives back. */
function keptOf(used: number, demand: number): number {
  return demand === 0 ? 0 : Math.max(used, 2 * demand);
}

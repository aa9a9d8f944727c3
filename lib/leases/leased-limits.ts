/**
 * The leases that one isolate holds, and what it requests next. A state machine with the clock handed in; a `LeasePort`
 * transports its requests.
 *
 * A limit that this isolate uses little of needs no lease, and isn't reported. One that it has a lease of is kept to
 * its permits. If more is needed, the isolate asks: a request waits for the response, and for a moment after it the
 * grant decides. While requests for leases fail, the last lease goes on: they fail for the others as well, so all
 * together keep within the limit.
 * @module
 */

import type { Grant } from "./lease";
import { type LeaseContext, LeaseEntry } from "./lease-entry";
import type { LeasedLimit, LeaseQuestion, LeaseTurn } from "./leased-limit";
import { askableMs, type RequestGaps } from "./request-gaps";
import { SeenIsolates } from "./seen-isolates";

const ENTRIES_MAX = 1_000;
/** The most limits reported or requested at once. */
export const QUESTIONS_MAX = 200;
/** A limit that no request needed for this long is idle. */
const QUIET_MS = 50;
/** After a failed request for leases, none waits for another for this long. */
const RETRY_MS = 2_000;
/** A clock that jumps back by this much was set back. */
const SET_BACK_MS = 5_000;

export class LeasedLimits {
  readonly #gaps: RequestGaps;
  readonly #entries = new Map<string, LeaseEntry>();
  readonly #seen = new SeenIsolates();
  #isAway = false;
  /** When to ask again after a failure, in epoch milliseconds. */
  #askAgainMs = Number.NEGATIVE_INFINITY;
  #latestMs = Number.NEGATIVE_INFINITY;

  constructor(gaps: RequestGaps) {
    this.#gaps = gaps;
  }

  /** Whether this much more may be used. Takes nothing: the caller counts what is used. */
  turn(limit: LeasedLimit, amount: number, nowMs: number): LeaseTurn {
    const entry = this.#entryOf(limit, nowMs);
    const context = this.#context;
    const used = limit.used(nowMs);
    if (used + amount <= entry.allowed(nowMs, context)) return { kind: "go" };
    // The rest of a limit may be too small for an estimate: the isolate that holds all of it may use it.
    const leased = entry.leased(nowMs, context);
    const isAlone = limit.underWay() === 0 && entry.heldByOthers === entry.usedByOthers;
    if (isAlone && leased > used && leased + entry.usedByOthers >= limit.limit) {
      return { kind: "go" };
    }
    entry.wantedMs = nowMs;
    entry.wantedAmount = amount;
    const retryAtMs = this.#askableMs(entry, nowMs);
    if (retryAtMs <= nowMs) return { kind: "ask" };
    const certain = used - limit.mayReturn(nowMs) + entry.usedByOthers - entry.returnedByOthers;
    return { kind: "short", retryAtMs, missing: Math.max(0, certain + amount - limit.limit) };
  }

  /** Records that a request was rejected or delayed for lack of permits; once per request. */
  noteShort(name: string, amount: number, nowMs: number): void {
    this.#entries.get(name)?.noteShort(amount, nowMs);
  }

  /** Whether no request has needed a limit that is shared: then nothing is ever due. */
  get isUnused(): boolean {
    return this.#entries.size === 0;
  }

  /** How many limits are shared by leases. */
  get shared(): number {
    return [...this.#entries.values()].filter((entry) => entry.isReported).length;
  }

  /** Whether there is nothing to report at all. */
  get isQuiet(): boolean {
    for (const entry of this.#entries.values()) if (entry.isReported) return false;
    return true;
  }

  /**
   * What to request and report now, most wanted first.
   * @param group Of one group; absent: of all.
   */
  questions(nowMs: number, group?: string): LeaseQuestion[] {
    this.#followClock(nowMs);
    const all: LeaseQuestion[] = [];
    for (const entry of this.#entries.values()) {
      if (group !== undefined && entry.limit.group !== group) continue;
      const question = entry.question(nowMs, this.#context);
      if (question !== null) all.push(question);
    }
    all.sort((one, other) => partOf(other) - partOf(one));
    return all.slice(0, QUESTIONS_MAX);
  }

  /** Records that these are on their way: none is requested again for a moment. */
  requested(questions: readonly LeaseQuestion[], nowMs: number): void {
    for (const question of questions) {
      this.#entries.get(question.limit.name)?.requested(question, nowMs);
    }
  }

  /**
   * Records the response.
   * @param requestedMs When it was requested: a lease begins then, not when the response arrived.
   */
  granted(
    questions: readonly LeaseQuestion[],
    grants: readonly (Grant | undefined)[],
    requestedMs: number,
  ): void {
    this.#isAway = false;
    this.#askAgainMs = Number.NEGATIVE_INFINITY;
    // It may have been requested before the clock was set back.
    const sinceMs = Math.min(requestedMs, this.#latestMs);
    for (const [index, question] of questions.entries()) {
      const answer = grants[index];
      if (answer === undefined) continue;
      this.#seen.note(answer.isolates, sinceMs);
      this.#entries.get(question.limit.name)?.granted(question, answer, sinceMs);
    }
  }

  /** Records a failure: for a moment, nothing is requested. */
  unanswered(nowMs: number): void {
    this.#isAway = true;
    this.#askAgainMs = nowMs + RETRY_MS;
  }

  /** Groups in which something is to be requested in the background. */
  *dueGroups(nowMs: number): Generator<string, void> {
    const seen = new Set<string>();
    const context = this.#context;
    for (const entry of this.#entries.values()) {
      const { group } = entry.limit;
      if (seen.has(group) || !entry.isRenewalDue(nowMs, context)) continue;
      seen.add(group);
      yield group;
    }
  }

  /** Whether unused permits are held: `wanted` if others may need them, `spare` if none does. */
  idle(nowMs: number): "wanted" | "spare" | null {
    let idle: "spare" | null = null;
    for (const entry of this.#idle(nowMs, 0)) {
      if (entry.isWantedByAll) return "wanted";
      idle = "spare";
    }
    return idle;
  }

  /**
   * Groups in which no request needed such permits for a while: they are given back with the next request for leases.
   */
  returning(nowMs: number): string[] {
    const groups = new Set<string>();
    for (const entry of this.#idle(nowMs, QUIET_MS)) {
      entry.isReturning = entry.limit.underWay() === 0;
      groups.add(entry.limit.group);
    }
    return [...groups];
  }

  get #context(): LeaseContext {
    return { isolates: this.#seen.most, isAway: this.#isAway };
  }

  *#idle(nowMs: number, quietMs: number): Generator<LeaseEntry, void> {
    const context = this.#context;
    for (const entry of this.#entries.values()) {
      if (entry.isIdle(nowMs, quietMs, context)) yield entry;
    }
  }

  /** When it may be requested next. */
  #askableMs(entry: LeaseEntry, nowMs: number): number {
    return this.#askAgainMs > nowMs ? this.#askAgainMs : askableMs(entry, this.#gaps, nowMs);
  }

  #entryOf(limit: LeasedLimit, nowMs: number): LeaseEntry {
    this.#followClock(nowMs);
    const known = this.#entries.get(limit.name);
    if (known !== undefined) {
      known.use(limit, nowMs);
      return known;
    }
    if (this.#entries.size >= ENTRIES_MAX) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const entry = new LeaseEntry(limit, nowMs);
    this.#entries.set(limit.name, entry);
    return entry;
  }

  /** Otherwise a time in the future would be waited for until the clock has caught up. */
  #followClock(nowMs: number): void {
    const byMs = nowMs - this.#latestMs;
    this.#latestMs = nowMs;
    if (byMs > -SET_BACK_MS) return;
    for (const entry of this.#entries.values()) entry.shift(byMs);
    this.#seen.shift(byMs);
    this.#askAgainMs += byMs;
  }
}

/** The part of a limit that is wanted; of a budget nothing may be left. */
function partOf({ demand, limit: { limit } }: LeaseQuestion): number {
  return demand / Math.max(1, limit);
}

/**
 * The leases that one isolate holds, and what it asks for again. A state machine with the clock handed in; who
 * carries its questions is a `LeasePort`.
 *
 * A limit that this isolate uses little of needs no lease, and is told to nobody. One it has a lease of is
 * kept to its permits. Where more is wanted, the isolate asks: a request waits for the answer, and for a moment
 * after it what was granted decides. While nobody answers, the last lease goes on: as nobody answers the
 * others either, all together keep within the limit.
 * @module
 */
import { type AskingGaps, askableMs } from "./asking-gaps";
import type { Grant } from "./lease";
import { type LeaseContext, LeaseEntry } from "./lease-entry";
import type { LeasedLimit, LeaseQuestion, LeaseTurn } from "./leased-limit";
import { SeenIsolates } from "./seen-isolates";

const ENTRIES_MAX = 1_000;
/** So many limits are told or asked for at once. */
export const QUESTIONS_MAX = 200;
/** A limit that no request has asked for so long is idle. */
const QUIET_MS = 50;
/** After a question that nobody answered, none waits for another for so long. */
const RETRY_MS = 2_000;
/** A clock that runs this much backwards was set back. */
const SET_BACK_MS = 5_000;

export class LeasedLimits {
  readonly #gaps: AskingGaps;
  readonly #entries = new Map<string, LeaseEntry>();
  readonly #seen = new SeenIsolates();
  #isAway = false;
  /** After a question that nobody answered: epoch milliseconds. */
  #askAgainMs = Number.NEGATIVE_INFINITY;
  #latestMs = Number.NEGATIVE_INFINITY;

  constructor(gaps: AskingGaps) {
    this.#gaps = gaps;
  }

  /** Whether so much more may be used. Takes nothing: what is used is the caller's count. */
  turn(limit: LeasedLimit, amount: number, nowMs: number): LeaseTurn {
    const entry = this.#entryOf(limit, nowMs);
    const context = this.#context;
    const used = limit.used(nowMs);
    if (used + amount <= entry.allowed(nowMs, context)) return { kind: "go" };
    // The end of a limit may be too little for a guess: who holds all that is left may have it.
    const isLast = limit.underWay() === 0 && entry.heldByOthers === 0 && limit.limit > 0;
    if (isLast && entry.leased(nowMs, context) >= limit.limit) return { kind: "go" };
    entry.wantedMs = nowMs;
    entry.wantedAmount = amount;
    const retryAtMs = this.#askableMs(entry, nowMs);
    if (retryAtMs <= nowMs) return { kind: "ask" };
    const isLeft = used + amount + entry.usedByOthers <= limit.limit;
    return { kind: "short", retryAtMs, isLeft };
  }

  /** A request was refused or made to wait for lack of permits; said once for each request. */
  noteShort(name: string, amount: number, nowMs: number): void {
    this.#entries.get(name)?.noteShort(amount, nowMs);
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

  /** Those questions are on their way: none is asked again for a moment. */
  asked(questions: readonly LeaseQuestion[], nowMs: number): void {
    for (const question of questions) {
      this.#entries.get(question.limit.name)?.asked(question, nowMs);
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
    this.#isAway = false;
    this.#askAgainMs = Number.NEGATIVE_INFINITY;
    // It may have been asked before the clock was set back.
    const sinceMs = Math.min(askedMs, this.#latestMs);
    for (const [index, question] of questions.entries()) {
      const answer = grants[index];
      if (answer === undefined) continue;
      this.#seen.note(answer.isolates, sinceMs);
      this.#entries.get(question.limit.name)?.granted(question, answer, sinceMs);
    }
  }

  /** Nobody answered: for a moment nobody is asked. */
  unanswered(nowMs: number): void {
    this.#isAway = true;
    this.#askAgainMs = nowMs + RETRY_MS;
  }

  /** Groups in which something is to be asked behind requests. */
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

  /** Whether permits are held that nothing uses: `wanted` where others may want them, `spare` where nobody may. */
  idle(nowMs: number): "wanted" | "spare" | null {
    let idle: "spare" | null = null;
    for (const entry of this.#idle(nowMs, 0)) {
      if (entry.isWantedByAll) return "wanted";
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

  get #context(): LeaseContext {
    return { isolates: this.#seen.most, isAway: this.#isAway };
  }

  *#idle(nowMs: number, quietMs: number): Generator<LeaseEntry, void> {
    const context = this.#context;
    for (const entry of this.#entries.values()) {
      if (entry.isIdle(nowMs, quietMs, context)) yield entry;
    }
  }

  /** When it may be asked for next. */
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

  /** A moment in the future would be waited for until the clock has caught up. */
  #followClock(nowMs: number): void {
    const byMs = nowMs - this.#latestMs;
    this.#latestMs = nowMs;
    if (byMs > -SET_BACK_MS) return;
    for (const entry of this.#entries.values()) entry.shift(byMs);
    this.#seen.shift(byMs);
    this.#askAgainMs += byMs;
  }
}

/** How much of a limit is wanted; of a budget nothing may be left. */
function partOf({ demand, limit: { limit } }: LeaseQuestion): number {
  return demand / Math.max(1, limit);
}

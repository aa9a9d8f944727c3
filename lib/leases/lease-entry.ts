/**
 * What one isolate knows about one limit: its lease, what others hold, and the demand here.
 * @module
 */
import { freeUse, type Grant, LEASE_MS, LOST_MS } from "./lease";
import type { LeasedLimit, LeaseQuestion } from "./leased-limit";

/** The same for all limits of an isolate. */
export interface LeaseContext {
  /** The number of isolates taken into account. */
  readonly isolates: number;
  /** Whether leases can't be requested: then the last leases go on, the others' as well. */
  readonly isAway: boolean;
}

/** For concurrent requests, recent demand shows the current demand. */
const MOMENT_MS = 5_000;
/** A request that waits for a limit checks again earlier than this. */
const WANTED_MS = 1_000;
/** A lease of this age is renewed together with other requests for leases. */
const RENEW_MS = LEASE_MS * 0.8;
/** Earlier, if others may need more. */
const HOARD_MS = 3_000;

export class LeaseEntry {
  limit: LeasedLimit;
  /** When a request last needed it, and when one last found too little. */
  turnMs: number;
  wantedMs = Number.NEGATIVE_INFINITY;
  /** How much that request needed: it may wait for longer than `noteShort` is remembered. */
  wantedAmount = 0;
  /** When it was last requested, and how many requests wanted more since. */
  requestedMs = Number.NEGATIVE_INFINITY;
  requests = 0;
  /** Consecutive requests that brought no more than it uses. */
  fruitless = 0;
  /** Whether unused permits are given back with the next request. */
  isReturning = false;
  permits = 0;
  heldByOthers = 0;
  usedByOthers = 0;
  returnedByOthers = 0;
  youngUntilMs = 0;
  /** Whether what is left goes to one isolate at a time. */
  isWhole = false;
  /** What the others assume it holds: at least its permits. */
  #noted = 0;
  /** When the lease began; null without one. */
  #leasedMs: number | null = null;
  #sinceMs: number;
  /** Uses rejected or delayed: in the last half window, and in the one before. */
  #short = 0;
  #shortBefore = 0;
  #shortMs: number;
  /** Whether others may know about its use. */
  #isReported = false;

  constructor(limit: LeasedLimit, nowMs: number) {
    this.limit = limit;
    this.turnMs = nowMs;
    this.#sinceMs = nowMs;
    this.#shortMs = nowMs;
  }

  /** A request needs it again. After a long pause, its demand starts over. */
  use(limit: LeasedLimit, nowMs: number): void {
    this.limit = limit;
    this.turnMs = nowMs;
    const isOver = this.#leasedMs === null || nowMs - this.#leasedMs >= LEASE_MS + RENEW_MS;
    if (isOver && nowMs - this.requestedMs >= LOST_MS) this.#sinceMs = nowMs;
  }

  isLeased(nowMs: number, { isAway }: LeaseContext): boolean {
    if (this.#leasedMs === null) return false;
    return nowMs - this.#leasedMs < (isAway ? LOST_MS : LEASE_MS);
  }

  /** What its lease allows; with a budget, what is left shrinks during a lease. */
  leased(nowMs: number, context: LeaseContext): number {
    return this.isLeased(nowMs, context) ? Math.min(this.permits, this.limit.limit) : 0;
  }

  /** What it may use in total. */
  allowed(nowMs: number, context: LeaseContext): number {
    const { limit } = this.limit;
    const left = Math.max(0, limit - this.heldByOthers);
    // What others hold is known from a request for a lease, and outdated some time after it.
    const isKnown = nowMs - this.requestedMs < LEASE_MS;
    const free = freeUse(limit, context.isolates);
    // If no request ever succeeded, each isolate keeps the limit by itself.
    if (context.isAway && !this.isLeased(nowMs, context)) return left;
    return Math.max(isKnown ? Math.min(free, left) : free, this.leased(nowMs, context));
  }

  /** Records that a request was rejected or delayed for lack of permits. */
  noteShort(amount: number, nowMs: number): void {
    this.#turnBucket(nowMs);
    this.#short += amount;
    this.requests += 1;
  }

  /** What to request or report; null for nothing. */
  question(nowMs: number, context: LeaseContext): LeaseQuestion | null {
    const { limit } = this;
    const used = limit.usedIfCounted(nowMs);
    // Budget that was spent under the lease, and is no longer reported, takes its permits along.
    const permits = this.leased(nowMs, context) - (limit.used(nowMs) - used);
    const hadWhole = this.isWhole && permits > used;
    this.#turnBucket(nowMs);
    const waiting = this.#isWanted(nowMs) ? this.wantedAmount : 0;
    const short = Math.max(this.#short + this.#shortBefore, waiting);
    const isWanted = short > 0 || this.#isWanted(nowMs);
    const isInDemand = isWanted || used > freeUse(limit.limit, context.isolates);
    if (!isInDemand && !this.#isReported) return null;
    this.#isReported = isInDemand || used > 0;
    const { name, windowMs } = limit;
    const isKept = isInDemand && !this.isReturning;
    const demand = isKept ? Math.min(limit.limit, Math.max(1, used + short)) : 0;
    return {
      group: limit.group,
      limit: { name, limit: limit.limit, windowMs },
      used,
      demand,
      unit: Math.max(1, Math.min(limit.limit, waiting)),
      hadWhole,
      mayReturn: limit.mayReturn(nowMs),
      holds: Math.max(0, Math.min(permits, hadWhole ? used : keptOf(used, demand))),
      sinceMs: this.#sinceMs,
    };
  }

  /** Records that the request is on its way. */
  requested({ holds }: LeaseQuestion, nowMs: number): void {
    this.permits = holds;
    this.isReturning = false;
    this.limit.counted(nowMs);
    this.requestedMs = nowMs;
    this.requests = 0;
  }

  /** Records the response. @param requestedMs When it was requested: a lease begins then. */
  granted({ used, demand }: LeaseQuestion, answer: Grant, requestedMs: number): void {
    // A later request was already answered.
    if (this.#leasedMs !== null && requestedMs < this.#leasedMs) return;
    this.#leasedMs = demand === 0 ? null : requestedMs;
    this.permits = demand === 0 ? 0 : answer.permits;
    this.isWhole = answer.isWhole;
    this.#noted = answer.noted;
    this.heldByOthers = answer.heldByOthers;
    this.usedByOthers = answer.usedByOthers;
    this.returnedByOthers = answer.returnedByOthers;
    this.youngUntilMs = answer.youngUntilMs;
    this.fruitless = demand > 0 && answer.permits <= used ? this.fruitless + 1 : 0;
  }

  /** Whether the lease ends soon and is still used, or others may need what it holds. */
  isRenewalDue(nowMs: number, context: LeaseContext): boolean {
    if (this.#leasedMs === null || nowMs - this.#leasedMs >= LOST_MS) return false;
    const ageMs = nowMs - Math.max(this.#leasedMs, this.requestedMs);
    if (ageMs >= RENEW_MS) return true;
    const unused = this.#noted - this.limit.used(nowMs);
    const isHoarding = this.isWantedByAll && unused > freeUse(this.limit.limit, context.isolates);
    return isHoarding && ageMs >= HOARD_MS;
  }

  /** Whether nothing of it is left for others. */
  get isWantedByAll(): boolean {
    return this.#noted + this.heldByOthers >= this.limit.limit;
  }

  /** Whether a part is held that nothing uses, and that no request needed for this long. */
  isIdle(nowMs: number, quietMs: number, { isolates }: LeaseContext): boolean {
    const { limit } = this;
    if (this.#leasedMs === null || this.#noted === 0) return false;
    if (nowMs - this.turnMs < quietMs) return false;
    if (limit.underWay() > 0 && (limit.windowMs !== null || !this.isWantedByAll)) return false;
    const least = limit.windowMs === null ? 0 : freeUse(limit.limit, isolates);
    return this.#noted - limit.used(nowMs) > least;
  }

  get isReported(): boolean {
    return this.#isReported;
  }

  /** Shifts recorded times, because the machine's clock was set back. */
  shift(byMs: number): void {
    this.turnMs += byMs;
    this.wantedMs += byMs;
    this.requestedMs += byMs;
    this.youngUntilMs += byMs;
    if (this.#leasedMs !== null) this.#leasedMs += byMs;
    this.#sinceMs += byMs;
    this.#shortMs += byMs;
  }

  #isWanted(nowMs: number): boolean {
    return nowMs - this.wantedMs < WANTED_MS;
  }

  #turnBucket(nowMs: number): void {
    const lengthMs = this.limit.windowMs === null ? MOMENT_MS : this.limit.windowMs / 2;
    const ageMs = nowMs - this.#shortMs;
    if (ageMs < lengthMs) return;
    this.#shortBefore = ageMs < 2 * lengthMs ? this.#short : 0;
    this.#short = 0;
    this.#shortMs = nowMs;
  }
}

/** The permits that an isolate keeps when it asks again; it gives back what it barely needs. */
function keptOf(used: number, demand: number): number {
  return demand === 0 ? 0 : Math.max(used, 2 * demand);
}

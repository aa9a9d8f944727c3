/**
 * What access tokens and members may still use: limits per minute ({@link MinuteLimits}), concurrent requests ({@link
 * Seats}), and budgets of the day and the month ({@link Budgets}). A member's limits apply to all of the member's
 * tokens together. A state machine with the clock handed in.
 *
 * A request reserves the most it can use before it is sent, and settles what it used afterwards. So many simultaneous
 * requests can't overrun a budget that each of them alone would fit.
 *
 * All of these apply across isolates by leases (`lib/leases`): an isolate that uses more than a small part of a limit,
 * or of what is left of a budget, requests permits and keeps within them. Without leases (`leases` null, as in tests of
 * one isolate) each isolate keeps limits by itself.
 * @module
 */
import type { LeasedLimits } from "../leases/leased-limits";
import type { Waiter } from "../pool/share/fair-queue";
import { Budgets } from "./budgets";
import {
  type Estimate,
  firstOf,
  type LimitCheck,
  type LimitHolder,
  type LimitRefusal,
  type SlotRequest,
} from "./limit-holder";
import type { LimitUse } from "./limit-use";
import { MinuteLimits, type TakenTokens } from "./minute-limits";
import { Seats } from "./seats";
import {
  NO_SPEND,
  type Period,
  type PeriodSpend,
  type Spend,
  type SpendPeriod,
  sum,
} from "./spend";

/** What a request in progress holds. */
export interface Reservation {
  readonly accounts: readonly Account[];
  /** For each account in turn; null if its minutes have no token limit. */
  readonly minutes: readonly (TakenTokens | null)[];
  readonly periods: readonly Period[];
  readonly estimate: Spend;
  readonly sinceMs: number;
}

export type ReservationTurn = { readonly kind: "go"; readonly reservation: Reservation } | Refusal;

type Refusal = { readonly holder: LimitHolder } & LimitRefusal;

const NO_WAITER: SlotRequest = { waiter: null, isNew: false };

class Account {
  readonly seats: Seats<Reservation>;
  readonly minute: MinuteLimits;
  readonly budgets: Budgets;

  constructor(holderId: string, nowMs: number) {
    this.seats = new Seats(holderId);
    this.minute = new MinuteLimits(holderId, () => this.seats.taken.size);
    this.budgets = new Budgets(holderId, nowMs);
  }
}

/** What work that continues after its request may still use of budgets. */
interface HeldWork {
  readonly periods: readonly Period[];
  readonly held: Spend;
  readonly sinceMs: number;
}

/** Work whose usage isn't known after this long holds nothing any more. */
const WORK_LOST_MS = 86_400_000;
/** The most that is remembered; the oldest is let go. */
const WORKS_MAX = 1_000;
/** How often to ask whether other isolates have counted it. */
const LOOK_GAP_MS = 1_000;

/** What settled requests used, by the periods they count for: on its way to the store. */
export type TakenSpend = Map<Period, Spend>;

export class TokenLedger {
  readonly #leases: LeasedLimits | null;
  readonly #accounts = new Map<string, Account>();
  /** By name, the oldest first: work that goes on after its request. */
  readonly #works = new Map<string, HeldWork>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Requests that are over and not on their way to the store yet, by their ids. */
  readonly #settled = new Map<string, { readonly periods: readonly Period[]; actual: Spend }>();

  /** @param leases Through which limits are shared with other isolates; null if there are none. */
  constructor(leases: LeasedLimits | null = null) {
    this.#leases = leases;
  }

  /** What must be read from the store before these limits can be applied. */
  unknownPeriods(holders: readonly LimitHolder[], nowMs: number): readonly SpendPeriod[] {
    return holders.flatMap(({ budgetId, limits }) => {
      return this.#account(budgetId, nowMs).budgets.unknown(limits, nowMs);
    });
  }

  /**
   * Applies what was read from the store.
   * @param sinceMs When the read began: what was written since isn't overwritten.
   */
  load(rows: readonly PeriodSpend[], sinceMs: number): void {
    for (const row of rows) {
      const known = this.#period(row);
      if (known === undefined || (known.knownMs ?? sinceMs - 1) >= sinceMs) continue;
      known.stored = row;
      known.knownMs = sinceMs;
    }
  }

  /** A concurrency slot for one request, of all holders or of none. */
  reserve(
    holders: readonly LimitHolder[],
    estimate: Estimate,
    nowMs: number,
    { waiter, isNew }: SlotRequest = NO_WAITER,
  ): ReservationTurn {
    const check: LimitCheck = { estimate, waiter, isNew, leases: this.#leases, nowMs };
    this.#forgetLostWork(nowMs);
    let held: Refusal | null = null;
    for (const holder of holders) {
      const refusal = this.#refusal(holder, check);
      if (refusal === null) continue;
      if (refusal.kind === "full") return { holder, ...refusal };
      held = firstOf(held, { holder, ...refusal });
    }
    if (held !== null) return held;
    const accounts = holders.map(({ id }) => this.#account(id, nowMs));
    const periods = holders.flatMap(({ budgetId }) => {
      const { day, month } = this.#account(budgetId, nowMs).budgets;
      return [day, month];
    });
    const minutes = accounts.map(({ minute }) => minute.take(estimate, nowMs));
    const reservation = { accounts, minutes, periods, estimate, sinceMs: nowMs };
    for (const { seats } of accounts) seats.taken.add(reservation);
    for (const period of periods) period.reserved = sum(period.reserved, estimate);
    return { kind: "go", reservation };
  }

  /**
   * The first budget that is used up, whatever is in progress; not of requests, because no new one is requested here.
   */
  spentLimit(
    holders: readonly LimitHolder[],
    nowMs: number,
  ): Pick<Refusal, "holder" | "limit"> | null {
    for (const holder of holders) {
      const limit = this.#account(holder.budgetId, nowMs).budgets.spent(holder.limits);
      if (limit !== null) return { holder, limit };
    }
    return null;
  }

  /** The request that asked for a slot no longer waits, whether it got one or not. */
  leave(holders: readonly LimitHolder[], waiter: Waiter, isServed: boolean): void {
    for (const { id } of holders) this.#accounts.get(id)?.seats.line.leave(waiter, isServed);
  }

  /**
   * The request is over, and used this.
   * @param work The work that it began, if that goes on: what was reserved for it stays reserved until its usage is known
   * (`letGo`). Null for none.
   */
  settle(
    reservation: Reservation,
    requestId: string,
    actual: Spend,
    nowMs: number,
    work: string | null = null,
  ): void {
    this.#release(reservation);
    if (work !== null) this.#hold(work, reservation, nowMs);
    const { accounts, minutes, periods } = reservation;
    for (const period of periods) period.unwritten = sum(period.unwritten, actual);
    this.#settled.set(requestId, { periods, actual });
    for (const [index, { minute }] of accounts.entries()) {
      minute.settle(minutes[index] ?? null, actual.tokens, nowMs);
    }
  }

  #hold(work: string, { estimate, periods }: Reservation, nowMs: number): void {
    // The request itself was counted.
    const held = { ...estimate, requests: 0 };
    if (held.tokens === 0 && held.costNanoUsd === 0) return;
    this.letGo(work);
    for (const period of periods) period.reserved = sum(period.reserved, held);
    this.#works.set(work, { periods, held, sinceMs: nowMs });
    if (this.#works.size <= WORKS_MAX) return;
    const [oldest] = this.#works.keys();
    if (oldest !== undefined) this.letGo(oldest);
  }

  /** The usage of some work was counted, or never will be: it holds nothing any more. */
  letGo(work: string): void {
    const known = this.#works.get(work);
    if (known === undefined) return;
    this.#works.delete(work);
    for (const period of known.periods) period.reserved = sum(period.reserved, known.held, -1);
  }

  /**
   * The work that holds budgets of these holders, and may have been counted by another isolate; empty if this was asked a
   * moment ago.
   */
  worksToLookUp(holders: readonly LimitHolder[], nowMs: number): readonly string[] {
    if (this.#works.size === 0 || nowMs - this.#lookedMs < LOOK_GAP_MS) return [];
    const ids = new Set(holders.map(({ budgetId }) => budgetId));
    const names = [...this.#works].flatMap(([name, { periods }]) =>
      periods.some(({ holderId }) => ids.has(holderId)) ? [name] : [],
    );
    if (names.length > 0) this.#lookedMs = nowMs;
    return names;
  }

  #forgetLostWork(nowMs: number): void {
    for (const [name, { sinceMs }] of this.#works) {
      if (nowMs - sinceMs < WORK_LOST_MS) return;
      this.letGo(name);
    }
  }

  /** Adds to `taken` what a request used that is on its way to the store now, or will never get there. */
  take(requestId: string, taken: TakenSpend): void {
    const settled = this.#settled.get(requestId);
    if (settled === undefined) return;
    this.#settled.delete(requestId);
    for (const period of settled.periods) {
      taken.set(period, sum(taken.get(period) ?? NO_SPEND, settled.actual));
    }
  }

  /**
   * What was taken is in the store now.
   * @param totals What the store has for these periods, from every isolate, as far as it returned them.
   */
  written(taken: TakenSpend, totals: readonly PeriodSpend[], nowMs: number): void {
    const updated = new Set<Period>();
    for (const total of totals) {
      const known = this.#period(total);
      if (known === undefined) continue;
      known.stored = total;
      known.knownMs = nowMs;
      updated.add(known);
    }
    for (const [period, own] of taken) {
      period.unwritten = sum(period.unwritten, own, -1);
      if (this.#leases !== null) period.noteWritten(own, nowMs);
      if (!updated.has(period)) period.stored = sum(period.stored, own);
    }
  }

  /** What the requests in progress here hold, of holders with limits, at most `limit` holders. */
  held(limit: number): [holderId: string, held: Spend][] {
    const all: [string, Spend][] = [];
    for (const [id, { seats }] of this.#accounts) {
      if (seats.taken.size === 0) continue;
      all.push([id, this.underWay(id) ?? NO_SPEND]);
      if (all.length === limit) break;
    }
    return all;
  }

  /** What a holder's requests in progress in this isolate hold; null if it has no limits here. */
  underWay(holderId: string): Spend | null {
    const account = this.#accounts.get(holderId);
    if (account === undefined) return null;
    return [...account.seats.taken].reduce((held, { estimate }) => sum(held, estimate), NO_SPEND);
  }

  /** How much of a holder's limits is used: per minute, concurrent, per day and per month, in this order. */
  use({ id, budgetId, limits }: LimitHolder, nowMs: number): readonly LimitUse[] {
    const { minute, seats } = this.#account(id, nowMs);
    const most = limits.concurrentRequests;
    const held = seats.taken.size;
    const limit = "concurrentRequests";
    return [
      ...minute.use(limits, nowMs),
      ...(most === null ? [] : [{ limit, most, used: 0, held, renewsAtMs: null } as const]),
      ...this.#account(budgetId, nowMs).budgets.use(limits),
    ];
  }

  /** What in one holder's limits holds the request back; null if nothing does. */
  #refusal({ id, budgetId, limits }: LimitHolder, check: LimitCheck): LimitRefusal | null {
    const { minute, seats } = this.#account(id, check.nowMs);
    for (const lost of seats.lost(check.nowMs)) this.#release(lost);
    const byMinute = minute.refusal(limits, check);
    if (byMinute?.kind === "full") return byMinute;
    const bySeats = seats.refusal(limits.concurrentRequests, check);
    const byBudgets = this.#account(budgetId, check.nowMs).budgets.refusal(limits, check);
    if (byBudgets?.kind === "full") return byBudgets;
    return firstOf(firstOf(byMinute, bySeats), byBudgets);
  }

  /** Gives back what a request holds, once. */
  #release(reservation: Reservation): void {
    const { accounts, minutes, periods, estimate } = reservation;
    const wereHeld = accounts.map(({ seats }) => seats.taken.delete(reservation));
    if (!wereHeld.includes(true)) return;
    for (const [index, { minute }] of accounts.entries()) {
      const taken = minutes[index] ?? null;
      if (taken !== null) minute.release(taken);
    }
    for (const period of periods) period.reserved = sum(period.reserved, estimate, -1);
  }

  #account(holderId: string, nowMs: number): Account {
    let account = this.#accounts.get(holderId);
    if (account === undefined) {
      account = new Account(holderId, nowMs);
      this.#accounts.set(holderId, account);
    }
    account.budgets.turnPage(nowMs);
    return account;
  }

  #period({ holderId, period }: SpendPeriod): Period | undefined {
    const budgets = this.#accounts.get(holderId)?.budgets;
    return [budgets?.day, budgets?.month].find((each) => each?.period === period);
  }
}

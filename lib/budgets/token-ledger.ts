/**
 * What access tokens and members may still use: limits a minute, requests at the same time, and budgets of
 * the day and the month (UTC). A member's limits hold for all own tokens together. A state machine with the
 * clock handed in.
 *
 * A request reserves the most it may come to before it is sent, and settles what it came to afterwards. So
 * many requests at once cannot overrun a budget that each of them alone would fit. A reservation is a guess,
 * though: it never refuses by itself, it makes others wait until it is settled; and with nothing under way
 * whatever is left of a budget is enough for one more. So a budget is exceeded by one request at most, as far
 * as guesses are not too low. The tokens of a minute are kept likewise, except that with nothing under way a
 * request must find room for what it surely takes, or for the largest of the last answers.
 *
 * Across isolates all of these hold by leases (`lib/leases`): an isolate that uses more than a small part of a
 * limit, or of what is left of a budget, asks for permits and keeps within them. Of budgets it knows what all have
 * written, as of its own last flush, or of a look into the store that is 5 s old at most (`KNOWN_FOR_MS`).
 * Without leases (`leases` null, as in tests of one isolate) each isolate keeps limits by itself.
 * @module
 */

import { LOST_MS as LEASE_LOST_MS } from "../leases/lease";
import type { LeasedLimit, LeasedLimits, LeaseTurn } from "../leases/leased-limits";
import { SlidingWindowLog } from "../pool/limits/sliding-window-log";
import { FairQueue, type Waiter } from "../pool/share/fair-queue";
import {
  NO_SPEND,
  Period,
  type PeriodSpend,
  periodsAt,
  READ_BY_ALL_MS,
  type Spend,
  type SpendPeriod,
  sum,
} from "./spend";

const MINUTE_MS = 60_000;
const NANO_PER_USD = 1e9;
/** How long what the store said of a budget is good enough to let a request go. */
const KNOWN_FOR_MS = 5_000;
/** A request that has not told its end for so long was cut off with all its code, and holds nothing any more. */
const LOST_MS = 3_600_000;

/** Null for no limit. */
export interface TokenLimits {
  readonly rpm: number | null;
  readonly tpm: number | null;
  /** Under way at the same moment. */
  readonly concurrentRequests: number | null;
  readonly dailyRequests: number | null;
  readonly dailyTokens: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

/** Whose limits a request must keep. */
export interface LimitHolder {
  readonly kind: "token" | "member";
  /** `at_…` or `us_…`. */
  readonly id: string;
  /** Whose days and months count: a token that took another's place goes on with its budgets. */
  readonly budgetId: string;
  readonly limits: TokenLimits;
}

/** The most a request may come to, before it is sent. */
export interface Estimate extends Spend {
  /** Of the tokens those that it takes whatever the answer is; absent for none. */
  readonly leastTokens?: number;
}

/** Tokens that a request took from a minute's limit before it was sent. */
interface TakenTokens {
  readonly meter: SlidingWindowLog;
  /** As `SlidingWindowLog.take` returned it. */
  readonly entryMs: number;
  readonly tokens: number;
}

/** What a request that is under way holds. */
export interface Reservation {
  readonly accounts: readonly Account[];
  /** Of each account in turn; null where its minutes have no limit of tokens. */
  readonly minutes: readonly (TakenTokens | null)[];
  readonly periods: readonly Period[];
  readonly estimate: Spend;
  readonly sinceMs: number;
}

export type ReservationTurn = { readonly kind: "go"; readonly reservation: Reservation } | Refusal;

type Refusal = { readonly holder: LimitHolder; readonly limit: keyof TokenLimits } & (
  | /** Others under way hold what this one needs. */ { readonly kind: "wait" }
  | /** This isolate's lease is too small, and may be asked for anew. */ {
      readonly kind: "ask";
      readonly group: string;
    }
  | { readonly kind: "full"; readonly retryAtMs: number }
);

/** A request that asks for a seat. */
export interface Asker {
  /** Its place where it would wait for others, which it keeps until `leave` is called; null where it would not. */
  readonly waiter: Waiter | null;
  /** Whether it asks for the first time. */
  readonly isNew: boolean;
}

const GO: LeaseTurn = { kind: "go" };

const NOBODY: Asker = { waiter: null, isNew: false };

class Account {
  rpm: SlidingWindowLog | null = null;
  tpm: SlidingWindowLog | null = null;
  readonly answered = new LastAnswers();
  day: Period;
  month: Period;
  /** The oldest first. */
  readonly underWay = new Set<Reservation>();
  /** How its limits are shared with other isolates; made when first needed. */
  readonly shared = new Map<keyof TokenLimits, SharedHolderLimit>();
  readonly budgets = new Map<keyof TokenLimits, SharedBudget>();
  /** Who waits until one of them is over: newcomers do not go before. */
  readonly line = new FairQueue();

  constructor(holderId: string, nowMs: number) {
    const [day, month] = periodsAt(nowMs);
    this.day = new Period(holderId, day);
    this.month = new Period(holderId, month);
  }
}

/** One limit of one holder, as isolates share it. */
interface SharedHolderLimit extends LeasedLimit {
  limit: number;
}

/** Of a minute, or of requests at the same time. */
function sharedUse(
  group: string,
  name: string,
  windowMs: number | null,
  used: (nowMs: number) => number,
  underWay: () => number,
): SharedHolderLimit {
  return { group, name, windowMs, limit: 0, used, usedAnew: used, counted: () => {}, underWay };
}

/** Of a budget: what is left of it, and what this isolate has used of that. */
class SharedBudget implements SharedHolderLimit {
  readonly group: string;
  readonly name: string;
  readonly windowMs = null;
  limit = 0;
  readonly #period: Period;
  readonly #unit: keyof Spend;
  #countedMs = Number.NEGATIVE_INFINITY;

  constructor(group: string, name: string, period: Period, unit: keyof Spend) {
    this.group = group;
    this.name = name;
    this.#period = period;
    this.#unit = unit;
  }

  used(nowMs: number): number {
    return this.underWay() + this.#written(nowMs);
  }

  usedAnew(nowMs: number): number {
    return this.underWay() + this.#period.writtenSince(this.#unit, nowMs - READ_BY_ALL_MS);
  }

  counted(nowMs: number): void {
    this.#countedMs = nowMs - READ_BY_ALL_MS;
  }

  underWay(): number {
    return this.#period.reserved[this.#unit] + this.#period.unwritten[this.#unit];
  }

  /** @param most The whole budget. */
  measure(most: number, nowMs: number): void {
    const left = most - this.#period.stored[this.#unit] + this.#written(nowMs);
    this.limit = Math.max(0, Math.floor(left));
  }

  /** Written under the lease, or so lately that others may not have read it. */
  #written(nowMs: number): number {
    const isLeased = nowMs - this.#countedMs < LEASE_LOST_MS;
    const sinceMs = Math.min(nowMs - READ_BY_ALL_MS, isLeased ? this.#countedMs : nowMs);
    return this.#period.writtenSince(this.#unit, sinceMs);
  }
}

/** So many answers say what the next may come to. */
const LAST_ANSWERS = 16;

/** What the last requests came to, in tokens. */
class LastAnswers {
  readonly #tokens: number[] = [];
  #next = 0;

  add(tokens: number): void {
    this.#tokens[this.#next] = tokens;
    this.#next = (this.#next + 1) % LAST_ANSWERS;
  }

  /** Null before the first. */
  get largest(): number | null {
    return this.#tokens.length === 0 ? null : Math.max(...this.#tokens);
  }
}

/** What settled requests came to, by the periods they count for: on its way to the store. */
export type TakenSpend = Map<Period, Spend>;

export class TokenLedger {
  readonly #leases: LeasedLimits | null;
  readonly #accounts = new Map<string, Account>();
  /** Requests that are over and not on their way to the store yet, by their ids. */
  readonly #settled = new Map<string, { readonly periods: readonly Period[]; actual: Spend }>();

  /** @param leases By which limits are shared with other isolates; null where there are no others. */
  constructor(leases: LeasedLimits | null = null) {
    this.#leases = leases;
  }

  /** Of what the store must be asked before these limits can be kept. */
  unknownPeriods(holders: readonly LimitHolder[], nowMs: number): readonly SpendPeriod[] {
    return holders.flatMap(({ budgetId, limits }) => {
      const { day, month } = this.#account(budgetId, nowMs);
      const { dailyRequests, dailyTokens, dailyCostUsd, monthlyCostUsd } = limits;
      const needsDay = dailyRequests !== null || dailyTokens !== null || dailyCostUsd !== null;
      const needed = [...(needsDay ? [day] : []), ...(monthlyCostUsd === null ? [] : [month])];
      return needed.filter(({ knownMs }) => knownMs === null || nowMs - knownMs > KNOWN_FOR_MS);
    });
  }

  /**
   * Takes over what the store was read to have.
   * @param sinceMs When the reading began: what was written since is not overwritten.
   */
  load(rows: readonly PeriodSpend[], sinceMs: number): void {
    for (const row of rows) {
      const known = this.#period(row);
      if (known === undefined || (known.knownMs ?? sinceMs - 1) >= sinceMs) continue;
      known.stored = row;
      known.knownMs = sinceMs;
    }
  }

  /** A seat for one request, of all holders or of none. */
  reserve(
    holders: readonly LimitHolder[],
    estimate: Estimate,
    nowMs: number,
    asker: Asker = NOBODY,
  ): ReservationTurn {
    let held: Refusal | null = null;
    for (const holder of holders) {
      const refusal = this.#refusal(holder, estimate, nowMs, asker);
      if (refusal?.kind === "full") return refusal;
      if (held === null || (refusal?.kind === "ask" && held.kind === "wait")) held = refusal;
    }
    if (held !== null) return held;
    const accounts = holders.map(({ id }) => this.#account(id, nowMs));
    const budgets = holders.map(({ budgetId }) => this.#account(budgetId, nowMs));
    const periods = budgets.flatMap(({ day, month }) => [day, month]);
    const minutes = accounts.map(({ tpm }) => takeTokens(tpm, estimate.tokens, nowMs));
    const reservation = { accounts, minutes, periods, estimate, sinceMs: nowMs };
    for (const account of accounts) {
      account.rpm?.take(1, nowMs);
      account.underWay.add(reservation);
    }
    for (const period of periods) period.reserved = sum(period.reserved, estimate);
    return { kind: "go", reservation };
  }

  /** The first budget that is used up, whatever is under way; of requests none: nothing new is asked here. */
  spentLimit(
    holders: readonly LimitHolder[],
    nowMs: number,
  ): Pick<Refusal, "holder" | "limit"> | null {
    for (const holder of holders) {
      const { limits } = holder;
      const { day, month } = this.#account(holder.budgetId, nowMs);
      for (const [limit, spent, perUnit] of [
        ["dailyTokens", day.spent("tokens"), 1],
        ["dailyCostUsd", day.spent("costNanoUsd"), NANO_PER_USD],
        ["monthlyCostUsd", month.spent("costNanoUsd"), NANO_PER_USD],
      ] as const) {
        const most = limits[limit];
        if (most !== null && spent >= most * perUnit) return { holder, limit };
      }
    }
    return null;
  }

  /** The request that asked for a seat waits no more, whether it got one or not. */
  leave(holders: readonly LimitHolder[], waiter: Waiter, isServed: boolean): void {
    for (const { id } of holders) this.#accounts.get(id)?.line.leave(waiter, isServed);
  }

  /** The request is over, and came to this. */
  settle(reservation: Reservation, requestId: string, actual: Spend, nowMs: number): void {
    this.#release(reservation);
    const { accounts, minutes, periods } = reservation;
    for (const period of periods) period.unwritten = sum(period.unwritten, actual);
    this.#settled.set(requestId, { periods, actual });
    for (const { answered } of accounts) answered.add(actual.tokens);
    for (const taken of minutes) {
      if (taken === null) continue;
      const more = actual.tokens - taken.tokens;
      if (more > 0) taken.meter.take(more, nowMs);
      else taken.meter.refund(taken.entryMs, -more);
    }
  }

  /** Adds to `taken` what a request came to that is on its way to the store now, or will never get there. */
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
   * @param totals All that the store has of these periods, of every isolate, as far as it told.
   */
  written(taken: TakenSpend, totals: readonly PeriodSpend[], nowMs: number): void {
    const told = new Set<Period>();
    for (const total of totals) {
      const known = this.#period(total);
      if (known === undefined) continue;
      known.stored = total;
      known.knownMs = nowMs;
      told.add(known);
    }
    for (const [period, own] of taken) {
      period.unwritten = sum(period.unwritten, own, -1);
      if (this.#leases !== null) period.noteWritten(own, nowMs);
      if (!told.has(period)) period.stored = sum(period.stored, own);
    }
  }

  /** What the requests of holders with limits hold that are under way here, of `limit` holders at most. */
  held(limit: number): [holderId: string, held: Spend][] {
    const all: [string, Spend][] = [];
    for (const [id, { underWay }] of this.#accounts) {
      if (underWay.size === 0) continue;
      all.push([id, this.underWay(id) ?? NO_SPEND]);
      if (all.length === limit) break;
    }
    return all;
  }

  /** What a holder's requests hold that are under way in this isolate; null if it has no limits here. */
  underWay(holderId: string): Spend | null {
    const account = this.#accounts.get(holderId);
    if (account === undefined) return null;
    return [...account.underWay].reduce((held, { estimate }) => sum(held, estimate), NO_SPEND);
  }

  #refusal(holder: LimitHolder, estimate: Estimate, nowMs: number, asker: Asker): Refusal | null {
    const { id, budgetId, limits } = holder;
    const account = this.#account(id, nowMs);
    const budget = this.#account(budgetId, nowMs);
    this.#forgetLost(account, nowMs);
    account.rpm = meterFor("requests", limits.rpm, account.rpm);
    account.tpm = meterFor("tokens", limits.tpm, account.tpm);
    const readyMs = account.rpm?.earliestMs(1, nowMs) ?? 0;
    if (readyMs > nowMs) return { kind: "full", holder, limit: "rpm", retryAtMs: readyMs };
    const tokensAtMs = tokensReadyAtMs(account, estimate, nowMs);
    if (tokensAtMs > nowMs) return { kind: "full", holder, limit: "tpm", retryAtMs: tokensAtMs };
    let held: keyof TokenLimits | null = tokensAtMs === HELD ? "tpm" : null;
    let group: string | null = null;
    const refused = (limit: keyof TokenLimits, turn: LeaseTurn, shared: LeasedLimit) => {
      if (turn.kind === "ask") group ??= shared.group;
      held = limit;
    };
    for (const limit of ["rpm", "tpm"] as const) {
      const shared = this.#sharedMinute(account, id, limit);
      if (shared === null) continue;
      const amount = limit === "rpm" ? 1 : likelyTokens(account, estimate, shared.limit);
      const turn = this.#turn(shared, amount, asker, nowMs);
      if (turn.kind === "go") continue;
      if (turn.kind === "short" && !turn.isLeft) {
        const retryAtMs = firstToLeaveMs(account[limit], nowMs) ?? turn.retryAtMs;
        return { kind: "full", holder, limit, retryAtMs };
      }
      refused(limit, turn, shared);
    }
    if (limits.concurrentRequests !== null) {
      const shared = this.#sharedSeats(account, id, limits.concurrentRequests);
      const waits = !hasSeat(
        account.line,
        limits.concurrentRequests - account.underWay.size,
        asker.waiter,
        nowMs,
      );
      if (waits) held ??= "concurrentRequests";
      else if (shared !== null) {
        const turn = this.#turn(shared, 1, asker, nowMs);
        if (turn.kind !== "go") refused("concurrentRequests", turn, shared);
      }
    }
    for (const [limit, periodName, unit, perUnit] of [
      ["dailyRequests", "day", "requests", 1],
      ["dailyTokens", "day", "tokens", 1],
      ["dailyCostUsd", "day", "costNanoUsd", NANO_PER_USD],
      ["monthlyCostUsd", "month", "costNanoUsd", NANO_PER_USD],
    ] as const) {
      // A turn of a WebSocket, whose session was counted when it was opened.
      if (limits[limit] === null || (unit === "requests" && estimate.requests === 0)) continue;
      const most = limits[limit] * perUnit;
      const period = budget[periodName];
      const spent = period.spent(unit);
      const reserved = period.reserved[unit];
      // Of requests, one under way is as good as done.
      const isFull = spent + (unit === "requests" ? reserved : 0) >= most;
      if (isFull) return { kind: "full", holder, limit, retryAtMs: period.endMs };
      if (reserved > 0 && spent + reserved + estimate[unit] > most) held ??= limit;
      else {
        const shared = this.#sharedBudget(budget, budgetId, limit, period, unit, most, nowMs);
        if (shared === null) continue;
        const turn = this.#turn(shared, estimate[unit], asker, nowMs);
        if (turn.kind !== "go") refused(limit, turn, shared);
      }
    }
    if (held === null) return null;
    return group === null
      ? { kind: "wait", holder, limit: held }
      : { kind: "ask", holder, limit: held, group };
  }

  #turn(shared: LeasedLimit, amount: number, { isNew }: Asker, nowMs: number): LeaseTurn {
    const leases = this.#leases;
    if (leases === null) return GO;
    const turn = leases.turn(shared, amount, nowMs);
    if (turn.kind !== "go" && isNew) leases.noteShort(shared.name, amount, nowMs);
    return turn;
  }

  #sharedMinute(account: Account, id: string, limit: "rpm" | "tpm"): SharedHolderLimit | null {
    const most = account[limit]?.limit;
    if (this.#leases === null || most === undefined) return null;
    let shared = account.shared.get(limit);
    if (shared === undefined) {
      const used = (nowMs: number) => {
        const meter = account[limit];
        return meter === null ? 0 : meter.limit - meter.left(nowMs);
      };
      const underWay = () => account.underWay.size;
      shared = sharedUse(id, `${id} ${limit}`, MINUTE_MS, used, underWay);
      account.shared.set(limit, shared);
    }
    shared.limit = most;
    return shared;
  }

  #sharedSeats(account: Account, id: string, most: number): SharedHolderLimit | null {
    if (this.#leases === null) return null;
    let shared = account.shared.get("concurrentRequests");
    if (shared === undefined) {
      const underWay = () => account.underWay.size;
      shared = sharedUse(id, `${id} seats`, null, underWay, underWay);
      account.shared.set("concurrentRequests", shared);
    }
    shared.limit = most;
    return shared;
  }

  #sharedBudget(
    account: Account,
    id: string,
    limit: keyof TokenLimits,
    period: Period,
    unit: keyof Spend,
    most: number,
    nowMs: number,
  ): SharedHolderLimit | null {
    if (this.#leases === null) return null;
    let shared = account.budgets.get(limit);
    const name = `${id} ${limit} ${period.period}`;
    if (shared?.name !== name) {
      shared = new SharedBudget(id, name, period, unit);
      account.budgets.set(limit, shared);
    }
    shared.measure(most, nowMs);
    return shared;
  }

  #forgetLost({ underWay }: Account, nowMs: number): void {
    for (const reservation of underWay) {
      if (nowMs - reservation.sinceMs < LOST_MS) return;
      this.#release(reservation);
    }
  }

  /** Gives back what a request holds, once. */
  #release(reservation: Reservation): void {
    const { accounts, periods, estimate } = reservation;
    const wereHeld = accounts.map(({ underWay }) => underWay.delete(reservation));
    if (!wereHeld.includes(true)) return;
    for (const period of periods) period.reserved = sum(period.reserved, estimate, -1);
  }

  #account(holderId: string, nowMs: number): Account {
    let account = this.#accounts.get(holderId);
    if (account === undefined) {
      account = new Account(holderId, nowMs);
      this.#accounts.set(holderId, account);
    }
    if (account.day.endMs <= nowMs) {
      const { day, month } = new Account(holderId, nowMs);
      account.day = day;
      if (account.month.endMs <= nowMs) account.month = month;
    }
    return account;
  }

  #period({ holderId, period }: SpendPeriod): Period | undefined {
    const account = this.#accounts.get(holderId);
    return [account?.day, account?.month].find((each) => each?.period === period);
  }
}

/** Whether one of the free seats is this request's turn; if not, it stands in line. */
function hasSeat(line: FairQueue, free: number, waiter: Waiter | null, nowMs: number): boolean {
  if (waiter === null) return line.size < free;
  if (line.size === 0 && free > 0) return true;
  if (line.ahead(waiter.claim, waiter, nowMs) < free) return true;
  line.enter(waiter);
  return false;
}

/** What is wanted is held by requests under way, which may give it back. */
const HELD = -1;

/**
 * When a minute has room for a request's tokens: 0 for now, `HELD` for when others are settled, else epoch
 * milliseconds. With nothing under way, what is left is enough if it is as much as the request surely takes
 * and as the largest of the last answers.
 */
function tokensReadyAtMs(account: Account, estimate: Estimate, nowMs: number): number {
  const { tpm } = account;
  if (tpm === null) return 0;
  const left = tpm.left(nowMs);
  if (left >= Math.min(tpm.limit, estimate.tokens)) return 0;
  const needed = likelyTokens(account, estimate, tpm.limit);
  const held = heldTokens(account, tpm, nowMs);
  if (left + held < needed) return tpm.earliestMs(needed, nowMs);
  return held > 0 ? HELD : 0;
}

/** When the oldest of a minute's own uses leaves it; null where there is none. */
function firstToLeaveMs(meter: SlidingWindowLog | null, nowMs: number): number | null {
  if (meter === null) return null;
  const left = meter.left(nowMs);
  return left < meter.limit ? meter.earliestMs(left + 1, nowMs) : null;
}

/** The tokens that a request must find room for, as far as its own isolate knows. */
function likelyTokens({ answered }: Account, { tokens, leastTokens = 0 }: Estimate, most: number) {
  const likely = Math.min(tokens, answered.largest ?? tokens);
  return Math.max(1, Math.min(most, Math.max(likely, leastTokens)));
}

/** Of a minute's tokens those that requests under way may still give back. */
function heldTokens({ underWay }: Account, meter: SlidingWindowLog, nowMs: number): number {
  let held = 0;
  for (const { minutes } of underWay) {
    for (const taken of minutes) {
      const counts = taken?.meter === meter && taken.entryMs > nowMs - meter.windowMs;
      if (counts) held += taken.tokens;
    }
  }
  return held;
}

/** Takes what is left at most: a guess does not make a minute overfull. */
function takeTokens(
  meter: SlidingWindowLog | null,
  guess: number,
  nowMs: number,
): TakenTokens | null {
  if (meter === null) return null;
  const tokens = Math.min(guess, meter.left(nowMs));
  return { meter, tokens, entryMs: meter.take(tokens, nowMs) };
}

function meterFor(
  unit: "requests" | "tokens",
  limit: number | null,
  known: SlidingWindowLog | null,
): SlidingWindowLog | null {
  if (limit === null) return null;
  return known?.limit === limit ? known : new SlidingWindowLog(unit, limit, MINUTE_MS);
}

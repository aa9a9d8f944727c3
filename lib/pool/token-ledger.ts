/**
 * What access tokens may still use: limits a minute, and budgets of the day and the month (UTC). A state
 * machine with the clock handed in.
 *
 * A request reserves the most it may come to before it is sent, and settles what it came to afterwards. So
 * many requests at once cannot overrun a budget that each of them alone would fit. A reservation is a guess,
 * though: it never refuses by itself, it makes others wait until it is settled; and with nothing under way
 * whatever is left of a budget is enough for one more. So a budget is exceeded by one request at most, as far
 * as guesses are not too low.
 *
 * The minute's limits hold for each isolate by itself. Of budgets an isolate knows what all others have
 * written, as of its own last flush: they may exceed it by what they have under way at the same moment and
 * what they used in the second before.
 * @module
 */
import { WindowMeter } from "./window-meter";

const MINUTE_MS = 60_000;
const NANO_PER_USD = 1e9;

/** Null for no limit. */
export interface TokenLimits {
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly dailyRequests: number | null;
  readonly dailyTokens: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

export interface Spend {
  readonly requests: number;
  /** Read and written by the model. */
  readonly tokens: number;
  readonly costNanoUsd: number;
}

export const NO_SPEND: Spend = { requests: 0, tokens: 0, costNanoUsd: 0 };

/** What a request that is under way holds. */
export interface Reservation {
  readonly account: Account;
  readonly periods: readonly Period[];
  readonly estimate: Spend;
}

export type ReservationTurn =
  | { readonly kind: "go"; readonly reservation: Reservation }
  /** Others under way hold what this one needs. */
  | { readonly kind: "wait"; readonly limit: keyof TokenLimits }
  | { readonly kind: "full"; readonly limit: keyof TokenLimits; readonly retryAtMs: number };

/** A day or a month of one token. */
class Period {
  /** `2026-11-23` or `2026-11`. */
  readonly name: string;
  readonly endMs: number;
  /** Whether the store was asked what had been used before. */
  isKnown = false;
  /** All that the store is known to have. */
  stored = NO_SPEND;
  /** Settled here, and not in `stored` yet. */
  unwritten = NO_SPEND;
  reserved = NO_SPEND;

  constructor(name: string, endMs: number) {
    this.name = name;
    this.endMs = endMs;
  }

  spent(unit: keyof Spend): number {
    return this.stored[unit] + this.unwritten[unit];
  }
}

class Account {
  rpm: WindowMeter | null = null;
  tpm: WindowMeter | null = null;
  day: Period;
  month: Period;

  constructor(nowMs: number) {
    this.day = dayOf(nowMs);
    this.month = monthOf(nowMs);
  }
}

export class TokenLedger {
  readonly #accounts = new Map<string, Account>();

  has(tokenId: string): boolean {
    return this.#accounts.has(tokenId);
  }

  /** Names of the periods of which the store must be asked before a token's limits can be kept. */
  unknownPeriods(tokenId: string, limits: TokenLimits, nowMs: number): readonly string[] {
    const { day, month } = this.#account(tokenId, nowMs);
    const needsDay =
      limits.dailyRequests !== null || limits.dailyTokens !== null || limits.dailyCostUsd !== null;
    return [
      ...(needsDay && !day.isKnown ? [day.name] : []),
      ...(limits.monthlyCostUsd !== null && !month.isKnown ? [month.name] : []),
    ];
  }

  /** Takes over what the store has of a period; what is known already stands. */
  load(tokenId: string, period: string, stored: Spend): void {
    const known = this.#period(tokenId, period);
    if (known === undefined || known.isKnown) return;
    known.stored = stored;
    known.isKnown = true;
  }

  reserve(tokenId: string, limits: TokenLimits, estimate: Spend, nowMs: number): ReservationTurn {
    const account = this.#account(tokenId, nowMs);
    account.rpm = meterFor("requests", limits.rpm, account.rpm);
    account.tpm = meterFor("tokens", limits.tpm, account.tpm);
    for (const [limit, meter, amount] of [
      ["rpm", account.rpm, 1],
      ["tpm", account.tpm, estimate.tokens],
    ] as const) {
      const readyMs = meter?.readyAtMs(amount, nowMs) ?? 0;
      if (readyMs > nowMs) return { kind: "full", limit, retryAtMs: readyMs };
    }
    let held: keyof TokenLimits | null = null;
    for (const [limit, period, unit, perUnit] of [
      ["dailyRequests", account.day, "requests", 1],
      ["dailyTokens", account.day, "tokens", 1],
      ["dailyCostUsd", account.day, "costNanoUsd", NANO_PER_USD],
      ["monthlyCostUsd", account.month, "costNanoUsd", NANO_PER_USD],
    ] as const) {
      const most = (limits[limit] ?? Number.POSITIVE_INFINITY) * perUnit;
      const spent = period.spent(unit);
      const reserved = period.reserved[unit];
      // Of requests, one under way is as good as done.
      const isFull = spent + (unit === "requests" ? reserved : 0) >= most;
      if (isFull) return { kind: "full", limit, retryAtMs: period.endMs };
      if (reserved > 0 && spent + reserved + estimate[unit] > most) held ??= limit;
    }
    if (held !== null) return { kind: "wait", limit: held };
    account.rpm?.take(1, nowMs);
    account.tpm?.take(estimate.tokens, nowMs);
    const periods = [account.day, account.month];
    for (const period of periods) period.reserved = sum(period.reserved, estimate);
    return { kind: "go", reservation: { account, periods, estimate } };
  }

  /** The request is over, and came to this. */
  settle({ account, periods, estimate }: Reservation, actual: Spend, nowMs: number): void {
    for (const period of periods) {
      period.reserved = sum(period.reserved, estimate, -1);
      period.unwritten = sum(period.unwritten, actual);
    }
    const more = actual.tokens - estimate.tokens;
    if (more > 0) account.tpm?.take(more, nowMs);
    else account.tpm?.giveBack(-more);
  }

  /**
   * A part of what was settled here is in the store now.
   * @param total All that the store has of the period, of every isolate; null where it did not tell.
   */
  written(tokenId: string, period: string, own: Spend, total: Spend | null): void {
    const known = this.#period(tokenId, period);
    if (known === undefined) return;
    known.unwritten = sum(known.unwritten, own, -1);
    known.stored = total ?? sum(known.stored, own);
  }

  #account(tokenId: string, nowMs: number): Account {
    let account = this.#accounts.get(tokenId);
    if (account === undefined) {
      account = new Account(nowMs);
      this.#accounts.set(tokenId, account);
    }
    if (nowMs >= account.day.endMs) account.day = dayOf(nowMs);
    if (nowMs >= account.month.endMs) account.month = monthOf(nowMs);
    return account;
  }

  #period(tokenId: string, name: string): Period | undefined {
    const account = this.#accounts.get(tokenId);
    return [account?.day, account?.month].find((period) => period?.name === name);
  }
}

/** The day and the month a request of this moment counts for. */
export function periodsAt(atMs: number): readonly [day: string, month: string] {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return [day, day.slice(0, 7)];
}

function dayOf(nowMs: number): Period {
  const [day] = periodsAt(nowMs);
  return new Period(day, Date.parse(day) + 86_400_000);
}

function monthOf(nowMs: number): Period {
  const date = new Date(nowMs);
  const [, month] = periodsAt(nowMs);
  return new Period(month, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
}

export function sum(one: Spend, other: Spend, sign: 1 | -1 = 1): Spend {
  return {
    requests: one.requests + sign * other.requests,
    tokens: one.tokens + sign * other.tokens,
    costNanoUsd: one.costNanoUsd + sign * other.costNanoUsd,
  };
}

function meterFor(
  unit: "requests" | "tokens",
  limit: number | null,
  known: WindowMeter | null,
): WindowMeter | null {
  if (limit === null) return null;
  return known?.limit === limit ? known : new WindowMeter(unit, limit, MINUTE_MS);
}

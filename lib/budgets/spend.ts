/**
 * What budgets count, and the days and months (UTC) for which they count it.
 * @module
 */
export interface Spend {
  readonly requests: number;
  /** Read and written by the model. */
  readonly tokens: number;
  readonly costNanoUsd: number;
}

export const NO_SPEND: Spend = { requests: 0, tokens: 0, costNanoUsd: 0 };

/** A day or a month of a token or a member. */
export interface SpendPeriod {
  /** Id of an access token (`at_…`) or of a user (`us_…`). */
  readonly holderId: string;
  /** `2026-11-23` or `2026-11`. */
  readonly period: string;
}

export type PeriodSpend = SpendPeriod & Spend;

export function sum(one: Spend, other: Spend, sign: 1 | -1 = 1): Spend {
  return {
    requests: one.requests + sign * other.requests,
    tokens: one.tokens + sign * other.tokens,
    costNanoUsd: one.costNanoUsd + sign * other.costNanoUsd,
  };
}

/** The day and the month for which a request at this time counts. */
export function periodsAt(atMs: number): readonly [day: string, month: string] {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return [day, day.slice(0, 7)];
}

/** In epoch milliseconds: its start, and that of the next period. */
export function periodBounds(period: string): readonly [fromMs: number, toMs: number] {
  const end = new Date(period);
  if (period.length === "2026-11-23".length) end.setUTCDate(end.getUTCDate() + 1);
  else end.setUTCMonth(end.getUTCMonth() + 1);
  return [Date.parse(period), end.getTime()];
}

/** After this time all isolates have read what one wrote: none uses anything older (`KNOWN_FOR_MS` of the ledger). */
export const READ_BY_ALL_MS = 6_000;
/** As long as the longest lease. */
const WRITTEN_MS = 150_000;

/** What one isolate knows about a day or a month of one holder. */
export class Period implements SpendPeriod {
  readonly holderId: string;
  readonly period: string;
  readonly endMs: number;
  /** When the store was last read for it; null before the first time. */
  knownMs: number | null = null;
  /** Everything the store is known to have. */
  stored = NO_SPEND;
  /** Settled here, and not in `stored` yet. */
  unwritten = NO_SPEND;
  reserved = NO_SPEND;
  /** Written by this isolate recently, the oldest first. */
  readonly #written: { readonly atMs: number; readonly spend: Spend }[] = [];

  constructor(holderId: string, period: string) {
    this.holderId = holderId;
    this.period = period;
    [, this.endMs] = periodBounds(period);
  }

  spent(unit: keyof Spend): number {
    return this.stored[unit] + this.unwritten[unit];
  }

  noteWritten(spend: Spend, nowMs: number): void {
    this.#written.push({ atMs: nowMs, spend });
    while ((this.#written[0]?.atMs ?? nowMs) < nowMs - WRITTEN_MS) this.#written.shift();
  }

  /** What this isolate has written after a time, as far as it remembers. */
  writtenSince(unit: keyof Spend, sinceMs: number): number {
    let total = 0;
    for (let index = this.#written.length - 1; index >= 0; index -= 1) {
      const entry = this.#written[index];
      if (entry === undefined || entry.atMs <= sinceMs) break;
      total += entry.spend[unit];
    }
    return total;
  }
}

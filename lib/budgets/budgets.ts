/**
 * What one holder may still use of its day and its month (UTC).
 *
 * A reservation is a guess: it never refuses by itself, it makes others wait until it is settled; and with
 * nothing under way whatever is left of a budget is enough for one more. So a budget is exceeded by one request
 * at most, as far as guesses are not too low. Of what it has spent, an isolate knows what all have written, as
 * of its own last flush, or of a look into the store that is 5 s old at most (`KNOWN_FOR_MS`).
 * @module
 */

import { firstOf, type LimitCheck, type LimitRefusal, type TokenLimits } from "./limit-holder";
import type { LimitUse } from "./limit-use";
import { leaseRefusal, leaseTurn, SharedBudget } from "./shared-limit";
import { Period, periodsAt, type Spend } from "./spend";

/** How long what the store said of a budget is good enough to let a request go. */
const KNOWN_FOR_MS = 5_000;
const NANO_PER_USD = 1e9;

interface Budget {
  readonly limit: keyof TokenLimits;
  readonly period: "day" | "month";
  readonly unit: keyof Spend;
  /** Of the limit's unit in that of what is spent. */
  readonly perUnit: number;
}

const BUDGETS: readonly Budget[] = [
  { limit: "dailyRequests", period: "day", unit: "requests", perUnit: 1 },
  { limit: "dailyTokens", period: "day", unit: "tokens", perUnit: 1 },
  { limit: "dailyCostUsd", period: "day", unit: "costNanoUsd", perUnit: NANO_PER_USD },
  { limit: "monthlyCostUsd", period: "month", unit: "costNanoUsd", perUnit: NANO_PER_USD },
];

export class Budgets {
  readonly #holderId: string;
  readonly #shared = new Map<keyof TokenLimits, SharedBudget>();
  day: Period;
  month: Period;

  constructor(holderId: string, nowMs: number) {
    this.#holderId = holderId;
    const [day, month] = periodsAt(nowMs);
    this.day = new Period(holderId, day);
    this.month = new Period(holderId, month);
  }

  /** Begins a new day, and a new month, once the one before is over. */
  turnPage(nowMs: number): void {
    if (this.day.endMs > nowMs) return;
    const [day, month] = periodsAt(nowMs);
    this.day = new Period(this.#holderId, day);
    if (this.month.endMs <= nowMs) this.month = new Period(this.#holderId, month);
  }

  /** Periods that the store must be asked about before these limits can be kept. */
  unknown(limits: TokenLimits, nowMs: number): Period[] {
    return [this.day, this.month].filter((period) => {
      const counts = BUDGETS.some((budget) => {
        return limits[budget.limit] !== null && this[budget.period] === period;
      });
      return counts && (period.knownMs === null || nowMs - period.knownMs > KNOWN_FOR_MS);
    });
  }

  /** The first budget of tokens or money that is used up, whatever is under way. */
  spent(limits: TokenLimits): keyof TokenLimits | null {
    for (const { limit, period, unit, perUnit } of BUDGETS) {
      const most = limits[limit];
      if (most === null || unit === "requests") continue;
      if (this[period].spent(unit) >= most * perUnit) return limit;
    }
    return null;
  }

  /** How far the day and the month are used, as the store knows it and this isolate has not told it yet. */
  use(limits: TokenLimits): LimitUse[] {
    return BUDGETS.flatMap(({ limit, period, unit, perUnit }) => {
      const most = limits[limit];
      if (most === null) return [];
      const { reserved, endMs } = this[period];
      const used = this[period].spent(unit) / perUnit;
      return [{ limit, most, used, held: reserved[unit] / perUnit, renewsAtMs: endMs }];
    });
  }

  /** Null where the request may go. */
  refusal(limits: TokenLimits, check: LimitCheck): LimitRefusal | null {
    let held: LimitRefusal | null = null;
    for (const budget of BUDGETS) {
      const most = limits[budget.limit];
      // A turn of a WebSocket, whose session was counted when it was opened.
      const isCounted = budget.unit === "requests" && check.estimate.requests === 0;
      if (most === null || isCounted) continue;
      const refusal = this.#refusalOf(budget, most * budget.perUnit, check);
      if (refusal?.kind === "full") return refusal;
      held = firstOf(held, refusal);
    }
    return held;
  }

  #refusalOf(
    { limit, period, unit }: Budget,
    most: number,
    check: LimitCheck,
  ): LimitRefusal | null {
    const { estimate, leases, nowMs } = check;
    const { reserved, endMs } = this[period];
    const spent = this[period].spent(unit);
    // Of requests, one under way is as good as done.
    const isFull = spent + (unit === "requests" ? reserved[unit] : 0) >= most;
    if (isFull) return { kind: "full", limit, retryAtMs: endMs };
    const isHeld = reserved[unit] > 0 && spent + reserved[unit] + estimate[unit] > most;
    if (isHeld) return { kind: "wait", limit };
    if (leases === null) return null;
    const shared = this.#sharedOf(limit, this[period], unit);
    const turn = leaseTurn(shared, shared.leftOf(most, nowMs), estimate[unit], check);
    return leaseRefusal(limit, shared, turn);
  }

  #sharedOf(limit: keyof TokenLimits, period: Period, unit: keyof Spend): SharedBudget {
    const name = `${this.#holderId} ${limit} ${period.period}`;
    const known = this.#shared.get(limit);
    if (known?.name === name) return known;
    const shared = new SharedBudget(this.#holderId, name, period, unit);
    this.#shared.set(limit, shared);
    return shared;
  }
}

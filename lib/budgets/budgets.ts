/**
 * What one holder may still use of its day and its month (UTC).
 *
 * A reservation is an estimate: it never rejects by itself, it makes others wait until it is settled; and with nothing
 * in progress, whatever is left of a budget is enough for one more request. So a budget is exceeded by at most one
 * request, as long as estimates aren't too low. An isolate knows what all isolates had written at its own last flush,
 * or at a read of the store that is at most 5 s old (`KNOWN_FOR_MS`).
 * @module
 */

import { firstOf, type LimitCheck, type LimitRefusal, type TokenLimits } from "./limit-holder";
import type { LimitUse } from "./limit-use";
import { leaseRefusal, leaseTurn, SharedBudget } from "./shared-limit";
import { Period, periodsAt, type Spend } from "./spend";

/** How long the store's figure for a budget is recent enough to let a request through. */
const KNOWN_FOR_MS = 5_000;
const NANO_PER_USD = 1e9;

interface Budget {
  readonly limit: keyof TokenLimits;
  readonly period: "day" | "month";
  readonly unit: keyof Spend;
  /** Factor from the limit's unit to the unit of spending. */
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

  /** Begins a new day and a new month once the previous one is over. */
  turnPage(nowMs: number): void {
    if (this.day.endMs > nowMs) return;
    const [day, month] = periodsAt(nowMs);
    this.day = new Period(this.#holderId, day);
    if (this.month.endMs <= nowMs) this.month = new Period(this.#holderId, month);
  }

  /** Periods that must be read from the store before these limits can be applied. */
  unknown(limits: TokenLimits, nowMs: number): Period[] {
    return [this.day, this.month].filter((period) => {
      const counts = BUDGETS.some((budget) => {
        return limits[budget.limit] !== null && this[budget.period] === period;
      });
      return counts && (period.knownMs === null || nowMs - period.knownMs > KNOWN_FOR_MS);
    });
  }

  /** The first budget of tokens or money that is used up, whatever is in progress. */
  spent(limits: TokenLimits): keyof TokenLimits | null {
    for (const { limit, period, unit, perUnit } of BUDGETS) {
      const most = limits[limit];
      if (most === null || unit === "requests") continue;
      if (this[period].spent(unit) >= most * perUnit) return limit;
    }
    return null;
  }

  /** How much of the day and the month is used: what the store has, and what this isolate hasn't written yet. */
  use(limits: TokenLimits): LimitUse[] {
    return BUDGETS.flatMap(({ limit, period, unit, perUnit }) => {
      const most = limits[limit];
      if (most === null) return [];
      const { reserved, endMs } = this[period];
      const used = this[period].spent(unit) / perUnit;
      return [{ limit, most, used, held: reserved[unit] / perUnit, renewsAtMs: endMs }];
    });
  }

  /** Null if the request may go. */
  refusal(limits: TokenLimits, check: LimitCheck): LimitRefusal | null {
    let held: LimitRefusal | null = null;
    for (const budget of BUDGETS) {
      const most = limits[budget.limit];
      // A turn of a WebSocket, whose session was counted when it opened.
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
    // For requests, one in progress counts as done.
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

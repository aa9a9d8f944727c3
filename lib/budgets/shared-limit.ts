/**
 * Limits of tokens and members as isolates share them by leases.
 * @module
 */
import { LOST_MS as LEASE_LOST_MS } from "../leases/lease";
import type { LeasedLimit, LeaseTurn } from "../leases/leased-limit";
import type { LimitCheck, LimitRefusal, TokenLimits } from "./limit-holder";
import { type Period, READ_BY_ALL_MS, type Spend } from "./spend";

/** One limit of one holder. */
export interface SharedLimit extends LeasedLimit {
  limit: number;
}

const GO: LeaseTurn = { kind: "go" };

/** Whether this isolate's lease has room for this much more; without leases it always has. */
export function leaseTurn(
  shared: SharedLimit,
  most: number,
  amount: number,
  { leases, isNew, nowMs }: LimitCheck,
): LeaseTurn {
  if (leases === null) return GO;
  shared.limit = most;
  const turn = leases.turn(shared, amount, nowMs);
  if (turn.kind !== "go" && isNew) leases.noteShort(shared.name, amount, nowMs);
  return turn;
}

/** If the lease has no room, the request asks for a larger one, or waits for what others give back. */
export function leaseRefusal(
  limit: keyof TokenLimits,
  { group }: SharedLimit,
  turn: LeaseTurn,
): LimitRefusal | null {
  if (turn.kind === "go") return null;
  return turn.kind === "ask" ? { kind: "ask", limit, group } : { kind: "wait", limit };
}

/** A per-minute limit, or a limit of concurrent requests. */
export function sharedUse(
  group: string,
  name: string,
  windowMs: number | null,
  used: (nowMs: number) => number,
  underWay: () => number,
  mayReturn: (nowMs: number) => number = () => 0,
): SharedLimit {
  return {
    group,
    name,
    windowMs,
    limit: 0,
    used,
    usedIfCounted: used,
    counted: () => {},
    underWay,
    mayReturn,
  };
}

/** A budget: what is left of it, and what this isolate has used of that. */
export class SharedBudget implements SharedLimit {
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

  usedIfCounted(nowMs: number): number {
    return this.underWay() + this.#period.writtenSince(this.#unit, nowMs - READ_BY_ALL_MS);
  }

  counted(nowMs: number): void {
    this.#countedMs = nowMs - READ_BY_ALL_MS;
  }

  underWay(): number {
    return this.#period.reserved[this.#unit] + this.#period.unwritten[this.#unit];
  }

  mayReturn(): number {
    return this.#period.reserved[this.#unit];
  }

  /** What is left for all isolates of a budget of `most`, including what this one has written under its lease. */
  leftOf(most: number, nowMs: number): number {
    const left = most - this.#period.stored[this.#unit] + this.#written(nowMs);
    return Math.max(0, Math.floor(left));
  }

  /** Written under the lease, or so recently that others may not have read it. */
  #written(nowMs: number): number {
    const isLeased = nowMs - this.#countedMs < LEASE_LOST_MS;
    const sinceMs = Math.min(nowMs - READ_BY_ALL_MS, isLeased ? this.#countedMs : nowMs);
    return this.#period.writtenSince(this.#unit, sinceMs);
  }
}

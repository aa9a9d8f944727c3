/**
 * The most that people allow one key, whatever the model: concurrent requests, and its cost per day and month. A state
 * machine without its own clock; caps are limits like any other, and the strictest applies.
 * @module
 */
import { earliestOf, type Limit, NO_ENTRY } from "../limits/limit";
import type { TimedAmount } from "../peers/peer-use";
import type { CapKind, CapReason, KeyCapValues, KnownLimit } from "../types";
import { CostCap } from "./cost-cap";
import { SeatCap } from "./seat-cap";

/** A request that hasn't ended after this long was lost with its isolate's code, and holds nothing any more. */
const LOST_MS = 3_600_000;
/** Work whose cost isn't known after this long holds nothing any more. */
const WORK_LOST_MS = 86_400_000;
/** The most pieces of work that are remembered per key; the oldest is let go. */
const WORKS_MAX = 200;
/** If less than this part of a cap is left, others must know what is spent here. */
const NEAR_PART = 0.25;

/** What a request holds of its key's caps while it is in progress. */
export interface CapHold {
  readonly sinceMs: number;
  /** Its estimated cost, in 1e-9 US dollars. */
  costNanoUsd: number;
  /** Whether its response is being delivered: its cost is known when that ends. */
  isServing: boolean;
}

/** A cap that is used up. */
export interface ReachedCap {
  readonly reason: CapReason;
  /** When it renews: epoch milliseconds. */
  readonly untilMs: number;
}

export class KeyCaps {
  readonly keyId: string;
  #seats: SeatCap | null = null;
  #costs: readonly CostCap[] = [];
  #limits: readonly Limit[] = [];
  /** Oldest first. */
  readonly #holds = new Set<CapHold>();
  /** What work that goes on after its request may cost, by the work's name, the oldest first. */
  readonly #works = new Map<string, Pick<CapHold, "sinceMs" | "costNanoUsd">>();
  /** By cap, until when it was recorded as reached. */
  readonly #recorded = new Map<CapReason, number>();

  constructor(keyId: string, values: KeyCapValues, nowMs: number) {
    this.keyId = keyId;
    this.change(values, nowMs);
  }

  /** Applies what people set. Counts are kept. */
  change({ concurrentRequests, dailyCostUsd, monthlyCostUsd }: KeyCapValues, nowMs: number): void {
    if (concurrentRequests === null) this.#seats = null;
    else if (this.#seats === null) {
      this.#seats = new SeatCap(concurrentRequests);
      this.#seats.take(this.#holds.size, nowMs);
    } else this.#seats.limit = concurrentRequests;
    const costs = [
      ["cost_day", dailyCostUsd],
      ["cost_month", monthlyCostUsd],
    ] as const;
    this.#costs = costs.flatMap(([reason, limitUsd]) => {
      if (limitUsd === null) return [];
      const known = this.#costs.find((cap) => cap.reason === reason);
      if (known === undefined) return new CostCap(reason, limitUsd, nowMs);
      known.limitUsd = limitUsd;
      return known;
    });
    this.#limits = [...(this.#seats === null ? [] : [this.#seats]), ...this.#costs];
    this.forget();
  }

  /** A person reset the key: a cap that is still reached is recorded again. */
  forget(): void {
    this.#recorded.clear();
  }

  get countsCosts(): boolean {
    return this.#costs.length > 0;
  }

  /** Whether what was spent wasn't read from the store yet. */
  get isUncounted(): boolean {
    return this.#costs.some((cap) => !cap.isCounted);
  }

  get held(): number {
    return this.#holds.size;
  }

  /** When the key may serve one more: epoch milliseconds, 0 for now. If requests hold it, when to check again. */
  readyAtMs(nowMs: number): number {
    for (const lost of this.#holds) {
      if (nowMs - lost.sinceMs < LOST_MS) break;
      this.release(lost);
    }
    for (const [work, { sinceMs }] of this.#works) {
      if (nowMs - sinceMs < WORK_LOST_MS) break;
      this.letGo(work);
    }
    return earliestOf(this.#limits, 0, nowMs);
  }

  /** Whether requests in progress hold everything that is left. */
  isHeld(nowMs: number): boolean {
    const isUsed = this.held > 0 || this.#works.size > 0;
    if (!isUsed || this.#costs.some((cap) => cap.spentUntilMs(nowMs) !== null)) return false;
    return this.#limits.some((limit) => limit.left(nowMs) === 0);
  }

  /** Which cap blocks the key, the one that renews last, as shown to people; null for none. */
  holdingBack(nowMs: number): CapKind | null {
    let last: ReachedCap | null = null;
    for (const reached of this.#reached(nowMs)) {
      if (last === null || reached.untilMs > last.untilMs) last = reached;
    }
    if (last !== null) return last.reason;
    if (!this.isHeld(nowMs)) return null;
    return this.#seats?.left(nowMs) === 0 ? "concurrent" : (this.#costs[0]?.reason ?? null);
  }

  /** As shown to people. */
  known(nowMs: number): readonly KnownLimit[] {
    return this.#limits.flatMap((limit) => {
      const size = limit.size(nowMs);
      if (size === null) return [];
      return [{ unit: limit.unit, source: "set" as const, ...size, left: limit.left(nowMs) }];
    });
  }

  take(nowMs: number): CapHold {
    const hold: CapHold = { sinceMs: nowMs, costNanoUsd: 0, isServing: false };
    this.#holds.add(hold);
    this.#seats?.take(1, nowMs);
    return hold;
  }

  /** Reserves the estimated cost of a request. */
  reserve(hold: CapHold, costNanoUsd: number, nowMs: number): void {
    if (!this.#holds.has(hold)) return;
    hold.costNanoUsd += costNanoUsd;
    for (const cap of this.#costs) cap.take(costNanoUsd, nowMs);
  }

  /** The request has ended, or moved to another key. @returns Whether it held anything. */
  release(hold: CapHold): boolean {
    if (!this.#holds.delete(hold)) return false;
    this.#seats?.refund(NO_ENTRY, 1);
    for (const cap of this.#costs) cap.refund(NO_ENTRY, hold.costNanoUsd);
    return true;
  }

  /** The request has ended, and the work that it began goes on: what it may cost stays reserved. */
  keep(hold: CapHold, work: string, nowMs: number): void {
    const { costNanoUsd } = hold;
    if (!this.release(hold) || costNanoUsd === 0) return;
    this.letGo(work);
    this.#works.set(work, { sinceMs: nowMs, costNanoUsd });
    for (const cap of this.#costs) cap.take(costNanoUsd, nowMs);
    const [oldest] = this.#works.keys();
    if (this.#works.size > WORKS_MAX && oldest !== undefined) this.letGo(oldest);
  }

  /** The cost of some work is counted, or never will be. @returns Whether it held anything. */
  letGo(work: string): boolean {
    const known = this.#works.get(work);
    if (known === undefined) return false;
    this.#works.delete(work);
    for (const cap of this.#costs) cap.refund(NO_ENTRY, known.costNanoUsd);
    return true;
  }

  /** Records what a request, or a turn of a session, cost. @param atMs When the request arrived. */
  spend(costNanoUsd: number, atMs: number, nowMs: number): void {
    for (const cap of this.#costs) cap.spend(costNanoUsd, atMs, nowMs);
  }

  /** Applies what all isolates have written for the day and the month that contain `atMs`, in 1e-9 US dollars. */
  noteSpent(day: number, month: number, atMs: number): void {
    for (const cap of this.#costs) cap.noteSpent(cap.reason === "cost_day" ? day : month, atMs);
  }

  /** The cap that is reached, if that wasn't recorded yet; of two, the one that renews last. */
  takeReached(nowMs: number): ReachedCap | null {
    let last: ReachedCap | null = null;
    for (const { reason, untilMs } of this.#reached(nowMs)) {
      if (this.#recorded.get(reason) === untilMs) continue;
      this.#recorded.set(reason, untilMs);
      if (last === null || untilMs > last.untilMs) last = { reason, untilMs };
    }
    return last;
  }

  /** Whether other isolates have to know its use. */
  isMuchUsed(nowMs: number): boolean {
    return (
      this.#seats?.isMuchUsed(nowMs) === true ||
      (this.held > 0 && this.#costs.some((cap) => cap.left(nowMs) < cap.size().limit * NEAR_PART))
    );
  }

  /** Whether requests are waiting that the key could serve. */
  isWanting(nowMs: number): boolean {
    return this.#seats?.isWanting(nowMs) ?? false;
  }

  /** The costs to report. */
  costReport(nowMs: number): readonly TimedAmount[] {
    // The same was spent for the day and the month.
    return this.#costs[0]?.report(nowMs) ?? [];
  }

  /** Applies what other isolates last reported for this key. */
  receive(peers: readonly PeerCaps[], rank: (nowMs: number) => number, nowMs: number): void {
    this.#seats?.receive(peers, rank, nowMs);
    const costs = peers.flatMap((peer) => peer.costs);
    for (const cap of this.#costs) cap.receive(costs);
  }

  *#reached(nowMs: number): Generator<ReachedCap, void> {
    for (const cap of this.#costs) {
      const untilMs = cap.spentUntilMs(nowMs);
      if (untilMs !== null) yield { reason: cap.reason, untilMs };
    }
  }
}

/** What another isolate reported for a key. */
export interface PeerCaps {
  readonly held: number;
  readonly isWanting: boolean;
  readonly costs: readonly TimedAmount[];
}

/** The caps of a row; undefined if none is set. */
export function capsOf(values: KeyCapValues): KeyCapValues | undefined {
  const { concurrentRequests, dailyCostUsd, monthlyCostUsd } = values;
  const isCapped = (concurrentRequests ?? dailyCostUsd ?? monthlyCostUsd) !== null;
  return isCapped ? { concurrentRequests, dailyCostUsd, monthlyCostUsd } : undefined;
}

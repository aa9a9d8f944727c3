/**
 * How many of one holder's requests may be in progress at the same time (concurrency slots).
 * @module
 */
import { FairQueue, type Waiter } from "../pool/share/fair-queue";
import type { LimitCheck, LimitRefusal } from "./limit-holder";
import { leaseRefusal, leaseTurn, type SharedLimit, sharedUse } from "./shared-limit";

/** A request that hasn't settled for this long was terminated with its code; its slot is released. */
const LOST_MS = 3_600_000;

/** @typeParam Seated A request in progress. */
export class Seats<Seated extends { readonly sinceMs: number }> {
  /** The oldest first. */
  readonly taken = new Set<Seated>();
  /** Requests that wait for a slot: new ones don't go before them. */
  readonly line = new FairQueue();
  readonly #shared: SharedLimit;

  constructor(holderId: string) {
    const underWay = () => this.taken.size;
    this.#shared = sharedUse(holderId, `${holderId} seats`, null, underWay, underWay);
  }

  /** Requests that were lost, the oldest first. */
  *lost(nowMs: number): Generator<Seated, void> {
    for (const seated of this.taken) {
      if (nowMs - seated.sinceMs < LOST_MS) return;
      yield seated;
    }
  }

  /** Null if the request may go; otherwise it is queued, if it waits at all. */
  refusal(most: number | null, check: LimitCheck): LimitRefusal | null {
    if (most === null) return null;
    const limit = "concurrentRequests";
    if (!this.#isNext(most - this.taken.size, check.waiter, check.nowMs)) {
      return { kind: "wait", limit };
    }
    return leaseRefusal(limit, this.#shared, leaseTurn(this.#shared, most, 1, check));
  }

  /** Whether one of the free slots is for this request. */
  #isNext(free: number, waiter: Waiter | null, nowMs: number): boolean {
    const { line } = this;
    if (waiter === null) return line.size < free;
    if (line.size === 0 && free > 0) return true;
    if (line.ahead(waiter.claim, waiter, nowMs) < free) return true;
    line.enter(waiter);
    return false;
  }
}

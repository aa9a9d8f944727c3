/**
 * How many of one holder's requests may be under way at the same time.
 * @module
 */
import { FairQueue, type Waiter } from "../pool/share/fair-queue";
import type { LimitCheck, LimitRefusal } from "./limit-holder";
import { leaseRefusal, leaseTurn, type SharedLimit, sharedUse } from "./shared-limit";

/** A request that has not told its end for so long was cut off with all its code, and holds nothing any more. */
const LOST_MS = 3_600_000;

/** @typeParam Seated A request that is under way. */
export class Seats<Seated extends { readonly sinceMs: number }> {
  /** The oldest first. */
  readonly taken = new Set<Seated>();
  /** Who waits until one of them is over: newcomers do not go before. */
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

  /** Null where the request may go; otherwise it stands in line, if it waits at all. */
  refusal(most: number | null, check: LimitCheck): LimitRefusal | null {
    if (most === null) return null;
    const limit = "concurrentRequests";
    if (!this.#isNext(most - this.taken.size, check.waiter, check.nowMs)) {
      return { kind: "wait", limit };
    }
    return leaseRefusal(limit, this.#shared, leaseTurn(this.#shared, most, 1, check));
  }

  /** Whether one of the free seats is this request's turn. */
  #isNext(free: number, waiter: Waiter | null, nowMs: number): boolean {
    const { line } = this;
    if (waiter === null) return line.size < free;
    if (line.size === 0 && free > 0) return true;
    if (line.ahead(waiter.claim, waiter, nowMs) < free) return true;
    line.enter(waiter);
    return false;
  }
}

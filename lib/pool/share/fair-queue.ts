/**
 * Requests that wait for the same quota, in the order they will be served: weighted fair queueing over
 * access tokens, the more urgent class first. Waiting requests poll on their own schedule, so none has to be
 * woken. One that stops polling is considered gone and removed.
 *
 * Tokens of a group count as one here, with the group's weight, and share its turns in a queue of their own.
 *
 * Virtual time as in self-clocked fair queueing (Golestani, 1994): each request of a token comes `1 / weight`
 * after the one before it, or after what is being served.
 * @module
 */
import type { Claim } from "../types";

/** A waiting request. */
export interface Waiter {
  readonly claim: Claim;
  /** When it will poll again. */
  dueMs: number;
}

/** The requests of one token, or of one group. */
interface Flow {
  readonly weight: number;
  readonly priority: number;
  /**
   * The virtual time since which its first request waits: when the previous one was served, or when it began to wait.
   */
  servedTag: number;
  readonly waiting: Waiter[];
  /** The order of a group's requests among its tokens; null for a token by itself. */
  readonly inner: FairQueue | null;
}

/** A request that polls this much too late is gone: its client disconnected and its code no longer runs. */
const LATE_MS = 2_000;

export class FairQueue {
  readonly #flows = new Map<string, Flow>();
  /** Virtual time of each class. */
  readonly #nowTags = new Map<number, number>();
  /** Whether its requests are all of one group. */
  readonly #isInner: boolean;
  #size = 0;
  #lookedMs = 0;

  constructor(isInner = false) {
    this.#isInner = isInner;
  }

  get size(): number {
    return this.#size;
  }

  /** How many requests of a token, or of its group, wait. */
  waitingOf(claim: Claim): number {
    return this.#flows.get(this.#nameOf(claim))?.waiting.length ?? 0;
  }

  /** A request in line keeps its place. */
  enter(waiter: Waiter): void {
    const name = this.#nameOf(waiter.claim);
    let flow = this.#flows.get(name);
    if (flow === undefined) {
      flow = this.#newFlow(waiter.claim);
      this.#flows.set(name, flow);
    }
    if (flow.waiting.includes(waiter)) return;
    // A token earns no credit for time in which it did not wait.
    if (flow.waiting.length === 0) flow.servedTag = Math.max(flow.servedTag, this.#nowTag(flow));
    flow.waiting.push(waiter);
    flow.inner?.enter(waiter);
    this.#size += 1;
  }

  /** Removes a request, served or not. */
  leave(waiter: Waiter, isServed: boolean): void {
    const name = this.#nameOf(waiter.claim);
    const flow = this.#flows.get(name);
    const index = flow?.waiting.indexOf(waiter) ?? -1;
    if (flow === undefined || index < 0) return;
    flow.waiting.splice(index, 1);
    flow.inner?.leave(waiter, isServed);
    this.#size -= 1;
    if (isServed) {
      flow.servedTag = tagOf(flow, 0);
      this.#nowTags.set(flow.priority, flow.servedTag);
    }
    if (flow.waiting.length === 0 && flow.servedTag <= this.#nowTag(flow)) this.#flows.delete(name);
    if (this.#size === 0) {
      this.#flows.clear();
      this.#nowTags.clear();
    }
  }

  /** How many requests come before a waiting one, or before one more of this claim. */
  ahead(claim: Claim, waiter: Waiter | null, nowMs: number): number {
    if (!this.#isInner) this.#forgetLate(nowMs);
    const own = this.#flows.get(this.#nameOf(claim));
    const index = own === undefined ? 0 : placeIn(own, claim, waiter, nowMs);
    const tag = tagOf(
      own ?? { weight: this.#weightOf(claim), servedTag: this.#nowTag(claim) },
      index,
    );
    let count = index;
    let isBeforeOwn = true;
    for (const flow of this.#flows.values()) {
      if (flow === own) {
        isBeforeOwn = false;
      } else if (flow.priority < claim.priority) {
        count += flow.waiting.length;
      } else if (flow.priority === claim.priority) {
        // Requests of the flow with a smaller tag; of equal ones, the flow that came first.
        const steps = (tag - tagOf(flow, 0)) * flow.weight;
        const earlier = isBeforeOwn ? Math.floor(steps + 1e-9) + 1 : Math.ceil(steps - 1e-9);
        count += Math.max(0, Math.min(flow.waiting.length, earlier));
      }
    }
    return count;
  }

  #nameOf({ group, tokenId, priority }: Claim): string {
    const party = group === undefined || this.#isInner ? tokenId : group.id;
    return `${party} ${priority}`;
  }

  #weightOf({ group, weight }: Claim): number {
    return group === undefined || this.#isInner ? weight : group.weight;
  }

  #newFlow(claim: Claim): Flow {
    const isGroup = claim.group !== undefined && !this.#isInner;
    return {
      weight: this.#weightOf(claim),
      priority: claim.priority,
      servedTag: 0,
      waiting: [],
      inner: isGroup ? new FairQueue(true) : null,
    };
  }

  #nowTag({ priority }: Pick<Flow, "priority">): number {
    return this.#nowTags.get(priority) ?? 0;
  }

  #forgetLate(nowMs: number): void {
    if (nowMs - this.#lookedMs < LATE_MS / 4) return;
    this.#lookedMs = nowMs;
    const waiting = [...this.#flows.values()].flatMap((flow) => flow.waiting);
    for (const waiter of waiting) {
      if (nowMs - waiter.dueMs > LATE_MS) this.leave(waiter, false);
    }
  }
}

/** How many requests of a flow come before a waiting one, or before one more of this claim. */
function placeIn(flow: Flow, claim: Claim, waiter: Waiter | null, nowMs: number): number {
  if (flow.inner !== null) return flow.inner.ahead(claim, waiter, nowMs);
  const place = waiter === null ? -1 : flow.waiting.indexOf(waiter);
  return place >= 0 ? place : flow.waiting.length;
}

/** The virtual time at which a flow's request with `index` others before it will be served. */
function tagOf({ servedTag, weight }: Pick<Flow, "servedTag" | "weight">, index: number): number {
  return servedTag + (index + 1) / weight;
}

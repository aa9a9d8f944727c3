/**
 * The keys that may serve one model, in the order they will be used.
 *
 * Ready keys stand in rings, one for each priority and weight; resting keys sleep in a heap until they
 * may wake. A key whose state got worse is noticed when its turn comes, so a cooldown costs nothing
 * until then, and a pick touches one ring entry in the usual case.
 * @module
 */

import { readyAtMs } from "./readiness";
import { ReadyRing } from "./ready-ring";
import type { PoolKey } from "./types";
import { WakeHeap } from "./wake-heap";

/** A key's place in its pool; shared by every lane the key stands in. */
export interface PoolEntry {
  key: PoolKey;
  /** False once the key was removed from the pool. */
  present: boolean;
  /** Grows with every pick; keeps the order when lanes are built anew. */
  lastPick: number;
  /** 429s in a row that told neither quota nor reset, by model; null while there are none. */
  bare429s: Map<string, number> | null;
}

/** Keys of one weight. Its share of its tier's picks is `weight * ring.size`. */
interface WeightClass {
  readonly weight: number;
  readonly ring: ReadyRing<PoolEntry>;
  /** Smooth weighted round-robin: grows by the share, falls by the tier's sum when picked. */
  credit: number;
}

interface Tier {
  readonly priority: number;
  readonly classes: WeightClass[];
}

/** What a lane can do for a request that got no key. */
export type Outlook =
  /** Some keys are ready (all of them already tried by this request). */
  | { readonly kind: "ready" }
  /** Every usable key rests; the first wakes then. */
  | { readonly kind: "cooling"; readonly wakeMs: number }
  /** No key can serve this model at all. */
  | { readonly kind: "empty" };

export class Lane {
  readonly #model: string;
  /** Lowest priority number first. */
  readonly #tiers: Tier[] = [];
  readonly #sleepers = new WakeHeap<PoolEntry>();

  /** @param entries Keys allowed to serve the model, the one to use first in front. */
  constructor(model: string, entries: readonly PoolEntry[], nowMs: number) {
    this.#model = model;
    for (const entry of entries) this.#place(entry, nowMs);
  }

  /** The next ready key that is not in `tried`; null if there is none. */
  pick(nowMs: number, tried: ReadonlySet<string>): PoolEntry | null {
    this.#wake(nowMs);
    for (const tier of this.#tiers) {
      const entry = this.#pickFromTier(tier, nowMs, tried);
      if (entry !== null) return entry;
    }
    return null;
  }

  /** Exact right after `pick` returned null: that pick has looked at every ring entry. */
  outlook(nowMs: number): Outlook {
    this.#wake(nowMs);
    if (this.#tiers.some((tier) => tier.classes.some((weightClass) => weightClass.ring.size > 0))) {
      return { kind: "ready" };
    }
    for (let first = this.#sleepers.peek(); first !== undefined; first = this.#sleepers.peek()) {
      const wakeMs = isUsable(first.item) ? readyAtMs(first.item.key, this.#model) : 0;
      if (wakeMs === first.wakeMs) return { kind: "cooling", wakeMs };
      this.#sleepers.pop();
      if (wakeMs > 0) this.#sleepers.push(first.item, wakeMs);
    }
    return { kind: "empty" };
  }

  #wake(nowMs: number): void {
    for (let first = this.#sleepers.peek(); first !== undefined; first = this.#sleepers.peek()) {
      if (first.wakeMs > nowMs) return;
      this.#sleepers.pop();
      this.#place(first.item, nowMs);
    }
  }

  /** Puts an entry where its state says: into a ring, to sleep, or nowhere if it cannot be used. */
  #place(entry: PoolEntry, nowMs: number): void {
    if (!isUsable(entry)) return;
    const wakeMs = readyAtMs(entry.key, this.#model);
    if (wakeMs > nowMs) this.#sleepers.push(entry, wakeMs);
    else this.#weightClass(entry.key).ring.push(entry);
  }

  #weightClass({ priority, weight }: PoolKey): WeightClass {
    let tier = this.#tiers.find((candidate) => candidate.priority === priority);
    if (tier === undefined) {
      tier = { priority, classes: [] };
      this.#tiers.push(tier);
      this.#tiers.sort((a, b) => a.priority - b.priority);
    }
    let weightClass = tier.classes.find((candidate) => candidate.weight === weight);
    if (weightClass === undefined) {
      weightClass = { weight, ring: new ReadyRing(), credit: 0 };
      tier.classes.push(weightClass);
    }
    return weightClass;
  }

  #pickFromTier(tier: Tier, nowMs: number, tried: ReadonlySet<string>): PoolEntry | null {
    const [only] = tier.classes;
    if (only !== undefined && tier.classes.length === 1) {
      return this.#pickFromRing(only.ring, nowMs, tried);
    }
    let total = 0;
    for (const weightClass of tier.classes) {
      const share = weightClass.weight * weightClass.ring.size;
      weightClass.credit += share;
      total += share;
    }
    const byCredit = tier.classes.filter((weightClass) => weightClass.ring.size > 0);
    byCredit.sort((a, b) => b.credit - a.credit);
    for (const weightClass of byCredit) {
      const entry = this.#pickFromRing(weightClass.ring, nowMs, tried);
      if (entry !== null) {
        weightClass.credit -= total;
        return entry;
      }
    }
    return null;
  }

  #pickFromRing(
    ring: ReadyRing<PoolEntry>,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): PoolEntry | null {
    for (let left = ring.size; left > 0; left -= 1) {
      const entry = ring.shift();
      if (entry === undefined || !isUsable(entry)) continue;
      const wakeMs = readyAtMs(entry.key, this.#model);
      if (wakeMs > nowMs) {
        this.#sleepers.push(entry, wakeMs);
        continue;
      }
      ring.push(entry);
      if (!tried.has(entry.key.id)) return entry;
    }
    return null;
  }
}

function isUsable(entry: PoolEntry): boolean {
  return entry.present && entry.key.status === "active";
}

/**
 * The keys that may serve one model, in the order they will be used.
 *
 * Keys of one quota domain stand together in a group, because they have one pace. Ready groups stand in
 * rings, one for each priority and weight; resting ones sleep in a heap until they may wake. A group whose
 * state got worse is noticed when its turn comes, so a cooldown costs nothing until then, and a pick
 * touches one ring entry in the usual case.
 * @module
 */

import { type Candidate, hashText } from "./affinity";
import type { Pace } from "./pace";
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

/** Keys of one quota domain, of one priority and weight. */
export class Group implements Candidate {
  /** Null until the group is used for the first time. */
  pace: Pace | null = null;
  /** Its name among the paces of the lane's model. */
  readonly id: string;
  /** Whether other groups may have the same domain. */
  readonly isShared: boolean;
  readonly priority: number;
  readonly weight: number;
  /** The one to use first in front. */
  readonly entries: PoolEntry[] = [];
  /** When the group's place in the heap of sleepers is due; null while it stands in a ring. */
  asleepUntilMs: number | null = null;
  #hash: number | null = null;

  constructor(domain: string, { quotaDomain, priority, weight }: PoolKey) {
    this.id = domain;
    this.isShared = quotaDomain !== null;
    this.priority = priority;
    this.weight = weight;
  }

  get hash(): number {
    this.#hash ??= hashText(this.id);
    return this.#hash;
  }

  get load(): number {
    return this.pace?.requestsSoFar ?? 0;
  }
}

export interface Choice {
  readonly group: Group;
  readonly entry: PoolEntry;
}

/** Groups of one weight. Its share of its tier's picks is `weight * ring.size`. */
interface WeightClass {
  readonly weight: number;
  readonly ring: ReadyRing<Group>;
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

/** So many sleepers are looked at for one that may be scouted. */
const SCOUT_CANDIDATES = 16;

export class Lane {
  readonly model: string;
  readonly groups: readonly Group[];
  #ring: Group[] | null = null;
  /** Lowest priority number first. */
  readonly #tiers: Tier[] = [];
  readonly #sleepers = new WakeHeap<Group>();
  /** When the first of the ready groups that the last pick passed over has room for what it asked. */
  #roomAtMs = Number.POSITIVE_INFINITY;

  constructor(model: string, groups: readonly Group[], nowMs: number) {
    this.model = model;
    this.groups = groups;
    for (const group of groups) this.#place(group, nowMs);
  }

  /** Groups that stand ready. Some of them may turn out to rest when their turn comes. */
  get readyGroups(): number {
    let count = 0;
    for (const { classes } of this.#tiers) for (const { ring } of classes) count += ring.size;
    return count;
  }

  /** The next ready key that is not in `tried` and has room for so many tokens; null if there is none. */
  pick(tokens: number, nowMs: number, tried: ReadonlySet<string>): Choice | null {
    this.#wake(nowMs);
    this.#roomAtMs = Number.POSITIVE_INFINITY;
    for (const tier of this.#tiers) {
      const choice = this.#pickFromTier(tier, tokens, nowMs, tried);
      if (choice !== null) return choice;
    }
    return null;
  }

  /** All groups of the highest priority, sorted by hash. */
  get ring(): readonly Group[] {
    if (this.#ring === null) {
      const highest = Math.min(...this.#tiers.map(({ priority }) => priority));
      this.#ring = this.groups.filter(({ priority }) => priority === highest);
      this.#ring.sort((a, b) => a.hash - b.hash);
    }
    return this.#ring;
  }

  /** A key of a certain group, out of turn, preferably a certain one; null if the group may not serve now. */
  pickFrom(
    group: Group,
    preferredId: string | null,
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    if (paceReadyAtMs(group, tokens, nowMs) > nowMs) return null;
    const preferred = group.entries.find(({ key }) => key.id === preferredId);
    const isReady =
      preferred !== undefined &&
      isUsable(preferred) &&
      !tried.has(preferred.key.id) &&
      readyAtMs(preferred.key, this.model) <= nowMs;
    const entry = isReady ? preferred : this.#usableEntry(group, nowMs, tried);
    return entry === null ? null : { group, entry };
  }

  /** A group that only experience holds back (see `Pace.mayScout`): the preferred one, else one of the next to wake. */
  pickScout(
    preferred: Group | null,
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    const candidates = preferred === null ? [] : [preferred];
    this.#sleepers.visitUntil(Number.POSITIVE_INFINITY, ({ item }) => {
      candidates.push(item);
      return candidates.length < SCOUT_CANDIDATES;
    });
    for (const group of candidates) {
      if (group.pace?.mayScout(tokens, nowMs) !== true) continue;
      const entry = this.#usableEntry(group, nowMs, tried);
      if (entry !== null) return { group, entry };
    }
    return null;
  }

  /** Exact right after `pick` returned null: that pick has looked at every ring entry. */
  outlook(nowMs: number): Outlook {
    this.#wake(nowMs);
    const wakeMs = this.#firstWakeMs(nowMs);
    if (this.readyGroups > 0) {
      const isFull = this.#roomAtMs < Number.POSITIVE_INFINITY;
      return isFull
        ? { kind: "cooling", wakeMs: Math.min(this.#roomAtMs, wakeMs ?? this.#roomAtMs) }
        : { kind: "ready" };
    }
    return wakeMs === null ? { kind: "empty" } : { kind: "cooling", wakeMs };
  }

  /** How many requests could go until a moment, counted up to `enough`. */
  slotsUntil(untilMs: number, enough: number, nowMs: number): number {
    let slots = 0;
    for (const { classes } of this.#tiers) for (const { ring } of classes) slots += ring.size;
    this.#sleepers.visitUntil(untilMs, ({ item, wakeMs }) => {
      if (item.asleepUntilMs === wakeMs) slots += item.pace?.slotsUntil(untilMs, nowMs) ?? 1;
      return slots < enough;
    });
    return slots;
  }

  /** Looks at a group anew that may be ready sooner than it was thought to be. */
  rouse(group: Group, nowMs: number): void {
    if (group.asleepUntilMs !== null) this.#place(group, nowMs);
  }

  #firstWakeMs(nowMs: number): number | null {
    for (let first = this.#sleepers.peek(); first !== undefined; first = this.#sleepers.peek()) {
      const { item, wakeMs } = first;
      if (item.asleepUntilMs === wakeMs && this.#groupReadyAtMs(item, nowMs) === wakeMs)
        return wakeMs;
      this.#sleepers.pop();
      if (item.asleepUntilMs === wakeMs) this.#place(item, nowMs);
    }
    return null;
  }

  #wake(nowMs: number): void {
    for (let first = this.#sleepers.peek(); first !== undefined; first = this.#sleepers.peek()) {
      if (first.wakeMs > nowMs) return;
      this.#sleepers.pop();
      // Groups that were roused have left the heap's order behind them.
      if (first.item.asleepUntilMs === first.wakeMs) this.#place(first.item, nowMs);
    }
  }

  /** Puts a group where its state says: into a ring, to sleep, or nowhere if no key of it can be used. */
  #place(group: Group, nowMs: number): void {
    const wakeMs = this.#groupReadyAtMs(group, nowMs);
    if (wakeMs > nowMs) {
      this.#sleep(group, wakeMs);
    } else {
      group.asleepUntilMs = null;
      if (wakeMs >= 0) this.#weightClass(group).ring.push(group);
    }
  }

  #sleep(group: Group, wakeMs: number): void {
    group.asleepUntilMs = wakeMs;
    this.#sleepers.push(group, wakeMs);
  }

  /** When the smallest request may go: 0 for now, -1 for never. */
  #groupReadyAtMs(group: Group, nowMs: number): number {
    let readyMs = Number.POSITIVE_INFINITY;
    for (const entry of group.entries) {
      if (isUsable(entry)) readyMs = Math.min(readyMs, readyAtMs(entry.key, this.model));
    }
    if (readyMs === Number.POSITIVE_INFINITY) return -1;
    return Math.max(readyMs, paceReadyAtMs(group, 1, nowMs));
  }

  #weightClass({ priority, weight }: Group): WeightClass {
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

  #pickFromTier(
    tier: Tier,
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    const [only] = tier.classes;
    if (only !== undefined && tier.classes.length === 1) {
      return this.#pickFromRing(only.ring, tokens, nowMs, tried);
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
      const choice = this.#pickFromRing(weightClass.ring, tokens, nowMs, tried);
      if (choice !== null) {
        weightClass.credit -= total;
        return choice;
      }
    }
    return null;
  }

  #pickFromRing(
    ring: ReadyRing<Group>,
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    for (let left = ring.size; left > 0; left -= 1) {
      const group = ring.shift();
      if (group === undefined) continue;
      const roomMs = paceReadyAtMs(group, tokens, nowMs);
      const entry = roomMs > nowMs ? null : this.#usableEntry(group, nowMs, tried);
      if (entry !== null) {
        ring.push(group);
        return { group, entry };
      }
      const wakeMs = this.#groupReadyAtMs(group, nowMs);
      if (wakeMs > nowMs) this.#sleep(group, wakeMs);
      else if (wakeMs >= 0) ring.push(group);
      if (wakeMs <= nowMs && roomMs > nowMs) this.#roomAtMs = Math.min(this.#roomAtMs, roomMs);
    }
    return null;
  }

  /** The group's key used longest ago of those that are ready and not tried; it goes to the back. */
  #usableEntry(group: Group, nowMs: number, tried: ReadonlySet<string>): PoolEntry | null {
    const { entries } = group;
    for (const [index, entry] of entries.entries()) {
      if (!isUsable(entry) || tried.has(entry.key.id)) continue;
      if (readyAtMs(entry.key, this.model) > nowMs) continue;
      if (index < entries.length - 1) {
        entries.splice(index, 1);
        entries.push(entry);
      }
      return entry;
    }
    return null;
  }
}

function isUsable(entry: PoolEntry): boolean {
  return entry.present && entry.key.status === "active";
}

function paceReadyAtMs({ pace }: Group, tokens: number, nowMs: number): number {
  return pace === null ? 0 : pace.readyAtMs(tokens, nowMs);
}

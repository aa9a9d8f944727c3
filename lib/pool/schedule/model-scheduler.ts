/**
 * The keys that may serve one model, in the order they will be used.
 *
 * Keys of one quota domain stand together in a group, because they have one limiter. Ready groups stand in
 * rings, one for each priority and weight; resting ones sleep in a heap until they may wake. A group whose
 * state got worse is noticed when its turn comes, so a cooldown costs nothing until then, and a pick
 * touches one ring entry in the usual case.
 * @module
 */

import type { Choice, Group } from "./group";
import { ReadyRing } from "./ready-ring";
import { WakeHeap } from "./wake-heap";

/** A group's place in a ring. Who is taken out amid the ring leaves an empty place behind. */
interface Slot {
  readonly group: Group;
  isEmpty: boolean;
}

/** Groups of one weight. Its share of its tier's picks is `weight * ring.size`. */
interface WeightClass {
  readonly weight: number;
  readonly ring: ReadyRing<Slot>;
  /** Smooth weighted round-robin: grows by the share, falls by the tier's sum when picked. */
  credit: number;
}

interface Tier {
  readonly priority: number;
  readonly classes: WeightClass[];
}

/** What a scheduler can do for a request that got no key. */
export type Outlook =
  /** Some keys are ready (all of them already tried by this request). */
  | { readonly kind: "ready" }
  /** Every usable key rests; the first wakes then. */
  | { readonly kind: "cooling"; readonly wakeMs: number }
  /** No key can serve this model at all. */
  | { readonly kind: "empty" };

/** So many of those who wait come when the first key wakes, whatever was foreseen: nobody else calls them. */
const CALLED = 8;
/** Where looking this far shows nothing more, limits are not known, and nobody can say how long it takes. */
const FORESIGHT_MS = 120_000;
const LONGEST_FORESIGHT_MS = 86_400_000;
/** More than this, served out of turn, is forgotten. */
const MAX_AHEAD = 50;
/** A conversation that begins is expected to come back so many times: a few more than most do. */
const TURNS_TO_COME = 10;
/** So many turns may be let pass at one pick: who was served out of turn comes later, but not at any price. */
const MAX_PASSES = 200;
/** So many sleepers are looked at for one that may be probed. */
const LIMIT_PROBE_CANDIDATES = 16;
/** So many for one that only a guess holds back: they wake soonest. */
const PROBE_CANDIDATES = 64;
/** So many of those that come last are looked at. */
const RESERVE_CANDIDATES = 64;
const RECALL_GAP_MS = 5_000;

export class ModelScheduler {
  readonly model: string;
  readonly groups: readonly Group[];
  readonly #answeredMs: () => number;
  #ring: Group[] | null = null;
  #highest: number | null = null;
  /** Lowest priority number first. */
  readonly #tiers: Tier[] = [];
  readonly #sleepers = new WakeHeap<Group>();
  /** Groups that come last for now, by when they are asked in their turn again. */
  readonly #asides = new WakeHeap<Group>();
  /** The same, in the order in which they are used where nothing else is left; some have left by now. */
  readonly #reserve = new ReadyRing<Group>();
  /** When the first of the ready groups that the last pick passed over has room for what it asked. */
  #roomAtMs = Number.POSITIVE_INFINITY;

  /** @param answeredMs When a key of the pool answered last. */
  constructor(
    model: string,
    groups: readonly Group[],
    nowMs: number,
    answeredMs: () => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.model = model;
    this.#answeredMs = answeredMs;
    this.groups = groups;
    for (const group of groups) this.#place(group, nowMs);
  }

  /** Groups that stand ready. Some of them may turn out to rest when their turn comes. */
  get readyGroups(): number {
    let count = 0;
    for (const { classes } of this.#tiers) for (const { ring } of classes) count += ring.size;
    return count;
  }

  /**
   * The next ready key that is not in `tried` and has room for so many tokens; null if there is none.
   * @param above Only of tiers that are used before this priority.
   */
  pick(
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
    above = Number.POSITIVE_INFINITY,
  ): Choice | null {
    this.#wake(nowMs);
    this.#recall(nowMs);
    this.#roomAtMs = Number.POSITIVE_INFINITY;
    for (const tier of this.#tiers) {
      if (tier.priority >= above) break;
      const choice = this.#pickFromTier(tier, tokens, nowMs, tried);
      if (choice !== null) return choice;
    }
    return null;
  }

  /** The priority that is used first, whether or not a key of it is ready. */
  get highestPriority(): number {
    if (this.#highest === null) {
      const usable = this.groups.filter((group) => group.isUsable);
      this.#highest = usable.reduce(
        (highest, { priority }) => Math.min(highest, priority),
        Number.POSITIVE_INFINITY,
      );
    }
    return this.#highest;
  }

  /** A key that comes last, for a request that finds no other; null if there is none. */
  pickReserve(tokens: number, nowMs: number, tried: ReadonlySet<string>): Choice | null {
    for (let left = Math.min(RESERVE_CANDIDATES, this.#reserve.size); left > 0; left -= 1) {
      const group = this.#reserve.shift();
      if (group?.isAside !== true) continue;
      this.#reserve.push(group);
      if (group.roomAtMs(tokens, nowMs) > nowMs) continue;
      const entry = group.usableEntry(this.model, nowMs, tried, null, true);
      if (entry !== null) return { group, entry };
    }
    return null;
  }

  /** All groups of the highest priority, sorted by hash. */
  get ring(): readonly Group[] {
    if (this.#ring === null) {
      this.#ring = this.groups.filter(({ priority }) => priority === this.highestPriority);
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
    if (group.roomAtMs(tokens, nowMs) > nowMs) return null;
    const entry = group.usableEntry(this.model, nowMs, tried, preferredId);
    if (entry === null) return null;
    group.ahead = Math.min(MAX_AHEAD, group.ahead + 1);
    return { group, entry };
  }

  /** A conversation began with the group: until its next turns come, others begin elsewhere. */
  begun(group: Group): void {
    group.ahead = Math.min(MAX_AHEAD, group.ahead + TURNS_TO_COME);
  }

  /** A group that only a guess holds back, one of the next to wake; null if there is none. */
  pickHeldByGuess(tokens: number, nowMs: number, tried: ReadonlySet<string>): Choice | null {
    const candidates: Group[] = [];
    this.#sleepers.visitUntil(Number.POSITIVE_INFINITY, ({ item }) => {
      candidates.push(item);
      return candidates.length < PROBE_CANDIDATES;
    });
    for (const group of candidates) {
      if (group.limiter?.isHeldByGuess(tokens, nowMs) !== true) continue;
      const entry = group.usableEntry(this.model, nowMs, tried);
      if (entry !== null) return { group, entry };
    }
    return null;
  }

  /** A group that only learned holds back (see `RateLimiter.mayProbe`): the preferred one, else one of the next to wake. */
  pickForProbe(
    preferred: Group | null,
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    const candidates = preferred === null ? [] : [preferred];
    this.#sleepers.visitUntil(Number.POSITIVE_INFINITY, ({ item }) => {
      candidates.push(item);
      return candidates.length < LIMIT_PROBE_CANDIDATES;
    });
    for (const group of candidates) {
      if (group.limiter?.mayProbe(tokens, nowMs) !== true) continue;
      const entry = group.usableEntry(this.model, nowMs, tried);
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
    for (const { ring } of this.#tiers.flatMap(({ classes }) => classes)) {
      for (const { group, isEmpty } of ring.items()) {
        if (slots >= enough) return slots;
        if (isEmpty) continue;
        slots += group.limiter?.slotsUntil(untilMs, nowMs) ?? 1;
      }
    }
    this.#sleepers.visitUntil(untilMs, ({ item, wakeMs }) => {
      if (item.asleepUntilMs === wakeMs) slots += item.limiter?.slotsUntil(untilMs, nowMs) ?? 1;
      return slots < enough;
    });
    return slots;
  }

  /** When a request with so many before it may hope for its turn. */
  slotTimeMs(
    ahead: number,
    firstMs: number,
    nowMs: number,
  ): { readonly atSoonest: number; readonly atLatest: number } {
    let atSoonest = firstMs;
    let atLatest = firstMs;
    let before = -1;
    for (let stepMs = 20; stepMs < LONGEST_FORESIGHT_MS; stepMs *= 2) {
      const slots = this.slotsUntil(atLatest, ahead + 1, nowMs);
      if (slots > ahead || (slots === before && stepMs > FORESIGHT_MS)) break;
      before = slots;
      atSoonest = atLatest;
      atLatest = firstMs + stepMs;
    }
    return { atSoonest: ahead < CALLED ? firstMs : atSoonest, atLatest };
  }

  /** Looks at a group anew that may be ready sooner than it was thought to be. */
  reschedule(group: Group, nowMs: number): void {
    if (group.asleepUntilMs !== null) this.#place(group, nowMs);
  }

  /** Whether some group stands in the ring whose key was not accused. */
  get hasUnsuspected(): boolean {
    for (const { classes } of this.#tiers) {
      for (const { ring } of classes) {
        for (const { group, isEmpty } of ring.items()) {
          if (
            !isEmpty &&
            group.entries.some(({ trouble }) => (trouble?.suspicion ?? null) === null)
          )
            return true;
        }
      }
    }
    return false;
  }

  #firstWakeMs(nowMs: number): number | null {
    for (let first = this.#sleepers.peek(); first !== undefined; first = this.#sleepers.peek()) {
      const { item, wakeMs } = first;
      if (item.asleepUntilMs === wakeMs && item.readyAtMs(this.model, nowMs) === wakeMs)
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

  /**
   * Those who came last for long enough are asked first now: another look is due. Not where nobody has answered
   * since: then it would show nothing.
   */
  #recall(nowMs: number): void {
    for (let first = this.#asides.peek(); first !== undefined; first = this.#asides.peek()) {
      if (first.wakeMs > nowMs) return;
      this.#asides.pop();
      const { item, wakeMs } = first;
      if (!item.isAside || item.asleepUntilMs !== wakeMs) continue;
      if (item.isRecalled(this.#answeredMs())) {
        this.#place(item, nowMs, true);
      } else {
        item.asleepUntilMs = nowMs + RECALL_GAP_MS;
        this.#asides.push(item, item.asleepUntilMs);
      }
    }
  }

  /** Puts a group where its state says: into a ring, to sleep, or nowhere if no key of it can be used. */
  #place(group: Group, nowMs: number, isFirst = false): void {
    const wakeMs = group.readyAtMs(this.model, nowMs);
    group.isAside = false;
    if (wakeMs > nowMs) {
      this.#sleep(group, wakeMs);
      return;
    }
    group.asleepUntilMs = null;
    if (wakeMs < 0) return;
    const asideMs = group.asideUntilMs(this.model, nowMs);
    if (asideMs > 0) this.#setAside(group, asideMs);
    else this.#enter(group, isFirst);
  }

  #enter(group: Group, isFirst: boolean): void {
    const { ring } = this.#weightClass(group);
    const slot: Slot = { group, isEmpty: false };
    group.slot = slot;
    if (!isFirst) {
      ring.push(slot);
      return;
    }
    // What it was given out of turn came to nothing.
    group.ahead = 0;
    ring.unshift(slot);
  }

  /** A group's keys got into trouble: it comes last from now on, not only when its turn comes. */
  demote(group: Group, nowMs: number): void {
    if (group.asleepUntilMs !== null || group.slot === null) return;
    const asideMs = group.asideUntilMs(this.model, nowMs);
    if (asideMs === 0) return;
    group.slot.isEmpty = true;
    group.slot = null;
    this.#setAside(group, asideMs);
  }

  #setAside(group: Group, untilMs: number): void {
    group.isAside = true;
    group.asleepUntilMs = untilMs;
    this.#asides.push(group, untilMs);
    this.#reserve.push(group);
  }

  #sleep(group: Group, wakeMs: number): void {
    group.asleepUntilMs = wakeMs;
    this.#sleepers.push(group, wakeMs);
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
    ring: ReadyRing<Slot>,
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    letPass(ring);
    for (let left = ring.size; left > 0; left -= 1) {
      const slot = ring.shift();
      if (slot === undefined || slot.isEmpty) continue;
      const { group } = slot;
      const roomMs = group.roomAtMs(tokens, nowMs);
      const entry = roomMs > nowMs ? null : group.usableEntry(this.model, nowMs, tried);
      if (entry !== null) {
        ring.push(slot);
        return { group, entry };
      }
      const wakeMs = group.readyAtMs(this.model, nowMs);
      const asideMs = wakeMs > nowMs ? 0 : group.asideUntilMs(this.model, nowMs);
      if (wakeMs > nowMs) this.#sleep(group, wakeMs);
      else if (asideMs > 0) this.#setAside(group, asideMs);
      else if (wakeMs >= 0) ring.push(slot);
      if (wakeMs <= nowMs && roomMs > nowMs) this.#roomAtMs = Math.min(this.#roomAtMs, roomMs);
    }
    return null;
  }
}

/** Puts those whose turn it would be to the back for as many turns as they had out of turn. */
function letPass(ring: ReadyRing<Slot>): void {
  for (let passes = Math.min(MAX_PASSES, ring.size); passes > 0; passes -= 1) {
    const slot = ring.peek();
    if (slot?.isEmpty === true) {
      ring.shift();
      continue;
    }
    if (slot === undefined || slot.group.ahead === 0) return;
    slot.group.ahead -= 1;
    ring.shift();
    ring.push(slot);
  }
}

/**
 * The keys that may serve one model, in the order of use.
 *
 * Keys of one quota domain form a group, because they share a rate limiter. Ready groups are in rings, one for each
 * priority and weight; cooling ones are in a heap until they may be ready; those in trouble come last. A group that
 * became less ready is noticed when its turn comes, so a cooldown costs nothing until then, and a pick usually touches
 * one ring entry.
 * @module
 */
import { BestTier } from "./best-tier";
import { latestTurnMs, slotsUntil, soonestTurnMs } from "./forecast";
import type { Choice, Group } from "./group";
import { LastResort } from "./last-resort";
import { Tiers } from "./tiers";
import { WakeHeap } from "./wake-heap";

/** When a request that got no key may get one. */
export type Prospect =
  /** Some keys are ready (all of them already tried by this request). */
  | { readonly kind: "ready" }
  /** Every usable key is in cooldown; the first one ends then. */
  | { readonly kind: "cooling"; readonly wakeMs: number }
  /** No key can serve this model at all. */
  | { readonly kind: "empty" };

/** The maximum debt; more is forgiven. */
const MAX_DEBT = 50;
/** The number of requests that a new conversation is expected to add: slightly more than most do. */
const TURNS_TO_COME = 10;

export class ModelScheduler {
  readonly model: string;
  readonly #groups: Group[];
  readonly #answeredMs: () => number;
  readonly #ready = new Tiers();
  readonly #cooling = new WakeHeap<Group>();
  readonly #lastResort = new LastResort();
  readonly #best: BestTier;

  /** @param answeredMs When a key of the pool last worked. */
  constructor(
    model: string,
    groups: readonly Group[],
    nowMs: number,
    answeredMs: () => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.model = model;
    this.#answeredMs = answeredMs;
    this.#groups = [...groups];
    this.#best = new BestTier(this.#groups);
    for (const group of groups) this.#place(group, nowMs);
  }

  get groups(): readonly Group[] {
    return this.#groups;
  }

  /** Adds groups of new keys. They haven't served anyone yet, so it is their turn. */
  add(groups: readonly Group[], nowMs: number): void {
    for (const group of groups) {
      this.#groups.push(group);
      this.#place(group, nowMs, true);
    }
    this.#best.added(groups);
  }

  /** The groups that count as ready, in about the order of their turns. */
  get next(): Iterable<Group> {
    return this.#ready.groups();
  }

  /** The number of groups that count as ready. Some may turn out to be in cooldown when their turn comes. */
  get readyGroups(): number {
    return this.#ready.size;
  }

  /** The priority that is used first, ready or not. */
  get highestPriority(): number {
    return this.#best.priority;
  }

  /** All groups of the highest priority, sorted by hash. */
  get ring(): readonly Group[] {
    return this.#best.ring;
  }

  /** Whether a group with a key that wasn't accused counts as ready. */
  get hasUnsuspected(): boolean {
    return this.#ready.groups().some((group) => group.hasUnsuspected);
  }

  /**
   * The next ready key that isn't in `tried` and has room for this many tokens; null if there is none.
   * @param above Only tiers that are used before this priority.
   */
  pick(
    tokens: number,
    nowMs: number,
    tried: ReadonlySet<string>,
    above = Number.POSITIVE_INFINITY,
  ): Choice | null {
    this.#wake(nowMs);
    this.#lastResort.recall(nowMs, this.#answeredMs, (group) => this.#place(group, nowMs, true));
    return this.#ready.pick(above, (group) => {
      const hasRoom = group.roomAtMs(tokens, nowMs) <= nowMs;
      const entry = hasRoom ? group.usableEntry(this.model, nowMs, tried) : null;
      if (entry === null) this.#place(group, nowMs);
      else this.#ready.push(group);
      return entry === null ? null : { group, entry };
    });
  }

  /** A key of a given group, out of turn, preferably a given one; null if the group may not serve now. */
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
    group.debt = Math.min(MAX_DEBT, group.debt + 1);
    return { group, entry };
  }

  /** Records that a conversation began with the group: until its next turns, others begin elsewhere. */
  begun(group: Group): void {
    group.debt = Math.min(MAX_DEBT, group.debt + TURNS_TO_COME);
  }

  /** A key in trouble, for a request that finds no other; null if there is none. */
  pickReserve(tokens: number, nowMs: number, tried: ReadonlySet<string>): Choice | null {
    return this.#lastResort.pick(this.model, tokens, nowMs, tried);
  }

  /**
   * A cooling group that may serve nevertheless; null if there is none.
   * @param first Examined before all others; null for none.
   * @param most The most groups examined, those that become ready soonest.
   */
  pickCooling(
    mayServe: (group: Group) => boolean,
    first: Group | null,
    most: number,
    nowMs: number,
    tried: ReadonlySet<string>,
  ): Choice | null {
    const candidates = first === null ? [] : [first];
    this.#cooling.visitUntil(Number.POSITIVE_INFINITY, ({ item }) => {
      candidates.push(item);
      return candidates.length < most;
    });
    for (const group of candidates) {
      const entry = mayServe(group) ? group.usableEntry(this.model, nowMs, tried) : null;
      if (entry !== null) return { group, entry };
    }
    return null;
  }

  /**
   * When a request that got no key may get one.
   * @param wasOffered Whether all ready groups were offered to it: those without room for this many tokens are waited
   * for.
   */
  prospect(tokens: number, wasOffered: boolean, nowMs: number): Prospect {
    this.#wake(nowMs);
    const wakeMs = this.#firstWakeMs(nowMs);
    if (this.readyGroups === 0) {
      return wakeMs === null ? { kind: "empty" } : { kind: "cooling", wakeMs };
    }
    const roomMs = wasOffered ? this.#firstRoomMs(tokens, nowMs) : null;
    if (roomMs === null) return { kind: "ready" };
    return { kind: "cooling", wakeMs: Math.min(roomMs, wakeMs ?? roomMs) };
  }

  /** How many requests could be sent by a time, counted up to `enough`. */
  slotsUntil(untilMs: number, enough: number, nowMs: number): number {
    return slotsUntil(this.#ready, this.#cooling, untilMs, enough, nowMs);
  }

  /** The latest time at which a request with `ahead` others before it can expect its turn. */
  latestTurnMs(ahead: number, firstMs: number, nowMs: number): number {
    return latestTurnMs((untilMs, most) => this.slotsUntil(untilMs, most, nowMs), ahead, firstMs);
  }

  /** The soonest time, looking no further ahead than `lookMs`. */
  soonestTurnMs(ahead: number, firstMs: number, lookMs: number, nowMs: number): number {
    const slots = (untilMs: number, most: number) => this.slotsUntil(untilMs, most, nowMs);
    return soonestTurnMs(slots, ahead, firstMs, lookMs);
  }

  /** Moves a group that may be ready sooner than expected to where it belongs now. */
  reschedule(group: Group, nowMs: number): void {
    if (group.asleepUntilMs !== null) this.#place(group, nowMs);
  }

  /** Makes a group whose keys got into trouble come last from now on, not only when its turn comes. */
  demote(group: Group, nowMs: number): void {
    if (group.isAside || group.place === 0) return;
    const asideMs = group.asideUntilMs(this.model, nowMs);
    if (asideMs === 0) return;
    this.#ready.remove(group);
    this.#lastResort.add(group, asideMs);
  }

  /** When the first of the ready groups without room for this many tokens has room; null if all have. */
  #firstRoomMs(tokens: number, nowMs: number): number | null {
    let firstMs: number | null = null;
    for (const group of this.#ready.groups()) {
      const roomMs = group.roomAtMs(tokens, nowMs);
      if (roomMs > nowMs) firstMs = Math.min(firstMs ?? roomMs, roomMs);
    }
    return firstMs;
  }

  #firstWakeMs(nowMs: number): number | null {
    for (let first = this.#cooling.peek(); first !== undefined; first = this.#cooling.peek()) {
      const { item, wakeMs } = first;
      if (item.asleepUntilMs === wakeMs && item.readyAtMs(this.model, nowMs) === wakeMs)
        return wakeMs;
      this.#cooling.pop();
      if (item.asleepUntilMs === wakeMs) this.#place(item, nowMs);
    }
    return null;
  }

  #wake(nowMs: number): void {
    for (let first = this.#cooling.peek(); first !== undefined; first = this.#cooling.peek()) {
      if (first.wakeMs > nowMs) return;
      this.#cooling.pop();
      // Rescheduled groups leave outdated entries in the heap.
      if (first.item.asleepUntilMs === first.wakeMs) this.#place(first.item, nowMs);
    }
  }

  /**
   * Puts a group where its state requires: into a ring, the cooling heap, last, or nowhere if none of its keys can be
   * used.
   */
  #place(group: Group, nowMs: number, isFirst = false): void {
    if (group.isAside) this.#lastResort.remove(group);
    group.asleepUntilMs = null;
    const wakeMs = group.readyAtMs(this.model, nowMs);
    if (wakeMs < 0) return;
    if (wakeMs > nowMs) {
      group.asleepUntilMs = wakeMs;
      this.#cooling.push(group, wakeMs);
      return;
    }
    const asideMs = group.asideUntilMs(this.model, nowMs);
    if (asideMs > 0) this.#lastResort.add(group, asideMs);
    else if (isFirst) this.#ready.unshift(group);
    else this.#ready.push(group);
  }
}

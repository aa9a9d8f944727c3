/**
 * The keys that may serve one model, and which of them a request prefers: the one that owns its conversation, one that
 * worked recently, or the one whose turn it is.
 * @module
 */
import type { KeyRequest, Lease } from "../pick-result";
import { Affinity, rendezvous } from "./affinity";
import type { DomainLimiters } from "./domain-limiters";
import type { Choice, Group, PoolEntry } from "./group";
import { ModelScheduler } from "./model-scheduler";

/** The most cooling groups examined for one that may be sent a request beyond its limit. */
const LIMIT_PROBE_CANDIDATES = 16;
/** The most examined for one that only a guess holds back: these end their cooldowns soonest. */
const GUESS_CANDIDATES = 64;

export interface ModelKeysOptions {
  readonly model: string;
  /** The groups of those keys that may serve the model, in order of use; absent: of all keys. */
  groups(entries?: Iterable<PoolEntry>): readonly Group[];
  /** When a key of the pool last worked, in epoch milliseconds. */
  answeredMs(): number;
  /** Keys that worked recently, beginning with a different one each time. */
  proven(): Iterable<PoolEntry>;
  /** The quota domain of a key, by which its group in this model is found. */
  domainOf(keyId: string): string | null;
}

export class ModelKeys {
  readonly #options: ModelKeysOptions;
  readonly #limiters: DomainLimiters;
  readonly #affinity = new Affinity();
  #scheduler: ModelScheduler | null = null;
  #groups: Map<string, Group> | null = null;
  /** Keys added since the scheduler was built. */
  #added: PoolEntry[] = [];
  /** Requests sent by all groups. */
  taken = 0;

  constructor(options: ModelKeysOptions, limiters: DomainLimiters) {
    this.#options = options;
    this.#limiters = limiters;
  }

  /** Discards the order of the keys, not what is known about them. */
  rebuild(): void {
    this.#scheduler = null;
    this.#groups = null;
    this.#added = [];
  }

  /** Records that a key was added to the pool. */
  added(entry: PoolEntry): void {
    if (this.#scheduler !== null) this.#added.push(entry);
  }

  schedulerAt(nowMs: number): ModelScheduler {
    if (this.#scheduler !== null && this.#added.length > 0) this.#takeAdded(this.#scheduler, nowMs);
    if (this.#scheduler === null) {
      const { model, groups: groupsOf, answeredMs } = this.#options;
      const groups = groupsOf();
      this.#limiters.equip(groups, nowMs);
      this.#scheduler = new ModelScheduler(model, groups, nowMs, answeredMs);
    }
    return this.#scheduler;
  }

  /** Keys may arrive in many batches: rebuilding the order for each would cost more than adding them. */
  #takeAdded(scheduler: ModelScheduler, nowMs: number): void {
    const added = this.#added;
    // A key that shares a quota may belong to an existing group.
    if (added.some(({ key }) => key.quotaDomain !== null)) {
      this.rebuild();
      return;
    }
    this.#added = [];
    const groups = this.#options.groups(added);
    this.#limiters.equip(groups, nowMs);
    scheduler.add(groups, nowMs);
    for (const group of groups) this.#groups?.set(group.id, group);
  }

  groupOf(keyId: string, nowMs: number): Group | undefined {
    const domain = this.#options.domainOf(keyId);
    if (domain === null) return undefined;
    const { groups } = this.schedulerAt(nowMs);
    this.#groups ??= new Map(groups.map((group) => [group.id, group]));
    return this.#groups.get(domain);
  }

  /** Groups of these domains may be ready sooner than expected. */
  rescheduleAll(domains: ReadonlySet<string>, nowMs: number): void {
    const scheduler = this.#scheduler;
    if (scheduler === null) return;
    for (const group of scheduler.groups) {
      if (!domains.has(group.id)) continue;
      group.limiter ??= this.#limiters.get(group.id) ?? null;
      scheduler.reschedule(group, nowMs);
    }
  }

  /** The key for a request's next attempt; null if none is ready. */
  choose(ask: KeyRequest, nowMs: number): Choice | null {
    const scheduler = this.schedulerAt(nowMs);
    const { tokens, tried } = ask;
    if (ask.prefersProven) {
      const proven = this.pickProven(ask, nowMs);
      if (proven !== null) return proven;
    }
    const conversation = scheduler.groups.length < 2 ? null : ask.conversation;
    if (conversation === null) return scheduler.pick(tokens, nowMs, tried);
    const { name, isContinued } = conversation;
    const knownId = isContinued ? this.#affinity.keyOf(name) : null;
    const known = knownId === null ? undefined : this.groupOf(knownId, nowMs);
    const averageLoad = this.taken / scheduler.groups.length;
    const owner = known ?? (isContinued ? rendezvous(name, scheduler.ring, averageLoad) : null);
    // A cache is no reason to use a lower-priority key while a better one is ready.
    const better =
      owner === null || owner.priority <= scheduler.highestPriority
        ? null
        : scheduler.pick(tokens, nowMs, tried, owner.priority);
    const choice =
      better ??
      (owner === null ? null : scheduler.pickFrom(owner, knownId, tokens, nowMs, tried)) ??
      scheduler.pick(tokens, nowMs, tried);
    if (choice === null) return null;
    if (!isContinued) scheduler.begun(choice.group);
    // The conversation leaves its owner only for as long as that key is in cooldown.
    if (known === undefined || better !== null) this.#affinity.note(name, choice.entry.key.id);
    return choice;
  }

  /** The key that worked last, of those of the best priority that may serve. */
  pickProven({ tokens, tried }: KeyRequest, nowMs: number, takesTroubled = false): Choice | null {
    let best: Choice | null = null;
    for (const entry of this.#options.proven()) {
      const { key, trouble } = entry;
      if (tried.has(key.id) || (trouble?.suspicion ?? null) !== null) continue;
      const group = this.groupOf(key.id, nowMs);
      if (group === undefined || (best !== null && group.priority >= best.group.priority)) continue;
      if (group.roomAtMs(tokens, nowMs) > nowMs) continue;
      const { model } = this.#options;
      if (group.usableEntry(model, nowMs, tried, key.id, takesTroubled) !== entry) continue;
      best = { group, entry };
    }
    return best;
  }

  /**
   * A group that only a guess holds back, one of those that become ready soonest; null if there is none.
   * @param takesWindows Whether the guess may be the window of a quota that a rejection named.
   */
  pickHeldByGuess(
    { tokens, tried }: KeyRequest,
    takesWindows: boolean,
    nowMs: number,
  ): Choice | null {
    return this.schedulerAt(nowMs).pickCooling(
      ({ limiter }) =>
        limiter?.isHeldByGuess(tokens, nowMs) === true &&
        (takesWindows || !limiter.isHeldByWindow(nowMs)),
      null,
      GUESS_CANDIDATES,
      nowMs,
      tried,
    );
  }

  /**
   * A group that only a learned limit holds back (see `RateLimiter.mayProbe`), one of those that become ready soonest;
   * null if there is none.
   * @param preferred Examined before all others.
   */
  pickForProbe(
    preferred: Group | null,
    { tokens, tried }: KeyRequest,
    nowMs: number,
  ): Choice | null {
    return this.schedulerAt(nowMs).pickCooling(
      ({ limiter }) => limiter?.mayProbe(tokens, nowMs) === true,
      preferred,
      LIMIT_PROBE_CANDIDATES,
      nowMs,
      tried,
    );
  }

  /** The key that serves a conversation here; null if none is remembered. */
  ownerKeyOf(conversation: string): string | null {
    return this.#affinity.keyOf(conversation);
  }

  /** Makes this key the conversation's owner from now on. */
  setOwner(conversation: string, keyId: string): void {
    this.#affinity.note(conversation, keyId);
  }

  /** A conversation has moved to a key of another section. */
  forgetOwner(conversation: string): void {
    this.#affinity.forget(conversation);
  }

  /** Whether a conversation would now be served outside its owner's quota domain. */
  leavesOwner(keyId: string, tokens: number, nowMs: number): boolean {
    const group = this.groupOf(keyId, nowMs);
    if (group === undefined) return false;
    return (
      group.priority > this.schedulerAt(nowMs).highestPriority ||
      Math.max(group.readyAtMs(this.#options.model, nowMs), group.roomAtMs(tokens, nowMs)) > nowMs
    );
  }

  /** Records that a key got into trouble. */
  demote({ group, scheduler }: Lease, nowMs: number): void {
    if (scheduler === this.#scheduler) scheduler.demote(group, nowMs);
  }

  /** The lease's group may be ready sooner than expected. */
  reschedule({ group, scheduler }: Lease, nowMs: number): void {
    // In a rebuilt scheduler, the group is another object.
    if (scheduler === this.#scheduler) scheduler.reschedule(group, nowMs);
  }

  /** A key that requests held may serve again. */
  freed(keyId: string, nowMs: number): void {
    if (this.#scheduler === null) return;
    const domain = this.#options.domainOf(keyId);
    const group = this.groupOf(keyId, nowMs);
    if (group === undefined || domain === null) return;
    if (group.isShared) this.rescheduleAll(new Set([domain]), nowMs);
    else this.#scheduler.reschedule(group, nowMs);
  }

  /** Records that a key is out of trouble, or that its trouble may be re-examined. */
  rescheduleKey(keyId: string, nowMs: number): void {
    if (this.#scheduler === null) return;
    const group = this.groupOf(keyId, nowMs);
    if (group?.isAside === true) this.#scheduler.reschedule(group, nowMs);
  }
}

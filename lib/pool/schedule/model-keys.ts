/**
 * The keys that may serve one model, and which of them a request prefers: the one that owns its conversation, one
 * that answered lately, or the one whose turn it is.
 * @module
 */
import type { Ask, Lease } from "../pick-result";
import { Affinity, rendezvous } from "./affinity";
import type { DomainLimiters } from "./domain-limiters";
import type { Choice, Group, PoolEntry } from "./group";
import { ModelScheduler } from "./model-scheduler";

/** So many cooling groups are looked at for one that may be sent a request beyond its limit. */
const LIMIT_PROBE_CANDIDATES = 16;
/** So many for one that only a guess holds back: they wake soonest. */
const GUESS_CANDIDATES = 64;

export interface ModelKeysOptions {
  readonly model: string;
  /** The groups of those keys that may serve the model, the one to use first in front; absent: of all keys. */
  groups(entries?: Iterable<PoolEntry>): readonly Group[];
  /** When a key of the pool answered last: epoch milliseconds. */
  answeredMs(): number;
  /** Keys that answered lately, the newest first. */
  proven(): Iterable<PoolEntry>;
  /** The place of a key in this model's groups is looked up by its domain. */
  domainOf(keyId: string): string | null;
}

export class ModelKeys {
  readonly #options: ModelKeysOptions;
  readonly #limiters: DomainLimiters;
  readonly #affinity = new Affinity();
  #scheduler: ModelScheduler | null = null;
  #groups: Map<string, Group> | null = null;
  /** Keys that came since the scheduler was made. */
  #added: PoolEntry[] = [];
  /** Requests sent by all groups. */
  taken = 0;

  constructor(options: ModelKeysOptions, limiters: DomainLimiters) {
    this.#options = options;
    this.#limiters = limiters;
  }

  /** Forgets the order of the keys, not what is known of them. */
  rebuild(): void {
    this.#scheduler = null;
    this.#groups = null;
    this.#added = [];
  }

  /** A key came to the pool. */
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

  /** Many may come one part after the other: making the order again each time would cost more than they do. */
  #takeAdded(scheduler: ModelScheduler, nowMs: number): void {
    const added = this.#added;
    // One that shares a quota may belong to a group that is there.
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

  /** Groups of those domains may be ready sooner than they were thought to be. */
  rescheduleAll(domains: ReadonlySet<string>, nowMs: number): void {
    const scheduler = this.#scheduler;
    if (scheduler === null) return;
    for (const group of scheduler.groups) {
      if (!domains.has(group.id)) continue;
      group.limiter ??= this.#limiters.get(group.id) ?? null;
      scheduler.reschedule(group, nowMs);
    }
  }

  /** The key for a request's next attempt; null where none is ready. */
  choose(ask: Ask, nowMs: number): Choice | null {
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
    // A cache is no reason to use a reserve key while a better one is ready.
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
    // Away from its owner only for as long as its key has to rest.
    if (known === undefined || better !== null) this.#affinity.note(name, choice.entry.key.id);
    return choice;
  }

  /** The key that answered last of those that may serve, of the best priority. */
  pickProven({ tokens, tried }: Ask, nowMs: number, takesTroubled = false): Choice | null {
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

  /** A group that only a guess holds back, one of the next to wake; null if there is none. */
  pickHeldByGuess({ tokens, tried }: Ask, nowMs: number): Choice | null {
    return this.schedulerAt(nowMs).pickCooling(
      ({ limiter }) => limiter?.isHeldByGuess(tokens, nowMs) === true,
      null,
      GUESS_CANDIDATES,
      nowMs,
      tried,
    );
  }

  /**
   * A group that only experience holds back (see `RateLimiter.mayProbe`), one of the next to wake; null if there
   * is none.
   * @param preferred Looked at before all others.
   */
  pickForProbe(preferred: Group | null, { tokens, tried }: Ask, nowMs: number): Choice | null {
    return this.schedulerAt(nowMs).pickCooling(
      ({ limiter }) => limiter?.mayProbe(tokens, nowMs) === true,
      preferred,
      LIMIT_PROBE_CANDIDATES,
      nowMs,
      tried,
    );
  }

  /** The key that serves a conversation here; null where none is remembered. */
  ownerKeyOf(conversation: string): string | null {
    return this.#affinity.keyOf(conversation);
  }

  /** A conversation goes on with this key from now on. */
  setOwner(conversation: string, keyId: string): void {
    this.#affinity.note(conversation, keyId);
  }

  /** Whether a conversation would be served elsewhere now than by the keys of its owner's quota domain. */
  leavesOwner(keyId: string, tokens: number, nowMs: number): boolean {
    const group = this.groupOf(keyId, nowMs);
    if (group === undefined) return false;
    return (
      group.priority > this.schedulerAt(nowMs).highestPriority ||
      Math.max(group.readyAtMs(this.#options.model, nowMs), group.roomAtMs(tokens, nowMs)) > nowMs
    );
  }

  /** A key got into trouble. */
  demote({ group, scheduler }: Lease, nowMs: number): void {
    if (scheduler === this.#scheduler) scheduler.demote(group, nowMs);
  }

  /** The group of a lease may be ready sooner than it was thought to be. */
  reschedule({ group, scheduler }: Lease, nowMs: number): void {
    // A group of a scheduler that was rebuilt stands there under another object.
    if (scheduler === this.#scheduler) scheduler.reschedule(group, nowMs);
  }

  /** A key is out of trouble, or its trouble may be looked at again. */
  rescheduleKey(keyId: string, nowMs: number): void {
    if (this.#scheduler === null) return;
    const group = this.groupOf(keyId, nowMs);
    if (group?.isAside === true) this.#scheduler.reschedule(group, nowMs);
  }
}

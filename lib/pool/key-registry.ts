/**
 * The keys of a pool, with what people and the store say about them, and their cooldowns.
 * @module
 */

import type { Provider } from "../providers/types";
import { CapBook, type KeySpend, type ReachedKey } from "./caps/cap-book";
import { KeyGuard } from "./guard/key-guard";
import { ProvenKeys } from "./guard/proven-keys";
import { type DayUse, isDaily, LimitBook } from "./limits/limit-book";
import type { UseBoard } from "./peers/use-board";
import { domainOf } from "./quota-domain";
import { groupsOf, type PoolEntry } from "./schedule/group";
import { mayServeMore } from "./schedule/may-serve-more";
import type { ModelPoolOptions } from "./schedule/model-pool";
import { ModelPools } from "./schedule/model-pools";
import {
  type Cooldown,
  type CooldownTarget,
  cooldownName,
  EVERY_MODEL,
  isOfTheDomain,
  type KnownLimit,
  NO_MODEL,
  type PoolKey,
  type PoolLimits,
} from "./types";

/** Keys that were never picked are ordered by a random number below this. */
const SHUFFLE = 2 ** 30;

/** How a pool shares quotas with the same pool in other isolates. */
export interface PoolSharing {
  readonly board: UseBoard;
  /** The pool's name in all isolates. */
  readonly name: string;
  nowMs(): number;
}

export class KeyRegistry {
  protected readonly guard = new KeyGuard();
  protected readonly proven = new ProvenKeys();
  protected readonly entries = new Map<string, PoolEntry>();
  protected readonly models: ModelPools;
  protected readonly caps: CapBook;
  readonly #book = new LimitBook();
  readonly #random: () => number;
  readonly #sharing: PoolSharing | null;

  /** @param random In [0, 1); shuffles the first round, so that isolates don't use the keys in the same order. */
  constructor(random: () => number, sharing: PoolSharing | null = null) {
    this.#random = random;
    this.#sharing = sharing;
    this.caps = new CapBook(sharing?.board ?? null, sharing?.name ?? "");
    this.models = new ModelPools(
      (model) => this.#optionsOf(model),
      () => this.entries.size,
    );
  }

  get size(): number {
    return this.entries.size;
  }

  get(id: string): PoolKey | undefined {
    return this.entries.get(id)?.key;
  }

  *keys(): Generator<PoolKey, void> {
    for (const entry of this.entries.values()) yield entry.key;
  }

  /** Adds a key, or replaces it by a newer version with the same id. */
  upsert(key: PoolKey): void {
    const entry = this.entries.get(key.id);
    if (entry === undefined) {
      const added: PoolEntry = {
        key,
        presence: "present",
        trouble: null,
        caps: this.#capsOf(key),
        lastPick: -Math.ceil(this.#random() * SHUFFLE),
      };
      this.entries.set(key.id, added);
      for (const { keys } of this.models.all()) keys.added(added);
      return;
    }
    // Schedulers notice by themselves if a key can do less; only a change that makes a key ready sooner, or moves it,
    // needs new schedulers.
    if (mayServeMore(entry.key, key)) {
      for (const model of entry.key.cooldowns.keys()) {
        if (!key.cooldowns.has(model)) this.models.get(model)?.wake(domainOf(key));
      }
      this.rebuild();
    }
    if (entry.presence === "unreadable" && entry.key.sealed !== key.sealed) {
      entry.presence = "present";
      this.rebuild();
    }
    if (JSON.stringify(entry.key.caps) !== JSON.stringify(key.caps)) {
      entry.caps = this.#capsOf(key);
      this.rebuild();
    }
    const hasOtherLimits = JSON.stringify(entry.key.limits) !== JSON.stringify(key.limits);
    entry.key = key;
    if (hasOtherLimits) {
      for (const model of this.models.all()) model.limitsChanged(domainOf(key));
    }
  }

  /** A person reset the key: what was reported or learned about it, here and in the store, no longer applies. */
  forget(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    entry.trouble = null;
    entry.caps?.forget();
    for (const model of this.models.all()) model.forget(domainOf(entry.key));
  }

  /**
   * Removes a key that moves to another section, which goes on counting its quotas. Called before it is added there.
   * @param to The pool of that section.
   */
  handOver(id: string, to: KeyRegistry): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    const domain = domainOf(entry.key);
    for (const [model, pool] of this.models.named()) {
      if (pool.knows(domain)) pool.handOver(domain, to.models.of(model));
    }
    this.remove(id);
  }

  remove(id: string): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    entry.presence = "removed";
    this.entries.delete(id);
    this.caps.remove(id);
    // What was learned from keys that are all gone doesn't apply to new ones.
    if (this.entries.size === 0) this.models.clear();
  }

  /** Applies the limits that people configured, except the keys' own. */
  setLimits(limits: PoolLimits, zone: Provider["quotaDayZone"]): void {
    this.#book.setLimits(limits, zone);
    for (const model of this.models.all()) model.limitsChanged();
  }

  /** Whether any limit is per day. */
  get hasDailyLimits(): boolean {
    return (
      this.#book.hasDailyLimits ||
      this.keys().some(({ limits }) => limits !== null && isDaily(limits))
    );
  }

  /** Records what all isolates have sent in the provider's day that contains `atMs`. */
  noteUsedToday(uses: readonly DayUse[], atMs: number): void {
    const own = uses.flatMap((use) => {
      const key = this.get(use.keyId);
      return key === undefined ? [] : [{ ...use, domain: domainOf(key) }];
    });
    for (const model of this.#book.noteUsed(own, atMs)) this.models.get(model)?.limitsChanged();
  }

  /** Keys with a cap on their cost. */
  get costCappedKeys(): readonly string[] {
    return this.caps.countedKeys();
  }

  /** Whether the costs of some of them weren't counted yet. */
  get hasUncountedCaps(): boolean {
    return this.caps.isUncounted;
  }

  /** Applies what all isolates have written for the day and the month that contain `atMs`. */
  noteSpent(spends: readonly KeySpend[], atMs: number): readonly ReachedKey[] {
    const reached = this.caps.noteSpent(spends, atMs);
    for (const { keyId, untilMs, reason } of reached) {
      this.startCooldown(keyId, { every: true }, { untilMs, reason });
    }
    return reached;
  }

  /** The limits of a key for each recently used model; empty if the key isn't in this pool. */
  knownLimits(
    id: string,
    nowMs: number,
  ): readonly { readonly model: string; readonly limits: readonly KnownLimit[] }[] {
    const entry = this.entries.get(id);
    if (entry === undefined) return [];
    const { key, caps } = entry;
    const ofModels = [...this.models.named()].flatMap(([model, pool]) => {
      const group = pool.groups(nowMs).find((each) => each.id === domainOf(key));
      const limits = group?.limiter?.knownLimits(nowMs) ?? [];
      return limits.length === 0 ? [] : [{ model, limits }];
    });
    return caps === null
      ? ofModels
      : [{ model: EVERY_MODEL, limits: caps.known(nowMs) }, ...ofModels];
  }

  /** Puts a key into cooldown, and its domain if quota is the cause. Never shortens a cooldown. */
  startCooldown(id: string, scope: CooldownTarget, cooldown: Cooldown): void {
    this.#cool(id, cooldownName(scope), cooldown, false);
  }

  /**
   * Applies a cooldown found by another isolate or read from the store.
   * @param model As stored: a model's name, or `EVERY_MODEL`.
   */
  cool(id: string, model: string, untilMs: number, reason: string): void {
    this.#cool(id, model, { untilMs, reason }, true);
  }

  #cool(id: string, model: string, cooldown: Cooldown, isFromPeer: boolean): void {
    const { untilMs, reason, isGuess = false } = cooldown;
    const key = this.entries.get(id)?.key;
    if (key === undefined || !Number.isFinite(untilMs)) return;
    if ((key.cooldowns.get(model)?.untilMs ?? 0) >= untilMs) return;
    key.cooldowns = new Map(key.cooldowns).set(model, cooldown);
    if (isGuess || !isOfTheDomain(reason)) return;
    if (model !== EVERY_MODEL) {
      const isPeerQuota = isFromPeer && reason === "rate_limit_minute";
      this.models
        .get(model)
        ?.cool(domainOf(key), untilMs, isPeerQuota, this.#sharing?.nowMs() ?? 0);
    } else if (key.quotaDomain !== null) {
      for (const { key: sibling } of this.entries.values()) {
        if (sibling.quotaDomain === key.quotaDomain) coolEverywhere(sibling, untilMs, reason);
      }
    }
  }

  block(id: string): void {
    const key = this.entries.get(id)?.key;
    if (key?.status === "active") key.status = "blocked";
  }

  /** Skips a key until it is re-encrypted, because this instance can't decrypt it. */
  noteUnopenable(id: string): void {
    const entry = this.entries.get(id);
    if (entry !== undefined) entry.presence = "unreadable";
  }

  /** Undoes a block. */
  unblock(id: string): void {
    const key = this.entries.get(id)?.key;
    // A key that a person disabled since stays disabled.
    if (key?.status !== "blocked") return;
    key.status = "active";
    this.rebuild();
  }

  /** Undoes a cooldown for one model (or `EVERY_MODEL`), unless it was extended since. */
  warm(id: string, model: string, untilMs: number): void {
    const key = this.entries.get(id)?.key;
    if (key?.cooldowns.get(model)?.untilMs !== untilMs) return;
    const cooldowns = new Map(key.cooldowns);
    cooldowns.delete(model);
    key.cooldowns = cooldowns;
    this.rebuild();
  }

  protected rebuild(): void {
    for (const { keys } of this.models.all()) keys.rebuild();
  }

  #capsOf(key: PoolKey) {
    return this.caps.of(key, this.#sharing?.nowMs() ?? 0);
  }

  #optionsOf(model: string): ModelPoolOptions {
    return {
      model,
      caps: this.caps,
      groups: (entries = this.entries.values()) =>
        groupsOf(entries, model === NO_MODEL ? null : model),
      prepare: (limiter, domain, nowMs) =>
        this.#book.prepare(limiter, model, domain, this.get(domain)?.limits ?? null, nowMs),
      answeredMs: () => this.guard.answeredMs,
      proven: () => this.proven.all(),
      board: this.#sharing?.board ?? null,
      sharedName: `${this.#sharing?.name ?? ""} ${model}`,
      isCounted: (domain) => this.#book.hasUsed(model, domain),
      domainOf: (id) => {
        const key = this.get(id);
        return key === undefined ? null : domainOf(key);
      },
    };
  }
}

function coolEverywhere(key: PoolKey, untilMs: number, reason: string): void {
  const known = key.cooldowns.get(EVERY_MODEL)?.untilMs ?? 0;
  if (known >= untilMs) return;
  key.cooldowns = new Map(key.cooldowns).set(EVERY_MODEL, { untilMs, reason });
}

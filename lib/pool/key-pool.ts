/**
 * The keys of one provider and the choice among them: a state machine over plain data, with the clock
 * handed in. No I/O.
 *
 * Rotation is even: the key used longest ago is next, weights share by class, and a lower priority tier
 * serves only when no higher one has a ready key. Keys of one quota domain share pace and rest.
 * @module
 */
import type { QuotaReading } from "../providers/read-limits";
import type { Provider, QuotaRefusal } from "../providers/types";
import { Brake, type KeyChange } from "./brake";
import { groupsOf, type PoolEntry } from "./group";
import type { Outlook } from "./lane";
import { type DayUse, isDaily, LimitBook } from "./limit-book";
import { mayServeMore } from "./may-serve-more";
import { ModelPool } from "./model-pool";
import type { Lesson } from "./pace";
import { domainOf } from "./quota-domain";
import { type Standing, standingOf } from "./standing";
import type { Ask, Lease, Turn } from "./turn";
import {
  EVERY_MODEL,
  isOfTheDomain,
  type KnownLimit,
  NO_MODEL,
  type PoolKey,
  type PoolLimits,
} from "./types";

/**
 * Places that the groups of all models of one pool may take together. Model names come from clients, so
 * what is kept for them must not grow without bound.
 */
const MAX_PLACES = 1_000_000;
const MAX_MODELS = 500;

/** Keys that were never picked stand in the order of a number below this, drawn for each. */
const SHUFFLE = 2 ** 30;

export class KeyPool {
  readonly brake = new Brake<KeyChange>();
  readonly #random: () => number;
  readonly #entries = new Map<string, PoolEntry>();
  readonly #models = new Map<string, ModelPool>();
  readonly #book = new LimitBook();
  #picks = 0;

  /** @param random In [0, 1); spreads the first round, so that isolates do not march in step. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): PoolKey | undefined {
    return this.#entries.get(id)?.key;
  }

  *keys(): Generator<PoolKey, void> {
    for (const entry of this.#entries.values()) yield entry.key;
  }

  /** Adds a key, or takes over a new version of one with the same id. */
  upsert(key: PoolKey): void {
    const entry = this.#entries.get(key.id);
    if (entry === undefined) {
      this.#entries.set(key.id, {
        key,
        present: true,
        lastPick: -Math.ceil(this.#random() * SHUFFLE),
        bare429s: null,
      });
      this.#rebuild();
      return;
    }
    // Lanes notice by themselves what got worse; only what may wake a key or move it needs new lanes.
    if (mayServeMore(entry.key, key)) {
      for (const model of entry.key.cooldowns.keys()) {
        if (!key.cooldowns.has(model)) this.#models.get(model)?.wake(domainOf(key));
      }
      this.#rebuild();
    }
    const hasOtherLimits = JSON.stringify(entry.key.limits) !== JSON.stringify(key.limits);
    entry.key = key;
    if (hasOtherLimits) {
      for (const model of this.#models.values()) model.limitsChanged(domainOf(key));
    }
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.present = false;
    this.#entries.delete(id);
    // What was learned of keys that are all gone says nothing of the next ones.
    if (this.#entries.size === 0) this.#models.clear();
  }

  /** Takes over the limits that people set, but for the keys' own. */
  setLimits(limits: PoolLimits, zone: Provider["quotaDayZone"]): void {
    this.#book.setLimits(limits, zone);
    for (const model of this.#models.values()) model.limitsChanged();
  }

  /** Whether some limit counts by the day. */
  get hasDailyLimits(): boolean {
    return (
      this.#book.hasDailyLimits ||
      this.keys().some(({ limits }) => limits !== null && isDaily(limits))
    );
  }

  /** Takes over what all isolates have sent of the provider's day that `atMs` is in. */
  noteUsedToday(uses: readonly DayUse[], atMs: number): void {
    const own = uses.flatMap((use) => {
      const key = this.get(use.keyId);
      return key === undefined ? [] : [{ ...use, domain: domainOf(key) }];
    });
    for (const model of this.#book.noteUsed(own, atMs)) this.#models.get(model)?.limitsChanged();
  }

  /** What a key keeps to at each model that was in use of late; empty for a key that is not here. */
  knownLimits(
    id: string,
    nowMs: number,
  ): readonly { readonly model: string; readonly limits: readonly KnownLimit[] }[] {
    const key = this.get(id);
    if (key === undefined) return [];
    return [...this.#models].flatMap(([model, pool]) => {
      const group = pool.groups(nowMs).find((each) => each.id === domainOf(key));
      const limits = group?.pace?.knownLimits(nowMs) ?? [];
      return limits.length === 0 ? [] : [{ model, limits }];
    });
  }

  /**
   * The turn of a request for a model (null: a call that names none): a key, a time to ask again, or why
   * there is neither. Constant time, amortised, while nobody waits.
   */
  ask(model: string | null, ask: Ask, nowMs: number): Turn {
    const turn = this.#model(model).ask(ask, nowMs);
    if (turn.kind === "go") this.#noteUse(turn.lease);
    return turn;
  }

  /** A key whatever its state, for a request that continues what was begun with it; null if it is not usable at all. */
  demand(model: string | null, keyId: string, ask: Ask, nowMs: number): Lease | null {
    if (this.get(keyId)?.status !== "active") return null;
    const lease = this.#model(model).demand(keyId, ask, nowMs);
    if (lease !== null) this.#noteUse(lease);
    return lease;
  }

  /** A request that waited does so no longer. */
  leave(model: string | null, ask: Ask): void {
    if (ask.waiter !== null) this.#models.get(model ?? NO_MODEL)?.leave(ask);
  }

  /** How many keys could serve a model (null: a call that names none), and when. */
  standing(model: string | null, nowMs: number): Standing {
    return standingOf(this.#model(model).groups(nowMs), model ?? NO_MODEL, nowMs);
  }

  /** Why there is no key, and when to come back. */
  outlook(model: string | null, nowMs: number): Outlook {
    return this.#model(model).outlook(nowMs);
  }

  /** Rests a key for one model (or `EVERY_MODEL`), and its domain where the quota is the cause. Never shortens a rest. */
  cool(id: string, model: string, untilMs: number, reason: string): void {
    const key = this.#entries.get(id)?.key;
    if (key === undefined || (key.cooldowns.get(model)?.untilMs ?? 0) >= untilMs) return;
    key.cooldowns = new Map(key.cooldowns).set(model, { untilMs, reason });
    if (!isOfTheDomain(reason)) return;
    if (model !== EVERY_MODEL) {
      this.#models.get(model)?.rest(domainOf(key), untilMs, reason);
    } else if (key.quotaDomain !== null) {
      for (const { key: sibling } of this.#entries.values()) {
        if (sibling.quotaDomain === key.quotaDomain) restEverywhere(sibling, untilMs, reason);
      }
    }
  }

  block(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.key.status = "blocked";
  }

  /** Takes back a block. */
  unblock(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.key.status = "active";
    this.#rebuild();
  }

  /** Takes back a rest for one model (or `EVERY_MODEL`), unless it was prolonged since. */
  warm(id: string, model: string, untilMs: number): void {
    const key = this.#entries.get(id)?.key;
    if (key?.cooldowns.get(model)?.untilMs !== untilMs) return;
    const cooldowns = new Map(key.cooldowns);
    cooldowns.delete(model);
    key.cooldowns = cooldowns;
    this.#rebuild();
  }

  /** Counts a 429 that told neither quota nor reset; returns how many came in a row for key and model. */
  countBare429(id: string, model: string | null): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 0;
    entry.bare429s ??= new Map();
    const count = (entry.bare429s.get(model ?? NO_MODEL) ?? 0) + 1;
    entry.bare429s.set(model ?? NO_MODEL, count);
    return count;
  }

  /** Notes a success: it ends a row of bare 429s, and a rest's trial, and may bring readings of the quota. */
  succeed(
    model: string | null,
    lease: Lease,
    readings: readonly QuotaReading[],
    nowMs: number,
  ): void {
    lease.entry.bare429s?.delete(model ?? NO_MODEL);
    this.#models.get(model ?? NO_MODEL)?.succeed(lease, readings, nowMs);
  }

  /** Notes an answer that says nothing about quota, or that there was none. */
  drop(model: string | null, lease: Lease, nowMs: number): void {
    this.#models.get(model ?? NO_MODEL)?.drop(lease, nowMs);
  }

  /**
   * Learns from a refusal for lack of quota. Resting the key is the caller's: see `cool`.
   * @param guessMs Until when to rest where the answer did not tell.
   */
  refuse(
    model: string | null,
    lease: Lease,
    refusal: QuotaRefusal,
    guessMs: number,
    nowMs: number,
  ): Lesson {
    return this.#model(model).refuse(lease, refusal, guessMs, nowMs);
  }

  #noteUse({ entry }: Lease): void {
    this.#picks += 1;
    entry.lastPick = this.#picks;
  }

  #rebuild(): void {
    for (const model of this.#models.values()) model.rebuild();
  }

  #model(name: string | null): ModelPool {
    const model = name ?? NO_MODEL;
    let known = this.#models.get(model);
    if (known === undefined) {
      this.#makeRoom();
      known = new ModelPool({
        model,
        groups: () => groupsOf(this.#entries.values(), name),
        prepare: (pace, domain, nowMs) =>
          this.#book.prepare(pace, model, domain, this.get(domain)?.limits ?? null, nowMs),
        isCounted: (domain) => this.#book.hasUsed(model, domain),
        domainOf: (id) => {
          const key = this.get(id);
          return key === undefined ? null : domainOf(key);
        },
      });
      this.#models.set(model, known);
    }
    return known;
  }

  #makeRoom(): void {
    const limit = Math.min(MAX_MODELS, Math.max(4, MAX_PLACES / Math.max(1, this.#entries.size)));
    while (this.#models.size >= limit) {
      let oldest: string | null = null;
      let oldestMs = Number.POSITIVE_INFINITY;
      for (const [name, model] of this.#models) {
        if (model.isBusy || model.usedMs >= oldestMs) continue;
        [oldest, oldestMs] = [name, model.usedMs];
      }
      if (oldest === null) return;
      this.#models.delete(oldest);
    }
  }
}

function restEverywhere(key: PoolKey, untilMs: number, reason: string): void {
  const known = key.cooldowns.get(EVERY_MODEL)?.untilMs ?? 0;
  if (known >= untilMs) return;
  key.cooldowns = new Map(key.cooldowns).set(EVERY_MODEL, { untilMs, reason });
}

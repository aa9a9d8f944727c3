/**
 * The keys of one provider and the choice among them: a state machine over plain data, with the clock
 * handed in. No I/O.
 *
 * Rotation is even: the key used longest ago is next, weights share by class, and a lower priority tier
 * serves only when no higher one has a ready key. Keys of one quota domain share limiter and rest.
 * @module
 */
import type { QuotaReading } from "../providers/read-limits";
import type { Provider, QuotaRefusal } from "../providers/types";
import { AnswerTimes } from "./guard/answer-times";
import { ALIKE, CircuitBreaker, type Incident } from "./guard/circuit-breaker";
import { type Accusation, KeyTrouble, type Sentence } from "./guard/key-trouble";
import { type DayUse, isDaily, LimitBook } from "./limits/limit-book";
import type { Lesson, RefusedRest } from "./limits/rate-limiter";
import type { Ask, Lease, PickResult } from "./pick-result";
import { domainOf } from "./quota-domain";
import { type Availability, availabilityOf } from "./schedule/availability";
import { type Group, groupsOf, type PoolEntry } from "./schedule/group";
import { mayServeMore } from "./schedule/may-serve-more";
import { ModelPool } from "./schedule/model-pool";
import {
  type Cooldown,
  EVERY_MODEL,
  isOfTheDomain,
  type KnownLimit,
  NO_MODEL,
  type PoolKey,
  type PoolLimits,
  type RestScope,
  restName,
} from "./types";

/**
 * Places that the groups of all models of one pool may take together. Model names come from clients, so
 * what is kept for them must not grow without bound.
 */
const MAX_PLACES = 1_000_000;
const MAX_MODELS = 500;

/** Conversations that moved, of which it is remembered what they carry of another account's. */
const MAX_MOVED = 10_000;

/** So many of the last answers are remembered, to find a key that works. */
const PROVEN = 32;

/** What no key cures is taken to last so long. */
const INCURABLE_MS = 10_000;

/** After so long without an answer, refusals may have been an incident that has just ended. */
const BROKEN_MS = 4_000;

/** While all keys are refused alike, each is asked no sooner than this again. */
const INCIDENT_ASIDE_MS = 30_000;

/** From one free call about a suspect to the next, in all and about one key. */
const CHECK_GAP_MS = 5_000;
const KEY_CHECK_GAP_MS = 300_000;

/** Keys that were never picked stand in the order of a number below this, drawn for each. */
const SHUFFLE = 2 ** 30;

export class KeyPool {
  /** How long its models take. */
  readonly answerTimes = new AnswerTimes();
  readonly #breaker = new CircuitBreaker();
  readonly #random: () => number;
  readonly #entries = new Map<string, PoolEntry>();
  readonly #models = new Map<string, ModelPool>();
  readonly #book = new LimitBook();
  #picks = 0;
  /** When a key answered last. */
  #answeredMs = Number.NEGATIVE_INFINITY;
  /** When the first key was accused since a key answered; null where none was. */
  #accusedSinceMs: number | null = null;
  /** When a suspect was put to the free call last: epoch milliseconds. */
  #checkedMs = Number.NEGATIVE_INFINITY;
  /** How long nothing but accusations had come before the last answer. */
  #brokenMs = 0;
  /** Keys that answered lately, in a circle; some stand in it several times. */
  readonly #proven: PoolEntry[] = [];
  #answers = 0;
  #provenFrom = 0;
  /** Of conversations that moved: the last item that their former home made, the one heard of longest ago first. */
  readonly #foreign = new Map<string, number>();
  /** Failures that no key cures, by model. */
  readonly #incurable = new Map<string, { readonly rule: string; readonly untilMs: number }>();

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
        opens: true,
        trouble: null,
        lastPick: -Math.ceil(this.#random() * SHUFFLE),
      });
      this.#rebuild();
      return;
    }
    // Lanes notice by themselves what got worse; only what may wake a key or move it needs new schedulers.
    if (mayServeMore(entry.key, key)) {
      for (const model of entry.key.cooldowns.keys()) {
        if (!key.cooldowns.has(model)) this.#models.get(model)?.wake(domainOf(key));
      }
      this.#rebuild();
    }
    if (!entry.opens && entry.key.sealed !== key.sealed) {
      entry.opens = true;
      this.#rebuild();
    }
    const hasOtherLimits = JSON.stringify(entry.key.limits) !== JSON.stringify(key.limits);
    entry.key = key;
    if (hasOtherLimits) {
      for (const model of this.#models.values()) model.limitsChanged(domainOf(key));
    }
  }

  /** A person reset the key: what was told or learned of it, here and in the store, holds no longer. */
  forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.trouble = null;
    for (const model of this.#models.values()) model.forget(domainOf(entry.key));
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
      const limits = group?.limiter?.knownLimits(nowMs) ?? [];
      return limits.length === 0 ? [] : [{ model, limits }];
    });
  }

  /**
   * The turn of a request for a model (null: a call that names none): a key, a time to ask again, or why
   * there is neither. Constant time, amortised, while nobody waits.
   */
  ask(model: string | null, ask: Ask, nowMs: number): PickResult {
    const turn = this.#model(model).ask(ask, nowMs);
    if (turn.kind === "granted") this.#noteUse(turn.lease);
    return turn;
  }

  /** The key that answered last, whatever its turn, for a request that has tried all; null if there is none. */
  askProven(model: string | null, ask: Ask, nowMs: number): Lease | null {
    const lease = this.#model(model).askProven(ask, nowMs);
    if (lease !== null) this.#noteUse(lease);
    return lease;
  }

  /**
   * The turn of a request at the key it continues something with, which may rest: a key, or when what
   * people set allows it. Null if the key is not usable at all.
   */
  pin(model: string | null, keyId: string, ask: Ask, nowMs: number): PickResult | null {
    if (this.get(keyId)?.status !== "active") return null;
    const turn = this.#model(model).pin(keyId, ask, nowMs);
    if (turn?.kind === "granted") this.#noteUse(turn.lease);
    return turn;
  }

  /** The key that served a conversation so far with a model; null where none is remembered. */
  homeOf(model: string | null, conversation: string): string | null {
    return this.#models.get(model ?? NO_MODEL)?.keys.homeOf(conversation) ?? null;
  }

  /** The key that served a conversation with any model. */
  homeWithAnyModel(conversation: string): string | null {
    for (const pool of this.#models.values()) {
      const home = pool.keys.homeOf(conversation);
      if (home !== null) return home;
    }
    return null;
  }

  /** Whether a conversation would be served elsewhere now than in its home's quota domain. */
  leavesHome(model: string | null, keyId: string, ask: Ask, nowMs: number): boolean {
    return this.#model(model).keys.leavesHome(keyId, ask.tokens, nowMs);
  }

  /** A key of the home's quota domain, waited for; null where none will be there in time. */
  askHome(model: string | null, keyId: string, ask: Ask, nowMs: number): PickResult | null {
    const turn = this.#model(model).askHome(keyId, ask, nowMs);
    if (turn?.kind === "granted") this.#noteUse(turn.lease);
    return turn;
  }

  /**
   * A conversation goes on with this key, and what it carries up to a mark belongs to another.
   * @param mark Of the last such item; null where nothing of it does.
   */
  moveHome(model: string | null, conversation: string, keyId: string, mark: number | null): void {
    this.#model(model).keys.moveHome(conversation, keyId);
    this.#foreign.delete(conversation);
    if (mark === null) return;
    this.#foreign.set(conversation, mark);
    if (this.#foreign.size <= MAX_MOVED) return;
    const [oldest] = this.#foreign.keys();
    if (oldest !== undefined) this.#foreign.delete(oldest);
  }

  /** Up to where what a conversation carries belongs to another key's account; null for nothing that is known. */
  foreignUpTo(conversation: string): number | null {
    return this.#foreign.get(conversation) ?? null;
  }

  /** A request that waited does so no longer. */
  leave(model: string | null, ask: Ask): void {
    if (ask.waiter !== null) this.#models.get(model ?? NO_MODEL)?.leave(ask);
  }

  /** How many keys could serve a model (null: a call that names none), and when. */
  availability(model: string | null, nowMs: number): Availability {
    return availabilityOf(this.#model(model).groups(nowMs), model ?? NO_MODEL, nowMs);
  }

  /** The groups of the keys that may serve a model, with what is known of them. */
  knownGroups(model: string | null, nowMs: number): readonly Group[] {
    return this.#model(model).groups(nowMs);
  }

  /** Rests a key, and its domain where the quota is the cause. Never shortens a rest. */
  rest(id: string, scope: RestScope, cooldown: Cooldown): void {
    this.#rest(id, restName(scope), cooldown, false);
  }

  /**
   * Takes over a rest that another isolate found, or the store keeps.
   * @param model As in the store: a model's name, or `EVERY_MODEL`.
   */
  cool(id: string, model: string, untilMs: number, reason: string): void {
    this.#rest(id, model, { untilMs, reason }, true);
  }

  #rest(id: string, model: string, cooldown: Cooldown, isHeard: boolean): void {
    const { untilMs, reason, isGuess = false } = cooldown;
    const key = this.#entries.get(id)?.key;
    if (key === undefined || !Number.isFinite(untilMs)) return;
    if ((key.cooldowns.get(model)?.untilMs ?? 0) >= untilMs) return;
    key.cooldowns = new Map(key.cooldowns).set(model, cooldown);
    if (isGuess || !isOfTheDomain(reason)) return;
    if (model !== EVERY_MODEL) {
      const isHeardQuota = isHeard && reason === "rate_limit_minute";
      this.#models.get(model)?.rest(domainOf(key), untilMs, isHeardQuota);
    } else if (key.quotaDomain !== null) {
      for (const { key: sibling } of this.#entries.values()) {
        if (sibling.quotaDomain === key.quotaDomain) restEverywhere(sibling, untilMs, reason);
      }
    }
  }

  block(id: string): void {
    const key = this.#entries.get(id)?.key;
    if (key?.status === "active") key.status = "blocked";
  }

  /** Leaves a key out until it is sealed anew: its text cannot be had here. */
  noteUnopenable(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.opens = false;
  }

  /** Takes back a block. */
  unblock(id: string): void {
    const key = this.#entries.get(id)?.key;
    // A key that a person disabled meanwhile stays so.
    if (key?.status !== "blocked") return;
    key.status = "active";
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

  /** Whether some key of the provider answered since a moment. */
  hasAnsweredSince(sinceMs: number): boolean {
    return this.#answeredMs > sinceMs;
  }

  /** Notes a success: it ends a row of unexplained refusals, and a rest's trial, and may bring readings of the quota. */
  succeed(
    model: string | null,
    lease: Lease,
    readings: readonly QuotaReading[],
    nowMs: number,
  ): void {
    if (!settle(lease)) return;
    const { entry } = lease;
    this.#brokenMs = nowMs - (this.#accusedSinceMs ?? nowMs);
    this.#accusedSinceMs = null;
    this.#answeredMs = nowMs;
    this.#proven[this.#answers % PROVEN] = entry;
    this.#answers += 1;
    if (entry.trouble !== null) {
      entry.trouble = null;
      for (const each of this.#models.values()) each.keys.rescheduleKey(entry.key.id, nowMs);
    }
    if (this.#breaker.answered()) this.#release();
    this.#models.get(model ?? NO_MODEL)?.succeed(lease, readings, nowMs);
  }

  /** The incident under way, while all keys are refused alike; null while all is well. */
  get incident(): Incident | null {
    return this.#breaker.incident;
  }

  /** Whether a caller's request may be sent while an incident is under way. */
  mayTry(tokenId: string, nowMs: number): boolean {
    return this.#breaker.mayTry(tokenId, nowMs);
  }

  /** Whether a failure that no key cures was met a moment ago. */
  isIncurable(model: string | null, rule: string, nowMs: number): boolean {
    const known = this.#incurable.get(model ?? NO_MODEL);
    return known !== undefined && known.rule === rule && nowMs < known.untilMs;
  }

  noteIncurable(model: string | null, rule: string, nowMs: number): void {
    if (this.#incurable.size >= MAX_MODELS) this.#incurable.clear();
    this.#incurable.set(model ?? NO_MODEL, { rule, untilMs: nowMs + INCURABLE_MS });
  }

  /** Whether a key ever answered for a model in this isolate. */
  hasAnswered(model: string | null): boolean {
    return this.#models.get(model ?? NO_MODEL)?.hasAnswered ?? false;
  }

  /**
   * Notes a refusal in words that condemn the key. It comes last from now on; nothing else is done to it, until
   * a second witness is heard.
   * @returns What is to be done to it now: it refused another caller's unlike request before, and other keys
   * have answered meanwhile.
   */
  accuse(
    model: string | null,
    lease: Lease,
    accusation: Accusation,
    nowMs: number,
  ): Sentence | null {
    const { entry } = lease;
    const before = entry.trouble?.suspicion ?? null;
    const isSecondWitness =
      before?.mayConvict === true &&
      accusation.mayConvict &&
      before.tokenId !== accusation.tokenId &&
      before.request !== accusation.request &&
      this.#answeredMs > before.sinceMs;
    if (isSecondWitness) return accusation.sentence;
    this.#accusedSinceMs ??= nowMs;
    entry.trouble ??= new KeyTrouble();
    const leastMs = this.#breaker.incident === null ? 0 : INCIDENT_ASIDE_MS;
    entry.trouble.accused(accusation, leastMs, nowMs);
    this.#models.get(model ?? NO_MODEL)?.keys.demote(lease, nowMs);
    const { rule, tokenId } = accusation;
    const isLast = () => !this.#model(model).keys.schedulerAt(nowMs).hasUnsuspected;
    this.#breaker.refused(entry.key.id, rule, tokenId, isLast, nowMs);
    return null;
  }

  /**
   * A key has answered a request that others had refused in words that condemn them.
   * @param ids Of those.
   * @returns What is to be done to them: their words are true, unless the way may have been broken when they
   * were said, and then they are asked once more.
   */
  convict(ids: readonly string[]): readonly Sentence[] {
    const wasWorking = this.#brokenMs < BROKEN_MS;
    return ids.flatMap((id) => {
      const trouble = this.#entries.get(id)?.trouble ?? null;
      trouble?.servedByOther();
      const suspicion = trouble?.suspicion ?? null;
      if (suspicion === null || !suspicion.mayConvict) return [];
      return wasWorking || suspicion.servedByOthers >= 2 ? [suspicion.sentence] : [];
    });
  }

  /**
   * Whether a suspect should be put to the provider's free call now. Only in pools without a breaker: in others
   * there are keys enough to bear witness, and a fault of the provider's would condemn one after the other.
   */
  takeCheck(keyId: string, nowMs: number): boolean {
    const trouble = this.#entries.get(keyId)?.trouble ?? null;
    if (trouble?.suspicion == null || this.#entries.size >= ALIKE) return false;
    if (nowMs < this.#checkedMs + CHECK_GAP_MS || nowMs < trouble.checkedMs + KEY_CHECK_GAP_MS) {
      return false;
    }
    this.#checkedMs = nowMs;
    trouble.checkedMs = nowMs;
    return true;
  }

  /** The free call refuses the suspect too. Null if a success has cleared it meanwhile. */
  convictChecked(keyId: string): Sentence | null {
    return this.#entries.get(keyId)?.trouble?.suspicion?.sentence ?? null;
  }

  /** Carries out a sentence here. */
  carryOut({ keyId, effect }: Sentence): void {
    const entry = this.#entries.get(keyId);
    if (entry === undefined) return;
    entry.trouble = null;
    if (effect.kind === "block") this.block(keyId);
    else this.rest(keyId, effect.scope, effect.cooldown);
  }

  /**
   * Notes that a key failed through nobody's fault: a broken connection, an error of the server's.
   * @param toldMs When it told to come back: epoch milliseconds; null where it did not.
   */
  fail(model: string | null, lease: Lease, toldMs: number | null, nowMs: number): void {
    const { entry } = lease;
    entry.trouble ??= new KeyTrouble();
    const othersAnswer = this.#answeredMs > entry.trouble.failingSinceMs;
    entry.trouble.failed(toldMs, othersAnswer, nowMs);
    this.#models.get(model ?? NO_MODEL)?.keys.demote(lease, nowMs);
  }

  /** Notes that a key was silent for longer than the model usually takes, and another was asked. */
  noteSilence(model: string | null, lease: Lease, nowMs: number): void {
    lease.entry.trouble ??= new KeyTrouble();
    lease.entry.trouble.wasSilent(nowMs);
    this.#models.get(model ?? NO_MODEL)?.keys.demote(lease, nowMs);
  }

  /** Whether a key that is not in `tried` and in no trouble could serve a model now. */
  hasReady(model: string | null, tried: ReadonlySet<string>, nowMs: number): boolean {
    return this.#model(model)
      .groups(nowMs)
      .some(
        (group) =>
          group.roomAtMs(1, nowMs) <= nowMs && group.canServe(model ?? NO_MODEL, tried, nowMs),
      );
  }

  /** An incident is over: everybody may serve again at once. */
  #release(): void {
    for (const { trouble } of this.#entries.values()) trouble?.release();
    this.#rebuild();
  }

  *#provenEntries(): Generator<PoolEntry, void> {
    const { length } = this.#proven;
    // Not always the same first: those asked at once would all fall on one key.
    this.#provenFrom += 1;
    for (let step = 0; step < length; step += 1) {
      const entry = this.#proven[(this.#provenFrom + step) % length];
      if (entry?.present === true) yield entry;
    }
  }

  /** Notes an answer that says nothing about quota, or that there was none. */
  drop(model: string | null, lease: Lease, nowMs: number): void {
    if (settle(lease)) this.#models.get(model ?? NO_MODEL)?.drop(lease, nowMs);
  }

  /**
   * Learns from a refusal for lack of quota, unless the lease was settled. Resting the key is the caller's:
   * see `cool`.
   * @param rest As the answer says.
   */
  refuse(
    model: string | null,
    lease: Lease,
    refusal: QuotaRefusal,
    rest: RefusedRest,
    nowMs: number,
  ): Lesson {
    if (!settle(lease)) {
      const { untilMs, isGuess } = rest;
      return { untilMs, isGuess, unexplained: 0, unexplainedSinceMs: nowMs, isExpected: true };
    }
    return this.#model(model).refuse(lease, refusal, rest, nowMs);
  }

  #noteUse({ entry }: Lease): void {
    this.#picks += 1;
    entry.lastPick = this.#picks;
  }

  #rebuild(): void {
    for (const model of this.#models.values()) model.keys.rebuild();
  }

  #model(name: string | null): ModelPool {
    const model = name ?? NO_MODEL;
    let known = this.#models.get(model);
    if (known === undefined) {
      this.#makeRoom();
      known = new ModelPool({
        model,
        groups: () => groupsOf(this.#entries.values(), name),
        prepare: (limiter, domain, nowMs) =>
          this.#book.prepare(limiter, model, domain, this.get(domain)?.limits ?? null, nowMs),
        answeredMs: () => this.#answeredMs,
        proven: () => this.#provenEntries(),
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

/** Whether the lease's outcome is yet to be accounted for. From now on it is. */
function settle(lease: Lease): boolean {
  if (lease.isSettled) return false;
  lease.isSettled = true;
  return true;
}

function restEverywhere(key: PoolKey, untilMs: number, reason: string): void {
  const known = key.cooldowns.get(EVERY_MODEL)?.untilMs ?? 0;
  if (known >= untilMs) return;
  key.cooldowns = new Map(key.cooldowns).set(EVERY_MODEL, { untilMs, reason });
}

/**
 * The quota of all keys for one model, and who gets it: now, in a while, or not within its patience.
 * @module
 */
import type { QuotaReading } from "../../providers/read-limits";
import type { QuotaRefusal } from "../../providers/types";
import { LimitProbe } from "../learn/limit-probe";
import { SharedLimitPrior } from "../learn/shared-limit-prior";
import { type Lesson, RateLimiter, type RefusedRest } from "../limits/rate-limiter";
import type { Ask, Lease, PickResult } from "../pick-result";
import { FairQueue } from "../share/fair-queue";
import { FairShare } from "../share/fair-share";
import { GroupRate } from "../share/group-rate";
import { type Claim, isOfTheDomain } from "../types";
import { Affinity, rendezvous } from "./affinity";
import type { Choice, Group, PoolEntry } from "./group";
import { ModelScheduler, type Outlook } from "./model-scheduler";

/** Requests that may wait at once. */
const MAX_WAITING = 2_000;
/** Nobody asks again sooner than this. */
const LEAST_WAIT_MS = 5;
/** Nobody who waits stays away for longer than this, since others may leave and keys may recover. */
const LONGEST_WAIT_MS = 1_000;
/** Waits shorter than this are no reason to try the limits. */
const PATIENCE_MS = 2_000;

export interface ModelPoolOptions {
  readonly model: string;
  /** The groups of all keys that may serve the model, the one to use first in front. */
  groups(): readonly Group[];
  /** Called with a new limiter, and when they changed, to give it the limits that people set. */
  prepare(limiter: RateLimiter, domain: string, nowMs: number): void;
  /** Whether a domain needs its limiter before its first request here. */
  isCounted(domain: string): boolean;
  /** When a key of the pool answered last: epoch milliseconds. */
  answeredMs(): number;
  /** Keys that answered lately, the newest first. */
  proven(): Iterable<PoolEntry>;
  /** The place of a key in this model's groups is looked up by its domain. */
  domainOf(keyId: string): string | null;
}

export class ModelPool {
  readonly #options: ModelPoolOptions;
  readonly #limiters = new Map<string, RateLimiter>();
  /** Domains whose limiters have old limits. */
  readonly #stale = new Set<string>();
  readonly #prior = new SharedLimitPrior();
  readonly #limitProbe = new LimitProbe<Group>();
  readonly #line = new FairQueue();
  readonly #share = new FairShare();
  readonly #rate = new GroupRate();
  readonly #affinity = new Affinity();
  /** Requests sent by all groups. */
  #taken = 0;
  #scheduler: ModelScheduler | null = null;
  #groups: ReadonlyMap<string, Group> | null = null;
  /** When it was asked last. */
  usedMs = 0;

  constructor(options: ModelPoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#scheduler?.groups.length ?? 0;
  }

  /** Whether requests wait here. */
  get isBusy(): boolean {
    return this.#line.size > 0;
  }

  /** Forgets the order of the keys, not what is known of them. */
  rebuild(): void {
    this.#scheduler = null;
    this.#groups = null;
  }

  /** The turn of a request: asked first when it comes, and again whenever it was told to. */
  ask(ask: Ask, nowMs: number): PickResult {
    this.usedMs = nowMs;
    if (!ask.isCounted) {
      ask.isCounted = true;
      this.#share.want(ask.claim, nowMs);
    }
    const scheduler = this.#schedulerAt(nowMs);
    const ahead = this.#line.size === 0 ? 0 : this.#line.ahead(ask.claim, ask.waiter, nowMs);
    const shareAtMs = this.#shareAtMs(ask.claim, nowMs);
    const isNext = ahead === 0 || ahead < scheduler.readyGroups;
    const mayGo = isNext && shareAtMs <= nowMs;
    const first = mayGo ? this.#choose(scheduler, ask, nowMs) : null;
    if (first !== null) return { kind: "granted", lease: this.#take(scheduler, first, ask, nowMs) };
    const outlook = scheduler.outlook(nowMs);
    if (mayGo && outlook.kind === "ready") {
      // Looking ahead may have found one awake that was thought to sleep.
      const second = this.#choose(scheduler, ask, nowMs);
      if (second !== null)
        return { kind: "granted", lease: this.#take(scheduler, second, ask, nowMs) };
    }
    const isOut = outlook.kind === "empty" || (outlook.kind === "ready" && mayGo);
    if (isOut) {
      const last = scheduler.pickReserve(ask.tokens, nowMs, ask.tried);
      if (last !== null) return { kind: "granted", lease: this.#take(scheduler, last, ask, nowMs) };
      this.leave(ask);
      return { kind: "unavailable", outlook };
    }
    const firstMs = outlook.kind === "cooling" ? outlook.wakeMs : nowMs;
    const slotMs = scheduler.slotTimeMs(ahead, firstMs, nowMs);
    const turnMs = Math.max(slotMs.atLatest, shareAtMs);
    const isHopeless =
      shareAtMs > ask.patientUntilMs ||
      scheduler.slotsUntil(ask.patientUntilMs, ahead + 1, nowMs) <= ahead ||
      firstMs > ask.patientUntilMs;
    if (mayGo && (isHopeless || turnMs - nowMs > PATIENCE_MS)) {
      const probe = this.#probe(scheduler, ask, nowMs);
      if (probe !== null) return { kind: "granted", lease: probe };
    }
    if (mayGo && isHopeless) {
      // Neither a guess nor a suspicion refuses anybody.
      const probe =
        scheduler.pickReserve(ask.tokens, nowMs, ask.tried) ??
        scheduler.pickHeldByGuess(ask.tokens, nowMs, ask.tried);
      if (probe !== null)
        return { kind: "granted", lease: this.#take(scheduler, probe, ask, nowMs) };
    }
    if (isHopeless || (ask.waiter === null && this.#line.size >= MAX_WAITING)) {
      this.leave(ask);
      return { kind: "exhausted", retryAtMs: Math.max(turnMs, nowMs + LEAST_WAIT_MS) };
    }
    return { kind: "wait", untilMs: this.#wait(ask, Math.max(slotMs.atSoonest, shareAtMs), nowMs) };
  }

  /** The request waits no longer. */
  leave(ask: Ask): void {
    if (ask.waiter === null) return;
    this.#line.leave(ask.waiter, false);
    ask.waiter = null;
  }

  succeed(lease: Lease, readings: readonly QuotaReading[], nowMs: number): void {
    this.hasAnswered = true;
    const { limiter } = lease.group;
    if (limiter === null) return;
    if (limiter.succeed(lease.sent, readings)) this.#reschedule(lease, nowMs);
    if (!lease.sent.isProbe) return;
    const cameThrough = this.#limitProbe.succeeded(limiter.learned.windowMs, nowMs);
    if (limiter.learned.exceeded(cameThrough, nowMs)) {
      this.#limitProbe.end();
      this.rebuild();
    }
  }

  /** Notes an answer that says nothing about quota, or none. */
  drop(lease: Lease, nowMs: number): void {
    if (lease.sent.isProbe) this.#limitProbe.back();
    if (lease.group.limiter?.succeed(lease.sent, []) === true) this.#reschedule(lease, nowMs);
  }

  refuse(lease: Lease, refusal: QuotaRefusal, rest: RefusedRest, nowMs: number): Lesson {
    if (lease.sent.isProbe) this.#limitProbe.failed(nowMs);
    this.#rate.forget();
    const before = this.#prior.state.limit;
    const lesson = this.#limiterOf(lease.group, nowMs).refuse(lease.sent, refusal, rest, nowMs);
    // What was learned of one may wake others sooner.
    if (before !== null && (this.#prior.state.limit ?? 0) > before) this.rebuild();
    return lesson;
  }

  /** Rests a domain. @param isHeard Whether somebody else found it without a short quota. */
  rest(domain: string, untilMs: number, isHeard: boolean): void {
    const limiter = this.#limiters.get(domain);
    if (isHeard) limiter?.hear(untilMs);
    else limiter?.rest(untilMs);
  }

  /** Forgets what was told and learned of a domain; what people set holds. */
  forget(domain: string): void {
    this.#limiters.get(domain)?.forget();
    this.#rate.forget();
    this.rebuild();
  }

  wake(domain: string): void {
    this.#limiters.get(domain)?.wake();
  }

  /** Limits that people set have changed, for all domains or for one. */
  limitsChanged(domain?: string): void {
    for (const name of domain === undefined ? this.#limiters.keys() : [domain])
      this.#stale.add(name);
    this.#rate.forget();
    this.rebuild();
  }

  /**
   * A certain key, though it may rest: the request continues what was begun with it. What people set holds
   * all the same, and is waited for. Null where the key does not serve this model.
   */
  pin(keyId: string, ask: Ask, nowMs: number): PickResult | null {
    const scheduler = this.#schedulerAt(nowMs);
    const group = this.#groupOf(keyId, scheduler);
    const entry = group?.entries.find(({ key }) => key.id === keyId);
    if (group === undefined || entry === undefined) return null;
    const allowedMs = this.#limiterOf(group, nowMs).allowedMs(ask.tokens, nowMs);
    if (allowedMs <= nowMs)
      return { kind: "granted", lease: this.#take(scheduler, { group, entry }, ask, nowMs) };
    if (allowedMs > ask.patientUntilMs || this.#line.size >= MAX_WAITING)
      return { kind: "exhausted", retryAtMs: allowedMs };
    return { kind: "wait", untilMs: Math.min(allowedMs, nowMs + LONGEST_WAIT_MS) };
  }

  /** The key that serves a conversation here; null where none is remembered. */
  homeOf(conversation: string): string | null {
    return this.#affinity.keyOf(conversation);
  }

  /** A conversation goes on with this key from now on. */
  moveHome(conversation: string, keyId: string): void {
    this.#affinity.note(conversation, keyId);
  }

  /** Whether a conversation would be served elsewhere now than by the keys of its home's quota domain. */
  leavesHome(keyId: string, { tokens }: Ask, nowMs: number): boolean {
    const scheduler = this.#schedulerAt(nowMs);
    const group = this.#groupOf(keyId, scheduler);
    if (group === undefined) return false;
    return (
      group.priority > scheduler.highestPriority ||
      Math.max(group.readyAtMs(this.#options.model, nowMs), group.roomAtMs(tokens, nowMs)) > nowMs
    );
  }

  /**
   * A key of a certain one's quota domain, which is waited for within the request's patience. Null where none
   * will be there in time.
   */
  askHome(keyId: string, ask: Ask, nowMs: number): PickResult | null {
    const scheduler = this.#schedulerAt(nowMs);
    const group = this.#groupOf(keyId, scheduler);
    if (group === undefined) return null;
    const choice = scheduler.pickFrom(group, keyId, ask.tokens, nowMs, ask.tried);
    if (choice !== null)
      return { kind: "granted", lease: this.#take(scheduler, choice, ask, nowMs) };
    const readyMs = group.readyAtMs(this.#options.model, nowMs);
    const wakeMs = Math.max(readyMs, group.roomAtMs(ask.tokens, nowMs));
    if (readyMs < 0 || wakeMs <= nowMs || wakeMs > ask.patientUntilMs) return null;
    return { kind: "wait", untilMs: Math.min(wakeMs, nowMs + LONGEST_WAIT_MS) };
  }

  /** Whether no key is left for this model that was not accused. */
  isOutOfUnsuspected(nowMs: number): boolean {
    return !this.#schedulerAt(nowMs).hasUnsuspected;
  }

  /** Whether some key ever answered for this model here. */
  hasAnswered = false;

  /** A key got into trouble. */
  demote({ group, scheduler }: Lease, nowMs: number): void {
    if (scheduler === this.#scheduler) scheduler.demote(group, nowMs);
  }

  /** A key is out of trouble, or its trouble may be looked at anew. */
  rescheduleKey(keyId: string, nowMs: number): void {
    const scheduler = this.#scheduler;
    const group = scheduler === null ? undefined : this.#groupOf(keyId, scheduler);
    if (scheduler !== null && group?.isAside === true) scheduler.reschedule(group, nowMs);
  }

  /** Its keys, with what is known of them. */
  groups(nowMs: number): readonly Group[] {
    return this.#schedulerAt(nowMs).groups;
  }

  outlook(nowMs: number): Outlook {
    return this.#schedulerAt(nowMs).outlook(nowMs);
  }

  #reschedule({ group, scheduler }: Lease, nowMs: number): void {
    // A group of a scheduler that was built anew stands there under another object.
    if (scheduler === this.#scheduler) scheduler.reschedule(group, nowMs);
  }

  /** The key that answered last of those that may serve, whatever its turn; null if there is none. */
  askProven(ask: Ask, nowMs: number): Lease | null {
    const scheduler = this.#schedulerAt(nowMs);
    const choice = this.#pickProven(scheduler, ask, nowMs, true);
    return choice === null ? null : this.#take(scheduler, choice, ask, nowMs);
  }

  /** The key that answered last of those that may serve, of the best priority. */
  #pickProven(
    scheduler: ModelScheduler,
    { tokens, tried }: Ask,
    nowMs: number,
    takesTroubled = false,
  ): Choice | null {
    let best: Choice | null = null;
    for (const entry of this.#options.proven()) {
      const { key, trouble } = entry;
      if (tried.has(key.id) || (trouble?.suspicion ?? null) !== null) continue;
      const group = this.#groupOf(key.id, scheduler);
      if (group === undefined || (best !== null && group.priority >= best.group.priority)) continue;
      if (group.roomAtMs(tokens, nowMs) > nowMs) continue;
      const { model } = this.#options;
      if (group.usableEntry(model, nowMs, tried, key.id, takesTroubled) !== entry) continue;
      best = { group, entry };
    }
    return best;
  }

  #choose(scheduler: ModelScheduler, ask: Ask, nowMs: number): Choice | null {
    const { tokens, tried } = ask;
    if (ask.prefersProven) {
      const proven = this.#pickProven(scheduler, ask, nowMs);
      if (proven !== null) return proven;
    }
    const conversation = scheduler.groups.length < 2 ? null : ask.conversation;
    if (conversation === null) return scheduler.pick(tokens, nowMs, tried);
    const { name, isContinued } = conversation;
    const knownId = isContinued ? this.#affinity.keyOf(name) : null;
    const known = knownId === null ? undefined : this.#groupOf(knownId, scheduler);
    const home =
      known ??
      (isContinued
        ? rendezvous(name, scheduler.ring, this.#taken / scheduler.groups.length)
        : null);
    // A cache is no reason to use a reserve key while a better one is ready.
    const better =
      home === null || home.priority <= scheduler.highestPriority
        ? null
        : scheduler.pick(tokens, nowMs, tried, home.priority);
    const choice =
      better ??
      (home === null ? null : scheduler.pickFrom(home, knownId, tokens, nowMs, tried)) ??
      scheduler.pick(tokens, nowMs, tried);
    if (choice === null) return null;
    if (!isContinued) scheduler.begun(choice.group);
    // Away from home only for as long as its key has to rest.
    if (known === undefined || better !== null) this.#affinity.note(name, choice.entry.key.id);
    return choice;
  }

  #probe(scheduler: ModelScheduler, ask: Ask, nowMs: number): Lease | null {
    if (!this.#limitProbe.isDue(nowMs)) return null;
    const choice = scheduler.pickForProbe(this.#limitProbe.domain, ask.tokens, nowMs, ask.tried);
    if (choice === null) return null;
    this.#limitProbe.started(choice.group, nowMs);
    return this.#take(scheduler, choice, ask, nowMs, true);
  }

  #take(
    scheduler: ModelScheduler,
    { group, entry }: Choice,
    ask: Ask,
    nowMs: number,
    isProbe = false,
  ): Lease {
    if (ask.waiter !== null) this.#line.leave(ask.waiter, true);
    ask.waiter = null;
    this.#taken += 1;
    this.#share.served(ask.claim, nowMs);
    const sent = this.#limiterOf(group, nowMs).take(ask.tokens, nowMs, isProbe);
    return { key: entry.key, entry, sent, group, scheduler, isSettled: false };
  }

  #wait(ask: Ask, turnMs: number, nowMs: number): number {
    const untilMs = Math.min(
      Math.max(turnMs, nowMs + LEAST_WAIT_MS),
      nowMs + LONGEST_WAIT_MS,
      Math.max(ask.patientUntilMs, nowMs + LEAST_WAIT_MS),
    );
    if (ask.waiter === null) {
      ask.waiter = { claim: ask.claim, dueMs: untilMs };
      this.#line.enter(ask.waiter);
    }
    ask.waiter.dueMs = untilMs;
    return untilMs;
  }

  /** When its fair share allows this claim one more; 0 where there is enough for all, or nobody knows how much there is. */
  #shareAtMs(claim: Claim, nowMs: number): number {
    if (!this.#share.hasRivals) return 0;
    const perMs = this.#rate.perMs(this.#schedulerAt(nowMs).groups, this.#prior.state, nowMs);
    if (perMs === null || !this.#share.isContended(perMs, nowMs)) return 0;
    return this.#share.readyAtMs(claim, perMs, nowMs);
  }

  #schedulerAt(nowMs: number): ModelScheduler {
    if (this.#scheduler === null) {
      for (const domain of this.#stale) {
        const limiter = this.#limiters.get(domain);
        if (limiter !== undefined) this.#options.prepare(limiter, domain, nowMs);
      }
      this.#stale.clear();
      const groups = this.#options.groups();
      for (const group of groups) {
        // Groups of one domain have one limiter, which must not be made by the first that is used.
        group.limiter = group.isShared
          ? this.#sharedLimiter(group, nowMs)
          : this.#options.isCounted(group.id)
            ? this.#limiterOfDomain(group.id, nowMs)
            : (this.#limiters.get(group.id) ?? null);
      }
      this.#scheduler = new ModelScheduler(
        this.#options.model,
        groups,
        nowMs,
        this.#options.answeredMs,
      );
    }
    return this.#scheduler;
  }

  /** The limiter of a domain with a name, resting as long as any of its keys. */
  #sharedLimiter({ id: domain, entries }: Group, nowMs: number): RateLimiter {
    const limiter = this.#limiterOfDomain(domain, nowMs);
    for (const { key } of entries) {
      const cooldown = key.cooldowns.get(this.#options.model);
      if (cooldown !== undefined && isOfTheDomain(cooldown.reason)) limiter.rest(cooldown.untilMs);
    }
    return limiter;
  }

  #groupOf(keyId: string, scheduler: ModelScheduler): Group | undefined {
    const domain = this.#options.domainOf(keyId);
    if (domain === null) return undefined;
    this.#groups ??= new Map(scheduler.groups.map((group) => [group.id, group]));
    return this.#groups.get(domain);
  }

  #limiterOf(group: Group, nowMs: number): RateLimiter {
    group.limiter ??= this.#limiterOfDomain(group.id, nowMs);
    return group.limiter;
  }

  #limiterOfDomain(domain: string, nowMs: number): RateLimiter {
    let limiter = this.#limiters.get(domain);
    if (limiter === undefined) {
      limiter = new RateLimiter(this.#prior);
      this.#options.prepare(limiter, domain, nowMs);
      this.#limiters.set(domain, limiter);
    }
    return limiter;
  }
}

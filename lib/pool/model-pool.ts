/**
 * The quota of all keys for one model, and who gets it: now, in a while, or not within its patience.
 * @module
 */
import type { QuotaReading } from "../providers/read-limits";
import type { QuotaRefusal } from "../providers/types";
import { Affinity, rendezvous } from "./affinity";
import { FairShare } from "./fair-share";
import type { Choice, Group, PoolEntry } from "./group";
import { GroupRate } from "./group-rate";
import { Habits } from "./habits";
import { Lane, type Outlook } from "./lane";
import { type Lesson, Pace, type RefusedRest } from "./pace";
import { Scouting } from "./scouting";
import type { Ask, Lease, Turn } from "./turn";
import { type Claim, isOfTheDomain } from "./types";
import { WaitingLine } from "./waiting-line";

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
  /** Called with a new pace, and when they changed, to give it the limits that people set. */
  prepare(pace: Pace, domain: string, nowMs: number): void;
  /** Whether a domain needs its pace before its first request here. */
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
  readonly #paces = new Map<string, Pace>();
  /** Domains whose paces have old limits. */
  readonly #stale = new Set<string>();
  readonly #habits = new Habits();
  readonly #scouting = new Scouting<Group>();
  readonly #line = new WaitingLine();
  readonly #share = new FairShare();
  readonly #rate = new GroupRate();
  readonly #affinity = new Affinity();
  /** Requests sent by all groups. */
  #taken = 0;
  #lane: Lane | null = null;
  #groups: ReadonlyMap<string, Group> | null = null;
  /** When it was asked last. */
  usedMs = 0;

  constructor(options: ModelPoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#lane?.groups.length ?? 0;
  }

  /** Whether requests wait here. */
  get isBusy(): boolean {
    return this.#line.size > 0;
  }

  /** Forgets the order of the keys, not what is known of them. */
  rebuild(): void {
    this.#lane = null;
    this.#groups = null;
  }

  /** The turn of a request: asked first when it comes, and again whenever it was told to. */
  ask(ask: Ask, nowMs: number): Turn {
    this.usedMs = nowMs;
    if (!ask.isCounted) {
      ask.isCounted = true;
      this.#share.want(ask.claim, nowMs);
    }
    const lane = this.#laneAt(nowMs);
    const ahead = this.#line.size === 0 ? 0 : this.#line.ahead(ask.claim, ask.waiter, nowMs);
    const shareAtMs = this.#shareAtMs(ask.claim, nowMs);
    const isNext = ahead === 0 || ahead < lane.readyGroups;
    const mayGo = isNext && shareAtMs <= nowMs;
    const first = mayGo ? this.#choose(lane, ask, nowMs) : null;
    if (first !== null) return { kind: "go", lease: this.#take(lane, first, ask, nowMs) };
    const outlook = lane.outlook(nowMs);
    if (mayGo && outlook.kind === "ready") {
      // Looking ahead may have found one awake that was thought to sleep.
      const second = this.#choose(lane, ask, nowMs);
      if (second !== null) return { kind: "go", lease: this.#take(lane, second, ask, nowMs) };
    }
    const isOut = outlook.kind === "empty" || (outlook.kind === "ready" && mayGo);
    if (isOut) {
      const last = lane.pickReserve(ask.tokens, nowMs, ask.tried);
      if (last !== null) return { kind: "go", lease: this.#take(lane, last, ask, nowMs) };
      this.leave(ask);
      return { kind: "none", outlook };
    }
    const firstMs = outlook.kind === "cooling" ? outlook.wakeMs : nowMs;
    const slotMs = lane.slotTimeMs(ahead, firstMs, nowMs);
    const turnMs = Math.max(slotMs.atLatest, shareAtMs);
    const isHopeless =
      shareAtMs > ask.patientUntilMs ||
      lane.slotsUntil(ask.patientUntilMs, ahead + 1, nowMs) <= ahead ||
      firstMs > ask.patientUntilMs;
    if (mayGo && (isHopeless || turnMs - nowMs > PATIENCE_MS)) {
      const scout = this.#scout(lane, ask, nowMs);
      if (scout !== null) return { kind: "go", lease: scout };
    }
    if (mayGo && isHopeless) {
      // Neither a guess nor a suspicion refuses anybody.
      const probe =
        lane.pickReserve(ask.tokens, nowMs, ask.tried) ??
        lane.pickProbe(ask.tokens, nowMs, ask.tried);
      if (probe !== null) return { kind: "go", lease: this.#take(lane, probe, ask, nowMs) };
    }
    if (isHopeless || (ask.waiter === null && this.#line.size >= MAX_WAITING)) {
      this.leave(ask);
      return { kind: "full", retryAtMs: Math.max(turnMs, nowMs + LEAST_WAIT_MS) };
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
    const { pace } = lease.group;
    if (pace === null) return;
    if (pace.succeed(lease.sent, readings)) this.#rouse(lease, nowMs);
    if (!lease.sent.isScout) return;
    const cameThrough = this.#scouting.succeeded(pace.experience.windowMs, nowMs);
    if (pace.experience.exceeded(cameThrough, nowMs)) {
      this.#scouting.end();
      this.rebuild();
    }
  }

  /** Notes an answer that says nothing about quota, or none. */
  drop(lease: Lease, nowMs: number): void {
    if (lease.sent.isScout) this.#scouting.back();
    if (lease.group.pace?.succeed(lease.sent, []) === true) this.#rouse(lease, nowMs);
  }

  refuse(lease: Lease, refusal: QuotaRefusal, rest: RefusedRest, nowMs: number): Lesson {
    if (lease.sent.isScout) this.#scouting.failed(nowMs);
    this.#rate.forget();
    const before = this.#habits.limit;
    const lesson = this.#paceOf(lease.group, nowMs).refuse(lease.sent, refusal, rest, nowMs);
    // What was learned of one may wake others sooner.
    if (before !== null && (this.#habits.limit ?? 0) > before) this.rebuild();
    return lesson;
  }

  /** Rests a domain. @param isHeard Whether somebody else found it without a short quota. */
  rest(domain: string, untilMs: number, isHeard: boolean): void {
    const pace = this.#paces.get(domain);
    if (isHeard) pace?.hear(untilMs);
    else pace?.rest(untilMs);
  }

  /** Forgets what was told and learned of a domain; what people set holds. */
  forget(domain: string): void {
    this.#paces.get(domain)?.forget();
    this.#rate.forget();
    this.rebuild();
  }

  wake(domain: string): void {
    this.#paces.get(domain)?.wake();
  }

  /** Limits that people set have changed, for all domains or for one. */
  limitsChanged(domain?: string): void {
    for (const name of domain === undefined ? this.#paces.keys() : [domain]) this.#stale.add(name);
    this.#rate.forget();
    this.rebuild();
  }

  /**
   * A certain key, though it may rest: the request continues what was begun with it. What people set holds
   * all the same, and is waited for. Null where the key does not serve this model.
   */
  demand(keyId: string, ask: Ask, nowMs: number): Turn | null {
    const lane = this.#laneAt(nowMs);
    const group = this.#groupOf(keyId, lane);
    const entry = group?.entries.find(({ key }) => key.id === keyId);
    if (group === undefined || entry === undefined) return null;
    const allowedMs = this.#paceOf(group, nowMs).allowedAtMs(ask.tokens, nowMs);
    if (allowedMs <= nowMs)
      return { kind: "go", lease: this.#take(lane, { group, entry }, ask, nowMs) };
    if (allowedMs > ask.patientUntilMs || this.#line.size >= MAX_WAITING)
      return { kind: "full", retryAtMs: allowedMs };
    return { kind: "wait", untilMs: Math.min(allowedMs, nowMs + LONGEST_WAIT_MS) };
  }

  /** Whether no key is left for this model that was not accused. */
  isOutOfUnsuspected(nowMs: number): boolean {
    return !this.#laneAt(nowMs).hasUnsuspected;
  }

  /** Whether some key ever answered for this model here. */
  hasAnswered = false;

  /** A key got into trouble. */
  demote({ group, lane }: Lease, nowMs: number): void {
    if (lane === this.#lane) lane.demote(group, nowMs);
  }

  /** A key is out of trouble, or its trouble may be looked at anew. */
  rouseKey(keyId: string, nowMs: number): void {
    const lane = this.#lane;
    const group = lane === null ? undefined : this.#groupOf(keyId, lane);
    if (lane !== null && group?.isAside === true) lane.rouse(group, nowMs);
  }

  /** Its keys, with what is known of them. */
  groups(nowMs: number): readonly Group[] {
    return this.#laneAt(nowMs).groups;
  }

  outlook(nowMs: number): Outlook {
    return this.#laneAt(nowMs).outlook(nowMs);
  }

  #rouse({ group, lane }: Lease, nowMs: number): void {
    // A group of a lane that was built anew stands there under another object.
    if (lane === this.#lane) lane.rouse(group, nowMs);
  }

  /** The key that answered last of those that may serve, whatever its turn; null if there is none. */
  askProven(ask: Ask, nowMs: number): Lease | null {
    const lane = this.#laneAt(nowMs);
    const choice = this.#pickProven(lane, ask, nowMs, true);
    return choice === null ? null : this.#take(lane, choice, ask, nowMs);
  }

  /** The key that answered last of those that may serve, of the best priority. */
  #pickProven(
    lane: Lane,
    { tokens, tried }: Ask,
    nowMs: number,
    takesTroubled = false,
  ): Choice | null {
    let best: Choice | null = null;
    for (const entry of this.#options.proven()) {
      const { key, trouble } = entry;
      if (tried.has(key.id) || (trouble?.suspicion ?? null) !== null) continue;
      const group = this.#groupOf(key.id, lane);
      if (group === undefined || (best !== null && group.priority >= best.group.priority)) continue;
      if (group.roomAtMs(tokens, nowMs) > nowMs) continue;
      const { model } = this.#options;
      if (group.usableEntry(model, nowMs, tried, key.id, takesTroubled) !== entry) continue;
      best = { group, entry };
    }
    return best;
  }

  #choose(lane: Lane, ask: Ask, nowMs: number): Choice | null {
    const { tokens, tried } = ask;
    if (ask.prefersProven) {
      const proven = this.#pickProven(lane, ask, nowMs);
      if (proven !== null) return proven;
    }
    const conversation = lane.groups.length < 2 ? null : ask.conversation;
    if (conversation === null) return lane.pick(tokens, nowMs, tried);
    const { name, isContinued } = conversation;
    const knownId = isContinued ? this.#affinity.keyOf(name) : null;
    const known = knownId === null ? undefined : this.#groupOf(knownId, lane);
    const home =
      known ?? (isContinued ? rendezvous(name, lane.ring, this.#taken / lane.groups.length) : null);
    // A cache is no reason to use a reserve key while a better one is ready.
    const better =
      home === null || home.priority <= lane.highestPriority
        ? null
        : lane.pick(tokens, nowMs, tried, home.priority);
    const choice =
      better ??
      (home === null ? null : lane.pickFrom(home, knownId, tokens, nowMs, tried)) ??
      lane.pick(tokens, nowMs, tried);
    if (choice === null) return null;
    if (!isContinued) lane.begun(choice.group);
    // Away from home only for as long as its key has to rest.
    if (known === undefined || better !== null) this.#affinity.note(name, choice.entry.key.id);
    return choice;
  }

  #scout(lane: Lane, ask: Ask, nowMs: number): Lease | null {
    if (!this.#scouting.isDue(nowMs)) return null;
    const choice = lane.pickScout(this.#scouting.domain, ask.tokens, nowMs, ask.tried);
    if (choice === null) return null;
    this.#scouting.started(choice.group, nowMs);
    return this.#take(lane, choice, ask, nowMs, true);
  }

  #take(lane: Lane, { group, entry }: Choice, ask: Ask, nowMs: number, isScout = false): Lease {
    if (ask.waiter !== null) this.#line.leave(ask.waiter, true);
    ask.waiter = null;
    this.#taken += 1;
    this.#share.served(ask.claim, nowMs);
    const sent = this.#paceOf(group, nowMs).take(ask.tokens, nowMs, isScout);
    return { key: entry.key, entry, sent, group, lane, isSettled: false };
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
    const perMs = this.#rate.perMs(this.#laneAt(nowMs).groups, this.#habits, nowMs);
    if (perMs === null || !this.#share.isContended(perMs, nowMs)) return 0;
    return this.#share.readyAtMs(claim, perMs, nowMs);
  }

  #laneAt(nowMs: number): Lane {
    if (this.#lane === null) {
      for (const domain of this.#stale) {
        const pace = this.#paces.get(domain);
        if (pace !== undefined) this.#options.prepare(pace, domain, nowMs);
      }
      this.#stale.clear();
      const groups = this.#options.groups();
      for (const group of groups) {
        // Groups of one domain have one pace, which must not be made by the first that is used.
        group.pace = group.isShared
          ? this.#sharedPace(group, nowMs)
          : this.#options.isCounted(group.id)
            ? this.#paceOfDomain(group.id, nowMs)
            : (this.#paces.get(group.id) ?? null);
      }
      this.#lane = new Lane(this.#options.model, groups, nowMs, this.#options.answeredMs);
    }
    return this.#lane;
  }

  /** The pace of a domain with a name, resting as long as any of its keys. */
  #sharedPace({ id: domain, entries }: Group, nowMs: number): Pace {
    const pace = this.#paceOfDomain(domain, nowMs);
    for (const { key } of entries) {
      const cooldown = key.cooldowns.get(this.#options.model);
      if (cooldown !== undefined && isOfTheDomain(cooldown.reason)) pace.rest(cooldown.untilMs);
    }
    return pace;
  }

  #groupOf(keyId: string, lane: Lane): Group | undefined {
    const domain = this.#options.domainOf(keyId);
    if (domain === null) return undefined;
    this.#groups ??= new Map(lane.groups.map((group) => [group.id, group]));
    return this.#groups.get(domain);
  }

  #paceOf(group: Group, nowMs: number): Pace {
    group.pace ??= this.#paceOfDomain(group.id, nowMs);
    return group.pace;
  }

  #paceOfDomain(domain: string, nowMs: number): Pace {
    let pace = this.#paces.get(domain);
    if (pace === undefined) {
      pace = new Pace(this.#habits);
      this.#options.prepare(pace, domain, nowMs);
      this.#paces.set(domain, pace);
    }
    return pace;
  }
}

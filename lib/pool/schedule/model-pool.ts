/**
 * The quota of all keys for one model, and who gets it: now, in a while, or not within the request's longest wait.
 * @module
 */
import type { QuotaReading } from "../../providers/answers/read-limits";
import type { QuotaRefusal } from "../../providers/types";
import type { CapBook } from "../caps/cap-book";
import { LimitProbe } from "../learn/limit-probe";
import type { Lesson, WantedCooldown } from "../limits/lesson";
import { WindowProbes } from "../limits/window-probes";
import { ModelSharing } from "../peers/model-sharing";
import type { UseBoard } from "../peers/use-board";
import type { KeyRequest, Lease, PickResult } from "../pick-result";
import { FairQueue } from "../share/fair-queue";
import { FairShare } from "../share/fair-share";
import { GroupRate } from "../share/group-rate";
import type { Claim } from "../types";
import { DomainLimiters, type LimiterOptions } from "./domain-limiters";
import type { Choice, Group } from "./group";
import { ModelKeys, type ModelKeysOptions } from "./model-keys";

/** The most requests that may wait at once. */
const MAX_WAITING = 2_000;
/** So many of one token may wait even if those of others fill the line: they would be served first. */
const OWN_WAITING = 50;
/** With those, however many tokens there are. */
const MOST_WAITING = 2 * MAX_WAITING;
/** Minimum delay between polls. */
const LEAST_WAIT_MS = 5;
/** Maximum delay between polls, because other requests may leave and keys may recover. */
const LONGEST_WAIT_MS = 1_000;
/** While requests in progress hold keys, because their end triggers nothing. */
const HELD_WAIT_MS = 50;
/** Shorter waits are no reason to probe limits. */
const LEAST_PROBED_WAIT_MS = 2_000;

/** With more groups, sharing starts only when one is rejected: among so many, that costs little. */
const SUMMED_MAX = 200;

export interface SharingOptions {
  /** Through which isolates report to each other what they sent; null if there are no others. */
  readonly board: UseBoard | null;
  /** Identifies the pool and the model in other isolates. */
  readonly sharedName: string;
  /** The most that people allow single keys, whatever the model. */
  readonly caps: CapBook;
}

export type ModelPoolOptions = ModelKeysOptions & LimiterOptions & SharingOptions;

export class ModelPool {
  readonly #model: string;
  readonly #limiters: DomainLimiters;
  readonly keys: ModelKeys;
  readonly #limitProbe = new LimitProbe<Group>();
  readonly #windowProbes = new WindowProbes();
  readonly #queue = new FairQueue();
  readonly #share = new FairShare();
  readonly #rate = new GroupRate();
  readonly #sharing: ModelSharing | null;
  readonly #caps: CapBook;
  /** When it was last used. */
  usedMs = 0;
  /** Whether any key has ever worked for this model in this isolate. */
  hasAnswered = false;

  constructor(options: ModelPoolOptions) {
    this.#model = options.model;
    this.#limiters = new DomainLimiters(options);
    this.keys = new ModelKeys(options, this.#limiters);
    const { board, caps, sharedName } = options;
    this.#caps = caps;
    this.#sharing =
      board &&
      new ModelSharing({
        board,
        name: sharedName,
        domains: this.#limiters,
        waiting: () => this.#queue.size,
        changed: (domains, nowMs) => this.keys.rescheduleAll(domains, nowMs),
      });
    this.#limiters.prior.sharing = this.#sharing;
  }

  /** How many requests wait here. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Whether requests wait here. */
  get isBusy(): boolean {
    return this.#queue.size > 0;
  }

  /** The groups of its keys, in their current state. */
  groups(nowMs: number): readonly Group[] {
    return this.keys.schedulerAt(nowMs).groups;
  }

  /** A key for a request whose turn it is, if one is ready; null otherwise. */
  askReady(ask: KeyRequest, nowMs: number): Lease | null {
    this.#count(ask, nowMs);
    const scheduler = this.keys.schedulerAt(nowMs);
    const ahead = this.#queue.size === 0 ? 0 : this.#queue.ahead(ask.claim, ask.waiter, nowMs);
    const isNext = ahead === 0 || ahead < scheduler.readyGroups;
    if (!isNext || this.#shareAtMs(ask.claim, nowMs) > nowMs) return null;
    const choice = this.keys.choose(ask, nowMs);
    return choice === null ? null : this.#take(choice, ask, nowMs);
  }

  /**
   * The turn of a request: called first when it arrives, then whenever it polls.
   * @param isLast Whether no other keys may serve it: a key that is used last serves only then.
   */
  ask(ask: KeyRequest, nowMs: number, isLast = true): PickResult {
    this.#count(ask, nowMs);
    const scheduler = this.keys.schedulerAt(nowMs);
    const ahead = this.#queue.size === 0 ? 0 : this.#queue.ahead(ask.claim, ask.waiter, nowMs);
    const shareAtMs = this.#shareAtMs(ask.claim, nowMs);
    const isNext = ahead === 0 || ahead < scheduler.readyGroups;
    const mayGo = isNext && shareAtMs <= nowMs;
    const first = mayGo ? this.keys.choose(ask, nowMs) : null;
    if (first !== null) return this.#grant(first, ask, nowMs);
    const prospect = scheduler.prospect(ask.tokens, mayGo, nowMs);
    if (mayGo && prospect.kind === "ready") {
      // Looking ahead may have found that a cooldown has ended.
      const second = this.keys.choose(ask, nowMs);
      if (second !== null) return this.#grant(second, ask, nowMs);
    }
    if (prospect.kind === "empty" || (prospect.kind === "ready" && mayGo)) {
      const last = isLast ? scheduler.pickReserve(ask.tokens, nowMs, ask.tried) : null;
      if (last !== null) return this.#grant(last, ask, nowMs);
      this.leave(ask);
      return { kind: "unavailable" };
    }
    const firstMs = prospect.kind === "cooling" ? prospect.wakeMs : nowMs;
    const isLaterThan = (untilMs: number) =>
      Math.max(firstMs, shareAtMs) > untilMs ||
      scheduler.slotsUntil(untilMs, ahead + 1, nowMs) <= ahead;
    // Requests further back poll often, and little changes from one poll to the next.
    const isHopeful = !mayGo && nowMs < ask.hopefulUntilMs;
    const isHopeless = !isHopeful && isLaterThan(ask.maxWaitUntilMs);
    if (!isHopeful) ask.hopefulUntilMs = nowMs + LONGEST_WAIT_MS;
    if (mayGo && (isHopeless || isLaterThan(nowMs + LEAST_PROBED_WAIT_MS))) {
      const probe = this.#probe(ask, nowMs);
      if (probe !== null) return probe;
    }
    if (mayGo && isHopeless && isLast) {
      // No request is rejected because of a guess or a suspicion.
      const probe =
        scheduler.pickReserve(ask.tokens, nowMs, ask.tried) ?? this.#pickHeldByGuess(ask, nowMs);
      if (probe !== null) return this.#grant(probe, ask, nowMs);
    }
    if (isHopeless || (ask.waiter === null && this.#isFullFor(ask))) {
      this.leave(ask);
      this.#sharing?.short(nowMs);
      const turnMs = Math.max(scheduler.latestTurnMs(ahead, firstMs, nowMs), shareAtMs);
      return { kind: "exhausted", retryAtMs: Math.max(turnMs, nowMs + LEAST_WAIT_MS) };
    }
    const lookMs = nowMs + LONGEST_WAIT_MS;
    const soonestMs = scheduler.soonestTurnMs(ahead, firstMs, lookMs, nowMs);
    this.#sharing?.short(nowMs);
    return { kind: "wait", untilMs: this.#wait(ask, Math.max(soonestMs, shareAtMs), nowMs) };
  }

  #isFullFor({ claim }: KeyRequest): boolean {
    const { size } = this.#queue;
    if (size < MAX_WAITING) return false;
    return size >= MOST_WAITING || this.#queue.waitingOf(claim) >= OWN_WAITING;
  }

  /** The key that worked last, of those that may serve, regardless of turns; null if there is none. */
  askProven(ask: KeyRequest, nowMs: number): Lease | null {
    const choice = this.keys.pickProven(ask, nowMs, true);
    return choice === null ? null : this.#take(choice, ask, nowMs);
  }

  /**
   * A specific key, even if it is in cooldown, because the request continues what was begun with it. Configured limits
   * still apply, and are waited for. Null if the key doesn't serve this model.
   */
  pin(keyId: string, ask: KeyRequest, nowMs: number): PickResult | null {
    const group = this.keys.groupOf(keyId, nowMs);
    const entry = group?.entries.find(({ key }) => key.id === keyId);
    if (group === undefined || entry === undefined) return null;
    const allowedMs = Math.max(
      this.#limiters.of(group, nowMs).allowedMs(ask.tokens, nowMs),
      entry.caps?.readyAtMs(nowMs) ?? 0,
    );
    if (allowedMs <= nowMs) return this.#grant({ group, entry }, ask, nowMs);
    if (allowedMs > ask.maxWaitUntilMs || this.#isFullFor(ask))
      return { kind: "exhausted", retryAtMs: allowedMs };
    return { kind: "wait", untilMs: Math.min(allowedMs, nowMs + this.#longestWaitMs) };
  }

  /**
   * A key of the given key's quota domain, for which the request waits up to its longest wait. Null if none will be
   * ready in time.
   */
  askOwner(keyId: string, ask: KeyRequest, nowMs: number): PickResult | null {
    const group = this.keys.groupOf(keyId, nowMs);
    if (group === undefined) return null;
    const scheduler = this.keys.schedulerAt(nowMs);
    const choice = scheduler.pickFrom(group, keyId, ask.tokens, nowMs, ask.tried);
    if (choice !== null) return this.#grant(choice, ask, nowMs);
    const readyMs = group.readyAtMs(this.#model, nowMs);
    const wakeMs = Math.max(readyMs, group.roomAtMs(ask.tokens, nowMs));
    if (readyMs < 0 || wakeMs <= nowMs || wakeMs > ask.maxWaitUntilMs) return null;
    return { kind: "wait", untilMs: Math.min(wakeMs, nowMs + this.#longestWaitMs) };
  }

  /** Removes the request from the queue. */
  leave(ask: KeyRequest): void {
    if (ask.waiter === null) return;
    this.#queue.leave(ask.waiter, false);
    ask.waiter = null;
  }

  succeed(lease: Lease, readings: readonly QuotaReading[], nowMs: number): void {
    this.hasAnswered = true;
    const { limiter } = lease.group;
    if (limiter === null) return;
    if (limiter.succeed(lease.sent, readings)) this.keys.reschedule(lease, nowMs);
    if (!lease.sent.isProbe) return;
    const cameThrough = this.#limitProbe.succeeded(limiter.learned.windowMs, nowMs);
    if (limiter.learned.exceeded(cameThrough, nowMs)) {
      this.#limitProbe.end();
      this.keys.rebuild();
    }
  }

  /** Records a response that says nothing about quota, or that there was none. */
  drop(lease: Lease, nowMs: number): void {
    if (lease.sent.isProbe) this.#limitProbe.back();
    if (lease.group.limiter?.succeed(lease.sent, []) === true) this.keys.reschedule(lease, nowMs);
  }

  refuse(lease: Lease, refusal: QuotaRefusal, wanted: WantedCooldown, nowMs: number): Lesson {
    if (lease.sent.isProbe) this.#limitProbe.failed(nowMs);
    this.#rate.forget();
    const { prior } = this.#limiters;
    const before = prior.state.limit;
    const limiter = this.#limiters.of(lease.group, nowMs);
    if (refusal.span !== "day") this.#sharing?.refused(refusal.limit !== null, nowMs);
    const lesson = limiter.refuse(lease.sent, refusal, wanted, nowMs);
    // What was learned from one domain may make others ready sooner.
    if (before !== null && (prior.state.limit ?? 0) > before) this.keys.rebuild();
    return lesson;
  }

  /** Puts a domain into cooldown. @param isFromPeer Whether another isolate found it without per-minute quota. */
  cool(domain: string, untilMs: number, isFromPeer: boolean, nowMs: number): void {
    const limiter = this.#limiters.get(domain);
    if (isFromPeer) this.#sharing?.peerRefused(nowMs);
    if (isFromPeer) limiter?.peerRefused(untilMs, nowMs);
    else limiter?.cool(untilMs);
  }

  /** Moves what is counted for a domain into the same model's pool of another section. */
  handOver(domain: string, to: ModelPool): void {
    const limiter = this.#limiters.release(domain);
    if (limiter !== undefined) to.#limiters.adopt(domain, limiter);
  }

  /** Whether anything was counted for a domain. */
  knows(domain: string): boolean {
    return this.#limiters.get(domain) !== undefined;
  }

  /** Ends a cooldown at a person's request. */
  wake(domain: string): void {
    this.#limiters.get(domain)?.wake();
  }

  /** Discards what was reported and learned about a domain; configured limits stay. */
  forget(domain: string): void {
    this.#limiters.get(domain)?.forget();
    this.#rate.forget();
    this.keys.rebuild();
  }

  /** Records that configured limits changed, for all domains or for one. */
  limitsChanged(domain?: string): void {
    this.#limiters.limitsChanged(domain);
    this.#rate.forget();
    this.keys.rebuild();
  }

  #count(ask: KeyRequest, nowMs: number): void {
    this.usedMs = nowMs;
    if (ask.isCounted) return;
    ask.isCounted = true;
    this.#share.want(ask.claim, nowMs);
  }

  #pickHeldByGuess(ask: KeyRequest, nowMs: number): Choice | null {
    const choice = this.keys.pickHeldByGuess(ask, this.#windowProbes.isDue(nowMs), nowMs);
    if (choice?.group.limiter?.isHeldByWindow(nowMs)) this.#windowProbes.sent(nowMs);
    return choice;
  }

  #probe(ask: KeyRequest, nowMs: number): PickResult | null {
    const isDue = this.#limitProbe.isDue(nowMs);
    if (!isDue && !this.#limitProbe.mayTryPart) return null;
    const choice = this.keys.pickForProbe(this.#limitProbe.domain, ask, nowMs);
    if (choice === null) return null;
    if (isDue) this.#limitProbe.started(choice.group, nowMs);
    else if (choice.group.limiter?.learned.isPart === true) this.#limitProbe.startedPart(nowMs);
    else return null;
    return { kind: "granted", lease: this.#take(choice, ask, nowMs, true) };
  }

  #grant(choice: Choice, ask: KeyRequest, nowMs: number): PickResult {
    return { kind: "granted", lease: this.#take(choice, ask, nowMs) };
  }

  #take({ group, entry }: Choice, ask: KeyRequest, nowMs: number, isProbe = false): Lease {
    if (ask.waiter !== null) this.#queue.leave(ask.waiter, true);
    ask.waiter = null;
    this.keys.taken += 1;
    this.#share.served(ask.claim, nowMs);
    this.#sharing?.sent(() => this.#sharedPerMs(nowMs), nowMs);
    const sent = this.#limiters.of(group, nowMs).take(ask.tokens, nowMs, isProbe);
    const scheduler = this.keys.schedulerAt(nowMs);
    const hold = entry.caps === null ? null : this.#caps.take(entry.caps, nowMs);
    return { key: entry.key, entry, sent, group, scheduler, hold, isSettled: false };
  }

  get #longestWaitMs(): number {
    return this.#caps.isHeld ? HELD_WAIT_MS : LONGEST_WAIT_MS;
  }

  #wait(ask: KeyRequest, turnMs: number, nowMs: number): number {
    const untilMs = Math.min(
      Math.max(turnMs, nowMs + LEAST_WAIT_MS),
      nowMs + this.#longestWaitMs,
      Math.max(ask.maxWaitUntilMs, nowMs + LEAST_WAIT_MS),
    );
    if (ask.waiter === null) {
      ask.waiter = { claim: ask.claim, dueMs: untilMs };
      this.#queue.enter(ask.waiter);
    }
    ask.waiter.dueMs = untilMs;
    return untilMs;
  }

  /** What all keys together may send per millisecond; null if unknown, or if there are too many keys to add up. */
  #sharedPerMs(nowMs: number): number | null {
    const groups = this.groups(nowMs);
    if (groups.length > SUMMED_MAX) return null;
    return this.#rate.perMs(groups, this.#limiters.prior.state, nowMs);
  }

  /** When the claim's fair share allows one more request; 0 if there is enough for all, or if the quota is unknown. */
  #shareAtMs(claim: Claim, nowMs: number): number {
    if (!this.#share.hasRivals) return 0;
    const perMs = this.#rate.perMs(this.groups(nowMs), this.#limiters.prior.state, nowMs);
    if (perMs === null || !this.#share.isContended(perMs, nowMs)) return 0;
    return this.#share.readyAtMs(claim, perMs, nowMs);
  }
}

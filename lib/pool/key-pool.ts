/**
 * The keys of one provider and the choice among them: a state machine over plain data; the clock is a parameter.
 * No I/O.
 *
 * Rotation is even: the key used longest ago is next, weights share by class, and a lower priority tier
 * serves only if no higher one has a ready key. Keys of one quota domain share rate limiter and cooldowns.
 * @module
 */
import type { QuotaReading } from "../providers/answers/read-limits";
import type { QuotaRefusal } from "../providers/types";
import type { ReachedKey } from "./caps/cap-book";
import { AnswerTimes } from "./guard/answer-times";
import type { Incident } from "./guard/circuit-breaker";
import { IncurableFailures } from "./guard/incurable-failures";
import { NO_EFFECTS, type PoolEffect } from "./guard/key-guard";
import type { Accusation, Sentence } from "./guard/key-trouble";
import { keysToCheck } from "./guard/keys-to-check";
import { KeyRegistry } from "./key-registry";
import type { Lesson, WantedCooldown } from "./limits/lesson";
import type { KeyRequest, Lease, PickResult } from "./pick-result";
import { type Availability, availabilityOf } from "./schedule/availability";
import { ConversationOwners } from "./schedule/conversation-owners";
import type { Group } from "./schedule/group";
import { NO_MODEL, type PoolKey } from "./types";

export class KeyPool extends KeyRegistry {
  /** How long its models take to respond. */
  readonly answerTimes = new AnswerTimes();
  /** Failures that no key can solve. */
  readonly incurable = new IncurableFailures();
  /** Which key owns each conversation. */
  readonly owners = new ConversationOwners(this.models);
  #picks = 0;

  /**
   * The turn of a request for a model (null: a call that names none): a key, a time to poll again, or why there is
   * neither. Amortized constant time while no request waits.
   * @param isLast Whether there are no other keys for it: only then does it get one that is used last.
   */
  ask(model: string | null, ask: KeyRequest, nowMs: number, isLast = true): PickResult {
    const result = this.models.of(model ?? NO_MODEL).ask(ask, nowMs, isLast);
    if (result.kind === "granted") this.#noteUse(result.lease);
    return result;
  }

  /** A key for a request whose turn it is, if one is ready; null otherwise, and the request doesn't wait here. */
  askReady(model: string | null, ask: KeyRequest, nowMs: number): Lease | null {
    const lease = this.models.of(model ?? NO_MODEL).askReady(ask, nowMs);
    if (lease !== null) this.#noteUse(lease);
    return lease;
  }

  /** The key that worked last, regardless of turns, for a request that has tried all; null if there is none. */
  askProven(model: string | null, ask: KeyRequest, nowMs: number): Lease | null {
    const lease = this.models.of(model ?? NO_MODEL).askProven(ask, nowMs);
    if (lease !== null) this.#noteUse(lease);
    return lease;
  }

  /**
   * The turn of a request at the key with which it continues something, even if that key is in cooldown: the key, or
   * when the configured limits allow the request. Null if the key can't be used at all.
   */
  pin(model: string | null, keyId: string, ask: KeyRequest, nowMs: number): PickResult | null {
    if (this.get(keyId)?.status !== "active") return null;
    const result = this.models.of(model ?? NO_MODEL).pin(keyId, ask, nowMs);
    if (result?.kind === "granted") this.#noteUse(result.lease);
    return result;
  }

  /** A key of the owner's quota domain, waited for if necessary; null if none will be ready in time. */
  askOwner(model: string | null, keyId: string, ask: KeyRequest, nowMs: number): PickResult | null {
    const result = this.models.of(model ?? NO_MODEL).askOwner(keyId, ask, nowMs);
    if (result?.kind === "granted") this.#noteUse(result.lease);
    return result;
  }

  /** Removes a request from the queue. */
  leave(model: string | null, ask: KeyRequest): void {
    if (ask.waiter !== null) this.models.get(model ?? NO_MODEL)?.leave(ask);
  }

  /** How many requests wait for a key. */
  get queued(): number {
    let queued = 0;
    for (const model of this.models.all()) queued += model.queued;
    return queued;
  }

  /** How many keys could serve a model (null: a call that names none), and when. */
  availability(model: string | null, nowMs: number): Availability {
    return availabilityOf(
      this.models.of(model ?? NO_MODEL).groups(nowMs),
      model ?? NO_MODEL,
      nowMs,
    );
  }

  /** The same, if the model was requested in this isolate; otherwise null, and nothing is stored for it. */
  knownAvailability(model: string, nowMs: number): Availability | null {
    const known = this.models.get(model);
    return known === undefined ? null : availabilityOf(known.groups(nowMs), model, nowMs);
  }

  /** The groups of the keys that may serve a model, with their limiters. */
  knownGroups(model: string | null, nowMs: number): readonly Group[] {
    return this.models.of(model ?? NO_MODEL).groups(nowMs);
  }

  /** Whether a key of the provider has worked since a time. */
  hasAnsweredSince(sinceMs: number): boolean {
    return this.guard.answeredMs > sinceMs;
  }

  /**
   * Records a success: it ends a series of unexplained rejections, a half-open probe, the key's trouble and an
   * incident; it may contain readings of the quota.
   */
  succeed(
    model: string | null,
    lease: Lease,
    readings: readonly QuotaReading[],
    nowMs: number,
  ): readonly PoolEffect[] {
    if (!settle(lease)) return NO_EFFECTS;
    const { entry } = lease;
    const endsIncident = this.guard.succeeded(nowMs);
    this.proven.note(entry);
    let isCleared = false;
    if (entry.trouble !== null) {
      isCleared = entry.trouble.suspicion !== null;
      entry.trouble = null;
      for (const each of this.models.all()) each.keys.rescheduleKey(entry.key.id, nowMs);
    }
    if (endsIncident) this.#release();
    this.models.get(model ?? NO_MODEL)?.succeed(lease, readings, nowMs);
    if (!endsIncident && !isCleared) return NO_EFFECTS;
    return [
      ...(isCleared ? [{ kind: "cleared", keyId: entry.key.id } as const] : []),
      ...(endsIncident ? [{ kind: "incident-over" } as const] : []),
    ];
  }

  /** The current incident, in which all keys are rejected in the same way; null if there is none. */
  get incident(): Incident | null {
    return this.guard.incident;
  }

  /** Whether a caller's request may be sent during an incident. */
  mayTry(tokenId: string, nowMs: number): boolean {
    return this.guard.mayTry(tokenId, nowMs);
  }

  /** Whether a key has ever worked for a model in this isolate. */
  hasAnswered(model: string | null): boolean {
    return this.models.get(model ?? NO_MODEL)?.hasAnswered ?? false;
  }

  /**
   * Records a rejection that says the key is invalid. The key is used last from now on; nothing else happens to it
   * until a second witness agrees.
   */
  accuse(
    model: string | null,
    lease: Lease,
    accusation: Accusation,
    nowMs: number,
  ): readonly PoolEffect[] {
    const { keys } = this.models.of(model ?? NO_MODEL);
    const wasSuspect = (lease.entry.trouble?.suspicion ?? null) !== null;
    const sentence = this.guard.accused(lease.entry, accusation, nowMs);
    if (sentence === null) {
      keys.demote(lease, nowMs);
      this.guard.refusedAlike(accusation, () => !keys.schedulerAt(nowMs).hasUnsuspected, nowMs);
    }
    const { incident } = this;
    return [
      ...(sentence === null ? [] : this.carryOut(sentence)),
      ...(sentence === null && !wasSuspect
        ? [{ kind: "suspected", sentence: accusation.sentence } as const]
        : []),
      ...(incident === null ? [] : [{ kind: "incident-seen", incident } as const]),
    ];
  }

  /**
   * Records that a key served a request for which others were rejected as invalid.
   * @param ids The ids of those others.
   */
  convict(ids: readonly string[]): readonly PoolEffect[] {
    return ids.flatMap((id) => {
      const entry = this.entries.get(id);
      const sentence = entry === undefined ? null : this.guard.outwitnessed(entry);
      return sentence === null ? [] : this.carryOut(sentence);
    });
  }

  /** Whether a suspected key should be checked by the provider's free call now. */
  takeCheck(keyId: string, nowMs: number): boolean {
    const entry = this.entries.get(keyId);
    return entry !== undefined && this.guard.takeCheck(entry, this.entries.size, nowMs);
  }

  /** Records that the free call rejected a suspected key too. Does nothing if a success has cleared the key since. */
  convictChecked(keyId: string): readonly PoolEffect[] {
    const sentence = this.entries.get(keyId)?.trouble?.suspicion?.sentence ?? null;
    return sentence === null ? NO_EFFECTS : this.carryOut(sentence);
  }

  /**
   * The keys to check by the provider's free call after one response has shown that several are invalid; empty if the
   * last check was a moment ago.
   * @param lease Of the key that has just worked.
   */
  takeChecks(
    model: string | null,
    { entry }: Lease,
    most: number,
    nowMs: number,
  ): readonly PoolKey[] {
    if (!this.guard.takeChecks(nowMs)) return [];
    const { next } = this.models.of(model ?? NO_MODEL).keys.schedulerAt(nowMs);
    return keysToCheck(this.proven.latest(), next, entry, most);
  }

  /** Records which keys the free call found to be valid, and invalid; another key has confirmed the latter. */
  noteChecked(valid: readonly string[], invalid: readonly Sentence[]): readonly PoolEffect[] {
    for (const id of valid) {
      const entry = this.entries.get(id);
      if (entry !== undefined) this.proven.renew(entry);
    }
    const active = invalid.filter(({ keyId }) => this.get(keyId)?.status === "active");
    return active.flatMap((sentence) => this.carryOut(sentence));
  }

  /** Applies a sentence to the pool. */
  carryOut(sentence: Sentence): readonly PoolEffect[] {
    const { keyId, effect } = sentence;
    const entry = this.entries.get(keyId);
    if (entry !== undefined) {
      entry.trouble = null;
      if (effect.kind === "block") this.block(keyId);
      else this.startCooldown(keyId, effect.scope, effect.cooldown);
    }
    return [{ kind: "sentenced", sentence }];
  }

  /**
   * Records a failure that isn't the key's fault: a broken connection, a server error.
   * @param retryAtMs When the response says to retry, in epoch milliseconds; null if it doesn't.
   */
  fail(model: string | null, lease: Lease, retryAtMs: number | null, nowMs: number): void {
    this.guard.failed(lease.entry, retryAtMs, nowMs);
    this.models.get(model ?? NO_MODEL)?.keys.demote(lease, nowMs);
  }

  /** Records that a key was silent for longer than the model usually takes, and another key was tried. */
  noteSilence(model: string | null, lease: Lease, nowMs: number): void {
    this.guard.wasSilent(lease.entry, nowMs);
    this.models.get(model ?? NO_MODEL)?.keys.demote(lease, nowMs);
  }

  /** Whether a key that is not in `tried` and in no trouble could serve a model now. */
  hasReady(model: string | null, tried: ReadonlySet<string>, nowMs: number): boolean {
    return this.models
      .of(model ?? NO_MODEL)
      .groups(nowMs)
      .some(
        (group) =>
          group.roomAtMs(1, nowMs) <= nowMs && group.canServe(model ?? NO_MODEL, tried, nowMs),
      );
  }

  /** Ends an incident: all keys can serve again immediately. */
  #release(): void {
    for (const { trouble } of this.entries.values()) trouble?.release();
    this.rebuild();
  }

  /** Records a response that says nothing about quota, or that there was none. */
  drop(model: string | null, lease: Lease, nowMs: number): void {
    if (settle(lease)) this.models.get(model ?? NO_MODEL)?.drop(lease, nowMs);
  }

  /** Reserves the estimated cost of the request, in 1e-9 US dollars. */
  reserve({ entry, hold }: Lease, costNanoUsd: number, nowMs: number): void {
    if (hold !== null && entry.caps !== null) {
      this.caps.reserve(entry.caps, hold, costNanoUsd, nowMs);
    }
  }

  /** The attempt has ended: it holds nothing of the key's caps, unless its response is being delivered. */
  release({ entry, hold }: Lease, nowMs: number): void {
    if (hold === null || hold.isServing || entry.caps === null) return;
    if (this.caps.release(entry.caps, hold, nowMs)) this.#freed(entry.key.id, nowMs);
  }

  /** The request has ended, and the work that it began goes on: it holds what it may cost of the key's caps. */
  keep({ entry, hold }: Lease, work: string, nowMs: number): void {
    if (hold === null || entry.caps === null) return;
    if (this.caps.keep(entry.caps, hold, work, nowMs)) this.#freed(entry.key.id, nowMs);
  }

  /** The cost of some work at the lease's key is counted, or never will be. */
  letGo({ entry }: Lease, work: string, nowMs: number): void {
    if (entry.caps === null) return;
    if (this.caps.letGo(entry.caps, work, nowMs)) this.#freed(entry.key.id, nowMs);
  }

  #freed(keyId: string, nowMs: number): void {
    for (const each of this.models.all()) each.keys.freed(keyId, nowMs);
  }

  /**
   * Records what the response, or a turn of a session, cost, in 1e-9 US dollars.
   * @param atMs When the request arrived.
   * @returns The cap that this reaches: the key is in cooldown from now on.
   */
  spend({ entry }: Lease, costNanoUsd: number, atMs: number, nowMs: number): ReachedKey | null {
    if (entry.caps === null) return null;
    const reached = this.caps.spend(entry.caps, costNanoUsd, atMs, nowMs);
    if (reached === null) return null;
    const { keyId, reason, untilMs } = reached;
    this.startCooldown(keyId, { every: true }, { untilMs, reason });
    return reached;
  }

  /** Whether a token limit is configured for the lease's domain, so that `used` must be called. */
  countsTokens({ sent }: Lease): boolean {
    return sent.taken?.some(({ limit }) => limit.unit === "tokens") ?? false;
  }

  /** Records the tokens of a request and its response, once known. */
  used({ group, sent }: Lease, tokens: number, nowMs: number): void {
    group.limiter?.used(sent, tokens, nowMs);
  }

  /**
   * Learns from a rejection for lack of quota, unless the lease was settled. The caller sets the cooldown: see `startCooldown`.
   * @param wanted What the response says.
   */
  refuse(
    model: string | null,
    lease: Lease,
    refusal: QuotaRefusal,
    wanted: WantedCooldown,
    nowMs: number,
  ): Lesson {
    if (!settle(lease)) {
      const { untilMs, isGuess } = wanted;
      return { untilMs, isGuess, unexplained: 0, unexplainedSinceMs: nowMs, isExpected: true };
    }
    return this.models.of(model ?? NO_MODEL).refuse(lease, refusal, wanted, nowMs);
  }

  #noteUse({ entry }: Lease): void {
    this.#picks += 1;
    entry.lastPick = this.#picks;
  }
}

/** Whether the lease's outcome wasn't recorded yet. From now on it is. */
function settle(lease: Lease): boolean {
  if (lease.isSettled) return false;
  lease.isSettled = true;
  return true;
}

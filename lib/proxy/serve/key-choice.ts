/**
 * Chooses the next key of a request: one that is ready and wasn't tried yet, then again those that failed through no
 * fault of their own, and if none is ready but one will be in time, that one.
 * @module
 */

import type { Lease, PickResult } from "../../pool/pick-result";
import type { KeySource } from "../../pool/sections/joined-keys";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { type Deadline, pause } from "./deadline";
import type { QuotaClaim } from "./quota-claim";

const NONE: ReadonlySet<string> = new Set();

/** If no key can serve at all, one may have been added since the store was read: it is read again after this. */
const NO_KEYS_TRUST_MS = 1_000;

/** After this many rejections, keys that worked recently go before those whose turn it is. */
const PROVEN_AFTER = 5;

export class KeyChoice {
  readonly #pool: KeySource;
  readonly #call: ProxyCall;
  readonly #claim: QuotaClaim;
  readonly #tried = new Set<string>();
  /** Tried keys that must not be tried again; null while there are none. */
  #refused: Set<string> | null = null;
  /** Keys that were tried once and had no quota; null while there are none. */
  #cooled: Set<string> | null = null;
  #pinnedId: string | null;
  /** The key whose account is waited for; null for any. */
  #ownerId: string | null = null;
  /** The key tried last. */
  #lastId: string | null = null;
  /** Handed out and not settled yet. */
  #lease: Lease | null = null;
  /** When a key may be available again, if the last attempt found none in time. */
  retryAtMs: number | null = null;

  constructor(pool: KeySource, call: ProxyCall, claim: QuotaClaim) {
    this.#pool = pool;
    this.#call = call;
    this.#claim = claim;
    this.#pinnedId = call.preferredKeyId;
  }

  /**
   * The next key, immediately if one is ready; null if none is in time, the client disconnected, or the deadline
   * passed.
   */
  next(deadline: Deadline, scope: RequestScope): Lease | null | Promise<Lease | null> {
    const nowMs = scope.ports.nowMs();
    const turn = this.#turn(nowMs);
    scope.ports.state.shareUse(scope.keep);
    if (turn.kind !== "granted") {
      const more = this.#moreKeys(turn, scope);
      if (more !== null) return this.#nextOfAll(more, deadline, scope);
    }
    return this.#settled(turn, nowMs, deadline, scope);
  }

  /** Resolves when more keys may be known; null if all are known already. */
  #moreKeys({ kind }: PickResult, { ports, keep }: RequestScope): Promise<void> | null {
    const whole = ports.state.whole(keep);
    const isEmpty = kind === "unavailable" && this.#tried.size === 0;
    return whole ?? (isEmpty ? ports.state.ready(keep, NO_KEYS_TRUST_MS) : null);
  }

  /** None of the keys known so far can serve. */
  async #nextOfAll(
    more: Promise<void>,
    deadline: Deadline,
    scope: RequestScope,
  ): Promise<Lease | null> {
    await more;
    const nowMs = scope.ports.nowMs();
    return this.#settled(this.#turn(nowMs), nowMs, deadline, scope);
  }

  #settled(
    turn: PickResult,
    nowMs: number,
    deadline: Deadline,
    scope: RequestScope,
  ): Lease | null | Promise<Lease | null> {
    return turn.kind === "wait"
      ? this.#wait(turn.untilMs, deadline, scope)
      : this.#taken(turn, nowMs);
  }

  async #wait(
    firstMs: number,
    deadline: Deadline,
    { keep, ports, request }: RequestScope,
  ): Promise<Lease | null> {
    for (let untilMs = firstMs; ; ) {
      await pause(untilMs - ports.nowMs(), request.signal, deadline, ports);
      if (deadline.expired || request.signal.aborted) {
        this.retryAtMs = untilMs;
        return null;
      }
      const nowMs = ports.nowMs();
      const turn = this.#turn(nowMs);
      ports.state.shareUse(keep);
      if (turn.kind !== "wait") return this.#taken(turn, nowMs);
      untilMs = turn.untilMs;
    }
  }

  #taken(turn: Exclude<PickResult, { kind: "wait" }>, nowMs: number): Lease | null {
    this.retryAtMs = turn.kind === "exhausted" ? turn.retryAtMs : null;
    if (turn.kind !== "granted") return null;
    this.#giveBack(nowMs);
    this.#lease = turn.lease;
    this.#lastId = turn.lease.key.id;
    this.#tried.add(this.#lastId);
    return turn.lease;
  }

  /** Tries a key of this one's account next, and waits for it. */
  preferOwner(keyId: string): void {
    this.#ownerId = keyId;
  }

  /** The request has changed: keys that rejected it may be tried again. */
  forgive(): void {
    this.#tried.clear();
    this.#refused = null;
    this.#ownerId = null;
  }

  /** The key rejected this request: it is not tried again. */
  refused({ key }: Lease): void {
    this.#refuse(key.id);
  }

  /** The key was silent: it is not tried again. */
  silent({ key }: Lease): void {
    this.#refuse(key.id);
  }

  /** The key has no quota for now, and may be tried once more when it has. */
  cooled({ key }: Lease): void {
    this.#cooled ??= new Set();
    if (this.#cooled.has(key.id)) this.#refuse(key.id);
    else this.#tried.delete(key.id);
    this.#cooled.add(key.id);
  }

  /** Neither this key nor any other of the same quota domain is tried again. */
  refusedByDomain({ key }: Lease): void {
    this.#refuse(key.id);
    if (key.quotaDomain === null) return;
    for (const { id, quotaDomain } of this.#pool.keys()) {
      if (quotaDomain === key.quotaDomain) this.#refuse(id);
    }
  }

  /** Whether a key that was not tried is available now. */
  hasOther(nowMs: number): boolean {
    return this.#pool.hasReady(this.#call.model, this.#tried, nowMs);
  }

  /** Returns what is still held. */
  end(nowMs: number): void {
    this.#pool.leave(this.#call.model, this.#claim);
    this.#giveBack(nowMs);
  }

  /** Returns the last lease if it wasn't settled. */
  #giveBack(nowMs: number): void {
    if (this.#lease !== null) {
      this.#pool.drop(this.#call.model, this.#lease, nowMs);
      this.#pool.release(this.#lease, nowMs);
    }
    this.#lease = null;
  }

  #turn(nowMs: number): PickResult {
    const { model } = this.#call;
    if (this.#pinnedId !== null) {
      const turn = this.#pool.pin(model, this.#pinnedId, this.#claim, nowMs);
      if (turn?.kind !== "wait") this.#pinnedId = null;
      if (turn !== null) return turn;
    }
    this.#claim.tried = this.#tried;
    if (this.#ownerId !== null) {
      const turn = this.#pool.askOwner(model, this.#ownerId, this.#claim, nowMs);
      if (turn?.kind !== "wait") this.#ownerId = null;
      if (turn !== null) return turn;
    }
    this.#claim.prefersProven = (this.#refused?.size ?? 0) >= PROVEN_AFTER;
    const turn = this.#pool.ask(model, this.#claim, nowMs);
    if (turn.kind === "granted" || this.#tried.size === (this.#refused?.size ?? 0)) return turn;
    // All were tried: again the one that did best recently, and the last one only if there is no other.
    const refused = this.#refused ?? NONE;
    const others = this.#lastId === null ? refused : new Set(refused).add(this.#lastId);
    for (const tried of [others, refused]) {
      this.#claim.tried = tried;
      const lease = this.#pool.askProven(model, this.#claim, nowMs);
      if (lease !== null) return { kind: "granted", lease };
    }
    this.#claim.tried = others;
    const other = this.#pool.ask(model, this.#claim, nowMs);
    if (other.kind === "granted") return other;
    this.#claim.tried = refused;
    return this.#pool.ask(model, this.#claim, nowMs);
  }

  #refuse(keyId: string): void {
    this.#refused ??= new Set();
    this.#refused.add(keyId);
    this.#tried.add(keyId);
  }
}

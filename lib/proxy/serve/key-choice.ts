/**
 * Which key a request tries next: one that is ready and was not tried yet, then again those that failed
 * through nobody's fault, and where none is ready but one will be in time, that one.
 * @module
 */
import type { KeyPool } from "../../pool/key-pool";
import type { Lease, PickResult } from "../../pool/pick-result";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { type Deadline, pause } from "./deadline";
import type { QuotaClaim } from "./quota-claim";

const NONE: ReadonlySet<string> = new Set();

/** Where no key may serve at all, one may have come since the store was read: it is asked again after this. */
const NO_KEYS_TRUST_MS = 1_000;

/** After so many refusals, keys that answered lately go before those whose turn it is. */
const PROVEN_AFTER = 5;

export class KeyChoice {
  readonly #pool: KeyPool;
  readonly #call: ProxyCall;
  readonly #claim: QuotaClaim;
  readonly #tried = new Set<string>();
  /** Of those tried, the ones not to ask again; null while there are none. */
  #refused: Set<string> | null = null;
  /** Those that were asked once and had no quota; null while there are none. */
  #rested: Set<string> | null = null;
  #pinnedId: string | null;
  /** The key whose account is waited for; null for any. */
  #ownerId: string | null = null;
  /** The key asked last. */
  #lastId: string | null = null;
  /** Handed out and not yet accounted for. */
  #lease: Lease | null = null;
  /** When there may be a key again, if the last look found none, or had to wait too long for one. */
  retryAtMs: number | null = null;

  constructor(pool: KeyPool, call: ProxyCall, claim: QuotaClaim) {
    this.#pool = pool;
    this.#call = call;
    this.#claim = claim;
    this.#pinnedId = call.preferredKeyId;
  }

  /** The next key, at once where one is ready; null where there is none in time, or the client left, or the deadline passed. */
  next(deadline: Deadline, scope: RequestScope): Lease | null | Promise<Lease | null> {
    const nowMs = scope.ports.nowMs();
    const turn = this.#turn(nowMs);
    if (turn.kind !== "granted") {
      const more = this.#moreKeys(turn, scope);
      if (more !== null) return this.#nextOfAll(more, deadline, scope);
    }
    return this.#settled(turn, nowMs, deadline, scope);
  }

  /** Resolves when keys may be known that were not; null where all are known that can be. */
  #moreKeys({ kind }: PickResult, { ports, keep }: RequestScope): Promise<void> | null {
    const whole = ports.state.whole(keep);
    const isEmpty = kind === "unavailable" && this.#tried.size === 0;
    return whole ?? (isEmpty ? ports.state.ready(keep, NO_KEYS_TRUST_MS) : null);
  }

  /** None of the keys that are known yet may serve. */
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
    { ports, request }: RequestScope,
  ): Promise<Lease | null> {
    for (let untilMs = firstMs; ; ) {
      await pause(untilMs - ports.nowMs(), request.signal, deadline, ports);
      if (deadline.expired || request.signal.aborted) {
        this.retryAtMs = untilMs;
        return null;
      }
      const nowMs = ports.nowMs();
      const turn = this.#turn(nowMs);
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

  /** A key of this one's account is asked next, and waited for. */
  preferOwner(keyId: string): void {
    this.#ownerId = keyId;
  }

  /** The request is another one now: those that refused it may be asked again. */
  forgive(): void {
    this.#tried.clear();
    this.#refused = null;
    this.#ownerId = null;
  }

  /** The key refused this request: it is not asked again. */
  refused({ key }: Lease): void {
    this.#refuse(key.id);
  }

  /** The key was silent: it is not asked again, lest it be silent again. */
  silent({ key }: Lease): void {
    this.#refuse(key.id);
  }

  /** The key rests until its quota is back, and may be asked once more then. */
  rested({ key }: Lease): void {
    this.#rested ??= new Set();
    if (this.#rested.has(key.id)) this.#refuse(key.id);
    else this.#tried.delete(key.id);
    this.#rested.add(key.id);
  }

  /** Nor is any other key of the same quota. */
  refusedByDomain({ key }: Lease): void {
    this.#refuse(key.id);
    if (key.quotaDomain === null) return;
    for (const { id, quotaDomain } of this.#pool.keys()) {
      if (quotaDomain === key.quotaDomain) this.#refuse(id);
    }
  }

  /** Whether a key that was not tried could be asked now. */
  hasOther(nowMs: number): boolean {
    return this.#pool.hasReady(this.#call.model, this.#tried, nowMs);
  }

  /** Gives back what is still held. */
  end(nowMs: number): void {
    this.#pool.leave(this.#call.model, this.#claim);
    this.#giveBack(nowMs);
  }

  /** The last key gave no answer, or none that was accounted for. */
  #giveBack(nowMs: number): void {
    if (this.#lease !== null) this.#pool.drop(this.#call.model, this.#lease, nowMs);
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
    // All were tried: again the one that did best lately, and the last one only where there is no other.
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

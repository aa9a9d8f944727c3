/**
 * Decides which keys are blocked, and when. It is told of rejections, failures, silence and successes of all keys of
 * a pool, and returns what to do as data. Blocking a key takes two witnesses: a response that says the key is
 * invalid, and either another key that served the same request, or the key's rejection of a different request of
 * another caller, or the provider's free call. If all keys are rejected in the same way, the breaker opens instead,
 * and no key is changed.
 * @module
 */
import type { PoolEntry } from "../schedule/group";
import { ALIKE, CircuitBreaker, type Incident } from "./circuit-breaker";
import { type Accusation, KeyTrouble, type Sentence } from "./key-trouble";

/** The effect of an event: already done in the pool, to be reported to others. */
export type PoolEffect =
  | { readonly kind: "sentenced"; readonly sentence: Sentence }
  /** The key comes last until a second witness agrees; the sentence waits for that. */
  | { readonly kind: "suspected"; readonly sentence: Sentence }
  /** A suspect has worked. */
  | { readonly kind: "cleared"; readonly keyId: string }
  | { readonly kind: "incident-seen"; readonly incident: Incident }
  | { readonly kind: "incident-over" };

export const NO_EFFECTS: readonly PoolEffect[] = [];

/** After this long without a success, rejections may have been an incident that has just ended. */
const BROKEN_MS = 4_000;
/** While all keys are rejected in the same way, each is tried again after at least this long. */
const INCIDENT_ASIDE_MS = 30_000;
/** Minimum time between free calls about suspects, in total and per key. */
const CHECK_GAP_MS = 5_000;
const KEY_CHECK_GAP_MS = 300_000;

export class KeyGuard {
  readonly #breaker = new CircuitBreaker();
  /** When a key worked last. */
  #answeredMs = Number.NEGATIVE_INFINITY;
  /** When the first key was accused since a key worked; null if none was. */
  #accusedSinceMs: number | null = null;
  /** How long nothing but accusations had come before the last answer. */
  #brokenMs = 0;
  /** When a suspect was put to the free call last: epoch milliseconds. */
  #checkedMs = Number.NEGATIVE_INFINITY;

  get answeredMs(): number {
    return this.#answeredMs;
  }

  /** The incident under way, while all keys are refused alike; null while all is well. */
  get incident(): Incident | null {
    return this.#breaker.incident;
  }

  /** Whether a caller's request may be sent while an incident is under way. */
  mayTry(tokenId: string, nowMs: number): boolean {
    return this.#breaker.mayTry(tokenId, nowMs);
  }

  /** A key worked. @returns Whether this ended an incident. */
  succeeded(nowMs: number): boolean {
    this.#brokenMs = nowMs - (this.#accusedSinceMs ?? nowMs);
    this.#accusedSinceMs = null;
    this.#answeredMs = nowMs;
    return this.#breaker.answered();
  }

  /**
   * A key refused in words that condemn it.
   * @returns What is to be done to it now: it refused another caller's unlike request before, and other keys have
   * answered meanwhile. Null for nothing, but that it comes last.
   */
  accused(entry: PoolEntry, accusation: Accusation, nowMs: number): Sentence | null {
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
    const leastMs = this.incident === null ? 0 : INCIDENT_ASIDE_MS;
    entry.trouble.accused(accusation, leastMs, nowMs);
    return null;
  }

  /**
   * Hears for the breaker that a key was accused.
   * @param isLast Whether no key is left that was not.
   */
  refusedAlike(accusation: Accusation, isLast: () => boolean, nowMs: number): void {
    const { rule, tokenId, sentence } = accusation;
    this.#breaker.refused(sentence.keyId, rule, tokenId, isLast, nowMs);
  }

  /**
   * Another key answered a request that a key had refused in words that condemn it.
   * @returns What is to be done to it: its words are true, unless the way may have been broken when they were
   * said, and then it is asked once more.
   */
  outwitnessed({ trouble }: PoolEntry): Sentence | null {
    trouble?.servedByOther();
    const suspicion = trouble?.suspicion ?? null;
    if (suspicion === null || !suspicion.mayConvict) return null;
    const wasWorking = this.#brokenMs < BROKEN_MS;
    return wasWorking || suspicion.servedByOthers >= 2 ? suspicion.sentence : null;
  }

  /**
   * Whether a suspect should be put to the provider's free call now. Only in pools without a breaker: in others
   * there are keys enough to bear witness, and a fault of the provider's would condemn one after the other.
   */
  takeCheck({ trouble }: PoolEntry, poolSize: number, nowMs: number): boolean {
    if (trouble?.suspicion == null || poolSize >= ALIKE) return false;
    if (nowMs < this.#checkedMs + CHECK_GAP_MS || nowMs < trouble.checkedMs + KEY_CHECK_GAP_MS) {
      return false;
    }
    this.#checkedMs = nowMs;
    trouble.checkedMs = nowMs;
    return true;
  }

  /**
   * A key failed, and it was not its fault.
   * @param toldMs When it said to retry, in epoch milliseconds; null if it did not.
   */
  failed(entry: PoolEntry, toldMs: number | null, nowMs: number): void {
    entry.trouble ??= new KeyTrouble();
    const othersAnswer = this.#answeredMs > entry.trouble.failingSinceMs;
    entry.trouble.failed(toldMs, othersAnswer, nowMs);
  }

  /** A key was silent for longer than the model usually takes, and another key was tried. */
  wasSilent(entry: PoolEntry, nowMs: number): void {
    entry.trouble ??= new KeyTrouble();
    entry.trouble.wasSilent(nowMs);
  }
}

/**
 * Decides which keys are blocked, and when. The pool reports rejections, failures, silence and successes of all its
 * keys, and gets back what to do as data. Blocking a key takes two witnesses: a response that says the key is invalid,
 * and either another key that served the same request, or the key's rejection of a different request of another caller,
 * or the provider's free call. If all keys are rejected in the same way, the breaker opens instead, and no key is
 * changed.
 * @module
 */
import type { PoolEntry } from "../schedule/group";
import { ALIKE, CircuitBreaker, type Incident } from "./circuit-breaker";
import { type Accusation, KeyTrouble, type Sentence } from "./key-trouble";

/** The effect of an event: already applied to the pool, to be reported to others. */
export type PoolEffect =
  | { readonly kind: "sentenced"; readonly sentence: Sentence }
  /** The key is used last until a second witness agrees; then the sentence is carried out. */
  | { readonly kind: "suspected"; readonly sentence: Sentence }
  /** A suspected key has worked. */
  | { readonly kind: "cleared"; readonly keyId: string }
  | { readonly kind: "incident-seen"; readonly incident: Incident }
  | { readonly kind: "incident-over" };

export const NO_EFFECTS: readonly PoolEffect[] = [];

/** After this long without a success, rejections may have been an incident that has just ended. */
const BROKEN_MS = 4_000;
/** While all keys are rejected in the same way, each is tried again after at least this long. */
const INCIDENT_ASIDE_MS = 30_000;
/** Minimum time between free calls, or groups of them, in total and per suspected key. */
const CHECK_GAP_MS = 1_000;
const KEY_CHECK_GAP_MS = 300_000;

export class KeyGuard {
  readonly #breaker = new CircuitBreaker();
  /** When a key worked last. */
  #answeredMs = Number.NEGATIVE_INFINITY;
  /** When the first key was accused since a key last worked; null if none was. */
  #accusedSinceMs: number | null = null;
  /** How long there had been only accusations before the last success. */
  #brokenMs = 0;
  /** When keys were last checked by the free call, in epoch milliseconds. */
  #checkedMs = Number.NEGATIVE_INFINITY;

  get answeredMs(): number {
    return this.#answeredMs;
  }

  /** The current incident, in which all keys are rejected in the same way; null if there is none. */
  get incident(): Incident | null {
    return this.#breaker.incident;
  }

  /** Whether a caller's request may be sent during an incident. */
  mayTry(tokenId: string, nowMs: number): boolean {
    return this.#breaker.mayTry(tokenId, nowMs);
  }

  /** Records that a key worked. @returns Whether this ended an incident. */
  succeeded(nowMs: number): boolean {
    this.#brokenMs = nowMs - (this.#accusedSinceMs ?? nowMs);
    this.#accusedSinceMs = null;
    this.#answeredMs = nowMs;
    return this.#breaker.answered();
  }

  /**
   * Records that a key was rejected with a message that says it is invalid.
   * @returns What to do to it now, if it also rejected a different request of another caller and other keys have worked
   * since. Null if nothing, except that it is used last.
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
   * Reports an accused key to the breaker.
   * @param isLast Whether all other keys were accused too.
   */
  refusedAlike(accusation: Accusation, isLast: () => boolean, nowMs: number): void {
    const { rule, tokenId, sentence } = accusation;
    this.#breaker.refused(sentence.keyId, rule, tokenId, isLast, nowMs);
  }

  /**
   * Records that another key served a request for which this key was rejected as invalid.
   * @returns What to do to it: the rejection was right, unless the connection may have been broken at the time; in that
   * case the key is tried once more.
   */
  outwitnessed({ trouble }: PoolEntry): Sentence | null {
    trouble?.servedByOther();
    const suspicion = trouble?.suspicion ?? null;
    if (suspicion === null || !suspicion.mayConvict) return null;
    const wasWorking = this.#brokenMs < BROKEN_MS;
    return wasWorking || suspicion.servedByOthers >= 2 ? suspicion.sentence : null;
  }

  /**
   * Whether a suspected key should be checked by the provider's free call now. Only in pools too small for a breaker:
   * larger pools have enough keys as witnesses, and there a provider outage would condemn one key after another.
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

  /** Whether to check other keys by the free call now, after one response has shown that several are invalid. */
  takeChecks(nowMs: number): boolean {
    if (this.incident !== null || nowMs < this.#checkedMs + CHECK_GAP_MS) return false;
    this.#checkedMs = nowMs;
    return true;
  }

  /**
   * Records a failure that isn't the key's fault.
   * @param retryAtMs When the response says to retry, in epoch milliseconds; null if it doesn't.
   */
  failed(entry: PoolEntry, retryAtMs: number | null, nowMs: number): void {
    entry.trouble ??= new KeyTrouble();
    const othersAnswer = this.#answeredMs > entry.trouble.failingSinceMs;
    entry.trouble.failed(retryAtMs, othersAnswer, nowMs);
  }

  /** Records that a key was silent for longer than the model usually takes, and that another key was tried. */
  wasSilent(entry: PoolEntry, nowMs: number): void {
    entry.trouble ??= new KeyTrouble();
    entry.trouble.wasSilent(nowMs);
  }
}

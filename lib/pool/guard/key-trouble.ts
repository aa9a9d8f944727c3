/**
 * Evidence against a key that isn't enough to block it. A key in trouble is used last: only if nothing else is left,
 * and again after a pause that grows. Its next success ends the trouble.
 *
 * | evidence                                      | the key is used last                                 |
 * | --------------------------------------------- | ---------------------------------------------------- |
 * | a message that says it is invalid, once       | immediately                                          |
 * | failures while other keys work                | after the third in a row                             |
 * | a failure that says when to retry             | until then                                           |
 * | silence while other keys work                 | immediately                                          |
 * @module
 */
import type { Evidence } from "../evidence";
import type { Cooldown, CooldownTarget } from "../types";

/** What to do to a key once a second witness agrees. */
export interface Sentence {
  readonly keyId: string;
  readonly provider: string;
  readonly effect:
    | { readonly kind: "block" }
    | { readonly kind: "cool"; readonly scope: CooldownTarget; readonly cooldown: Cooldown };
  readonly evidence: Evidence;
}

/** A rejection that says the key is invalid. */
export interface Accusation {
  readonly rule: string;
  readonly tokenId: string;
  /** Identifies the request: method, path, model. */
  readonly request: string;
  /**
   * False if the rejection may be about an account that the request chose: another key's success then proves nothing.
   */
  readonly mayConvict: boolean;
  readonly sentence: Sentence;
}

interface Suspicion extends Accusation {
  readonly sinceMs: number;
  /** Requests that this key rejected and another key served. */
  readonly servedByOthers: number;
}

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
/** Longer retry times are ignored: provider failures usually end sooner than the response says. */
const LONGEST_RETRY_AFTER_MS = 60_000;
const FAILURES = 3;

export class KeyTrouble {
  /** Until when the key is used last, in epoch milliseconds. */
  asideUntilMs = 0;
  /** When trouble was last recorded, in epoch milliseconds. */
  lastMs = 0;
  /** When the suspicion was last checked by the free call, in epoch milliseconds. */
  checkedMs = Number.NEGATIVE_INFINITY;
  #suspicion: Suspicion | null = null;
  #failures = 0;
  #failingSinceMs = 0;
  #pauses = 0;

  get suspicion(): Suspicion | null {
    return this.#suspicion;
  }

  /** When the current series of failures began, in epoch milliseconds. */
  get failingSinceMs(): number {
    return this.#failingSinceMs;
  }

  /** @param leastMs The least time for which it is used last. */
  accused(accusation: Accusation, leastMs: number, nowMs: number): void {
    const { sinceMs = nowMs, servedByOthers = 0 } = this.#suspicion ?? {};
    this.#suspicion = { ...accusation, sinceMs, servedByOthers };
    this.lastMs = nowMs;
    this.#comeLast(leastMs, nowMs);
  }

  /** Records that another key served a request that this one rejected. */
  servedByOther(): void {
    if (this.#suspicion === null) return;
    const servedByOthers = this.#suspicion.servedByOthers + 1;
    this.#suspicion = { ...this.#suspicion, servedByOthers };
  }

  /**
   * @param retryAtMs When the response says to retry, in epoch milliseconds; null if it doesn't.
   * @param othersAnswer Whether another key has worked since the current series of failures began.
   */
  failed(retryAtMs: number | null, othersAnswer: boolean, nowMs: number): void {
    if (this.#failures === 0) this.#failingSinceMs = nowMs;
    this.#failures += 1;
    this.lastMs = nowMs;
    if (retryAtMs !== null) {
      this.asideUntilMs = Math.max(
        this.asideUntilMs,
        Math.min(retryAtMs, nowMs + LONGEST_RETRY_AFTER_MS),
      );
    } else if (this.#failures >= FAILURES && othersAnswer) {
      this.#comeLast(0, nowMs);
    }
  }

  /** Records silence while other keys worked. */
  wasSilent(nowMs: number): void {
    this.lastMs = nowMs;
    this.#comeLast(0, nowMs);
  }

  /** Makes it usable in its turn again; the evidence stays recorded. */
  release(): void {
    this.asideUntilMs = 0;
    this.#pauses = 0;
  }

  #comeLast(leastMs: number, nowMs: number): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses);
    this.#pauses += 1;
    this.asideUntilMs = Math.max(this.asideUntilMs, nowMs + Math.max(leastMs, pauseMs));
  }
}

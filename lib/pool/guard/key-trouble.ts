/**
 * What speaks against a key without being enough to block it. A key in trouble comes last: it is used if nothing else
 * is left, and tried again after a pause that grows. Its next success ends the trouble.
 *
 * | what speaks against it                       | it comes last                                        |
 * | -------------------------------------------- | ---------------------------------------------------- |
 * | words that condemn a key, heard once          | from the first time on                               |
 * | failures while others answer                  | from the third in a row on                           |
 * | a failure that tells when to come back        | until then                                           |
 * | silence while others answer                   | from the first time on                               |
 * @module
 */
import type { Evidence } from "../evidence";
import type { Cooldown, RestScope } from "../types";

/** What is done to a key once a second witness agrees. */
export interface Sentence {
  readonly keyId: string;
  readonly provider: string;
  readonly effect:
    | { readonly kind: "block" }
    | { readonly kind: "cool"; readonly scope: RestScope; readonly cooldown: Cooldown };
  readonly evidence: Evidence;
}

/** A rejection that says the key is invalid. */
export interface Accusation {
  readonly rule: string;
  readonly tokenId: string;
  /** What was asked for, so that requests can be told apart: method, path, model. */
  readonly request: string;
  /** False where the refusal may be about an account that the request chose: then no other key's success condemns. */
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
/** Longer waits are not kept to: failures of a provider usually end sooner than it says. */
const LONGEST_TOLD_MS = 60_000;
const FAILURES = 3;

export class KeyTrouble {
  /** Until when the key comes last: epoch milliseconds. */
  asideUntilMs = 0;
  /** When trouble was last recorded, in epoch milliseconds. */
  lastMs = 0;
  /** When the suspicion was put to the provider's free call last: epoch milliseconds. */
  checkedMs = Number.NEGATIVE_INFINITY;
  #suspicion: Suspicion | null = null;
  #failures = 0;
  #failingSinceMs = 0;
  #pauses = 0;

  get suspicion(): Suspicion | null {
    return this.#suspicion;
  }

  /** When the row of failures began that goes on: epoch milliseconds. */
  get failingSinceMs(): number {
    return this.#failingSinceMs;
  }

  /** @param leastMs How long it comes last at least. */
  accused(accusation: Accusation, leastMs: number, nowMs: number): void {
    const { sinceMs = nowMs, servedByOthers = 0 } = this.#suspicion ?? {};
    this.#suspicion = { ...accusation, sinceMs, servedByOthers };
    this.lastMs = nowMs;
    this.#comeLast(leastMs, nowMs);
  }

  /** Another key served a request that this one refused. */
  servedByOther(): void {
    if (this.#suspicion === null) return;
    const servedByOthers = this.#suspicion.servedByOthers + 1;
    this.#suspicion = { ...this.#suspicion, servedByOthers };
  }

  /**
   * @param toldMs When the upstream told to come back; null where it did not.
   * @param othersAnswer Whether another key answered since the row of failures began.
   */
  failed(toldMs: number | null, othersAnswer: boolean, nowMs: number): void {
    if (this.#failures === 0) this.#failingSinceMs = nowMs;
    this.#failures += 1;
    this.lastMs = nowMs;
    if (toldMs !== null) {
      this.asideUntilMs = Math.max(this.asideUntilMs, Math.min(toldMs, nowMs + LONGEST_TOLD_MS));
    } else if (this.#failures >= FAILURES && othersAnswer) {
      this.#comeLast(0, nowMs);
    }
  }

  /** It was silent while other keys worked. */
  wasSilent(nowMs: number): void {
    this.lastMs = nowMs;
    this.#comeLast(0, nowMs);
  }

  /** It may be tried in its turn again; what speaks against it stays recorded. */
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

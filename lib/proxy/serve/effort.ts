/**
 * What a request has cost so far in one pool, and whether it may cost more: attempts, failures, and the kinds of
 * rejections after which trying another key isn't worth it.
 * @module
 */
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { maySendAgain } from "./sent-again";

/** The free plan allows 50 subrequests per request: some are left for the store. */
export const MAX_SENDS = 30;
/** A region is rejected by where the request comes from, whatever the key: one more attempt may come from elsewhere. */
const MAX_REGION_REFUSALS = 2;
/** Keys that can't be decrypted, per request. */
const MAX_UNOPENED = 20;
/**
 * Keys tried for a request that names no model and is rejected with an unknown message: it may be about the request.
 */
const MAX_DOUBTS = 5;
/** Keys that one request tries while all keys are rejected in the same way. */
const PROBED_KEYS = 3;
/** Rejections that take longer than this in total are no longer cheap. */
const REFUSALS_MS = 20_000;

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 500;

export class Effort {
  readonly #call: ProxyCall;
  readonly #scope: RequestScope;
  readonly #maxAttempts: number;
  readonly #maxSends: number;
  readonly #sentBefore: number;
  readonly #startedMs: number;
  /** Attempts that cost something: rejections don't, while other keys are left. */
  #costly = 0;
  /** Attempts whose effect upstream is unknown. */
  #unknown = 0;
  #unopened = 0;
  #doubts = 0;
  #regionRefusals = 0;
  #refusals = 0;
  #backoffMs = FIRST_BACKOFF_MS;

  /** @param isIncident Whether all keys are currently rejected in the same way. */
  constructor(call: ProxyCall, isIncident: boolean, startedMs: number, scope: RequestScope) {
    const isStreamed = call.body.kind === "streamed";
    this.#call = call;
    this.#scope = scope;
    this.#startedMs = startedMs;
    this.#sentBefore = scope.attempts;
    this.#maxAttempts = isStreamed ? 1 : scope.config.maxAttempts;
    const maxSends = scope.maxSends ?? Math.max(MAX_SENDS, this.#maxAttempts);
    this.#maxSends =
      isStreamed || isIncident
        ? Math.min(maxSends, this.#sentBefore + (isIncident ? PROBED_KEYS : 1))
        : maxSends;
  }

  mayGoOn(): boolean {
    const { attempts, ports } = this.#scope;
    return (
      this.#costly < this.#maxAttempts &&
      attempts < this.#maxSends &&
      (attempts - this.#sentBefore < this.#maxAttempts ||
        ports.nowMs() - this.#startedMs < REFUSALS_MS)
    );
  }

  /** Whether an attempt in progress may be given up for another: its effect would be unknown. */
  mayLeave(): boolean {
    return (
      this.#costly + 1 < this.#maxAttempts &&
      this.#scope.attempts < this.#maxSends &&
      maySendAgain(this.#call, this.#unknown + 1)
    );
  }

  /** Whether the call may be sent again after its attempts so far. */
  maySendAgain(): boolean {
    return maySendAgain(this.#call, this.#unknown) && this.mayGoOn();
  }

  /** Records that an attempt cost something. */
  spend(): void {
    this.#costly += 1;
    this.#scope.costly = (this.#scope.costly ?? 0) + 1;
  }

  /** Records an attempt whose effect is unknown. */
  noteUnknown(): void {
    this.#unknown += 1;
  }

  /** Records a key that couldn't be decrypted. @returns Whether another may be tried. */
  mayOpenAnother(): boolean {
    this.#unopened += 1;
    return this.#unopened < MAX_UNOPENED;
  }

  /** Records a rejection that may be about the request. @returns Whether another key may be tried. */
  mayDoubtAnother(): boolean {
    this.#doubts += 1;
    return this.#doubts < MAX_DOUBTS;
  }

  /** Records that the region was rejected. @returns Whether one more attempt may be made from elsewhere. */
  mayTryRegion(): boolean {
    this.#regionRefusals += 1;
    return this.#regionRefusals < MAX_REGION_REFUSALS;
  }

  /**
   * Records a rejection that other keys rarely fix.
   * @param most The most keys to try.
   * @returns Whether another may be tried.
   */
  mayHopeForAnother(most: number): boolean {
    this.#refusals += 1;
    return this.#refusals < most;
  }

  /** How long to wait before the next attempt; longer each time. */
  nextBackoffMs(): number {
    const backoffMs = this.#backoffMs;
    this.#backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    return backoffMs * (0.5 + this.#scope.ports.random() / 2);
  }
}

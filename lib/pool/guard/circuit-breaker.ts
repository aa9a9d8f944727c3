/**
 * Circuit breaker: prevents a problem that affects all keys in the same way (an egress region, a provider outage, a bug
 * of ours) from being blamed on the keys and retried endlessly. A state machine; the clock is a parameter.
 *
 * Closed: requests are sent. It opens if many keys were rejected in the same way, no key has worked since, and every
 * key left was rejected; for a single caller it takes a while, because its own requests may be the cause. Open: one
 * probe per second is sent, with the keys that waited longest. The first success closes it.
 * @module
 */

/** This many keys rejected in the same way are no coincidence. Smaller pools have no breaker. */
export const ALIKE = 5;
/** Failures of a single caller count as an incident after this long without any success. */
const ONE_CALLER_MS = 3_000;
const PROBE_GAP_MS = 1_000;
/** Maximum number of keys that an incident lists. */
const MAX_REPORTED_KEYS = 100;
const MAX_CALLERS = 100;

/** Many keys failing in the same way. */
export interface Incident {
  readonly sinceMs: number;
  /** What the failures have in common: the name of the rule that classified them. */
  readonly signature: string;
  /** Keys that were rejected before the breaker opened. */
  readonly keyIds: readonly string[];
}

interface Alike {
  readonly signature: string;
  readonly sinceMs: number;
  readonly keyIds: Set<string>;
  readonly callers: Set<string>;
}

export class CircuitBreaker {
  #alike: Alike | null = null;
  #incident: Incident | null = null;
  #nextProbeMs = 0;

  /** The current incident; null while the breaker is closed. */
  get incident(): Incident | null {
    return this.#incident;
  }

  /** Whether a caller's request may be sent now: always if that caller hasn't been rejected yet. */
  mayTry(tokenId: string, nowMs: number): boolean {
    if (this.#incident === null || this.#alike?.callers.has(tokenId) !== true) return true;
    if (nowMs < this.#nextProbeMs) return false;
    this.#nextProbeMs = nowMs + PROBE_GAP_MS;
    return true;
  }

  /**
   * Records that a key was rejected as invalid.
   * @param isLast Whether every other key was rejected too.
   */
  refused(
    keyId: string,
    signature: string,
    tokenId: string,
    isLast: () => boolean,
    nowMs: number,
  ): void {
    if (this.#alike?.signature !== signature) {
      if (this.#incident !== null) return;
      const [keyIds, callers] = [new Set<string>(), new Set<string>()];
      this.#alike = { signature, sinceMs: nowMs, keyIds, callers };
    }
    const { keyIds, callers, sinceMs } = this.#alike;
    if (keyIds.size < MAX_REPORTED_KEYS) keyIds.add(keyId);
    if (callers.size < MAX_CALLERS) callers.add(tokenId);
    if (this.#incident !== null || keyIds.size < ALIKE) return;
    if ((callers.size < 2 && nowMs - sinceMs < ONE_CALLER_MS) || !isLast()) return;
    this.#incident = { sinceMs: nowMs, signature, keyIds: [...keyIds] };
    this.#nextProbeMs = nowMs + PROBE_GAP_MS;
  }

  /** Records that a key worked. @returns Whether this ended an incident. */
  answered(): boolean {
    this.#alike = null;
    if (this.#incident === null) return false;
    this.#incident = null;
    return true;
  }
}

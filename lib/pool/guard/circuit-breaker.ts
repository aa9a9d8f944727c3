/**
 * Keeps a fault that hits all keys alike (an egress region, an incident at the provider, a mistake of ours) from
 * being hammered on. A state machine with the clock handed in.
 *
 * Closed: requests go. It opens where many keys were refused alike, no key has answered since, and none is left
 * that was not refused; for one caller alone it takes a while, since its own requests may be what is refused.
 * Open, it is half open for probes: one a second, on keys that wait longest. The first answer closes it.
 * @module
 */

/** So many different keys that are refused alike are no coincidence. Smaller pools have no breaker. */
export const ALIKE = 5;
/** What one caller alone meets is taken for an incident after this long without any answer. */
const ONE_CALLER_MS = 3_000;
const PROBE_GAP_MS = 1_000;
/** Keys that are told of. */
const MAX_TOLD = 100;
const MAX_CALLERS = 100;

/** Many keys failing alike. */
export interface Incident {
  readonly sinceMs: number;
  /** What the failures have in common: the name of the rule that judged them. */
  readonly signature: string;
  /** Keys that were refused before it was noticed. */
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

  /** The incident under way; null while the breaker is closed. */
  get incident(): Incident | null {
    return this.#incident;
  }

  /** Whether a caller's request may be sent now. Who has met no refusal yet always may. */
  mayTry(tokenId: string, nowMs: number): boolean {
    if (this.#incident === null || this.#alike?.callers.has(tokenId) !== true) return true;
    if (nowMs < this.#nextProbeMs) return false;
    this.#nextProbeMs = nowMs + PROBE_GAP_MS;
    return true;
  }

  /**
   * Notes that a key was refused in words that condemn it.
   * @param isLast Whether no key is left that was not refused.
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
    if (keyIds.size < MAX_TOLD) keyIds.add(keyId);
    if (callers.size < MAX_CALLERS) callers.add(tokenId);
    if (this.#incident !== null || keyIds.size < ALIKE) return;
    if ((callers.size < 2 && nowMs - sinceMs < ONE_CALLER_MS) || !isLast()) return;
    this.#incident = { sinceMs: nowMs, signature, keyIds: [...keyIds] };
    this.#nextProbeMs = nowMs + PROBE_GAP_MS;
  }

  /** A key answered: the way works. @returns Whether an incident ended. */
  answered(): boolean {
    this.#alike = null;
    if (this.#incident === null) return false;
    this.#incident = null;
    return true;
  }
}

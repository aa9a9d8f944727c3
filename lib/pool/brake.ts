/**
 * Keeps a fault that hits many keys alike from being taken for the keys' own: an egress region, an incident
 * at the provider, a mistake of ours. A state machine with the clock handed in.
 *
 * What would be done to a key waits here until it is sure: a success of another key shows that the way
 * works, and so does time in which no other key failed alike. Where several keys fail alike with no success
 * between, the changes are dropped, and nothing is changed until a key succeeds again; meanwhile one
 * request a second may try.
 * @module
 */

/** So many different keys that fail alike are no coincidence. Smaller pools are not braked. */
export const ALIKE = 5;
const TOGETHER_MS = 10_000;
const TRICKLE_MS = 1_000;

/** A change of a key's state that may still turn out to be wrong. */
export interface KeyChange {
  /** Makes it known to everybody. */
  commit(): void;
  /** Takes it back here. */
  undo(): void;
}

interface Suspicion<Change> {
  readonly keyId: string;
  readonly signature: string;
  readonly change: Change;
  readonly atMs: number;
}

/** Many keys failing alike. */
export interface Incident {
  readonly sinceMs: number;
  /** What the failures have in common: the name of the rule that judged them. */
  readonly signature: string;
  /** Keys that failed before it was noticed. */
  readonly keyIds: readonly string[];
}

export class Brake<Change> {
  #suspicions: Suspicion<Change>[] = [];
  #incident: Incident | null = null;
  #nextTryMs = 0;

  /** The incident under way; null while all is well. */
  get incident(): Incident | null {
    return this.#incident;
  }

  /** Whether a request may be sent now. */
  mayTry(nowMs: number): boolean {
    if (this.#incident === null) return true;
    if (nowMs < this.#nextTryMs) return false;
    this.#nextTryMs = nowMs + TRICKLE_MS;
    return true;
  }

  /**
   * Notes that a key failed in a way that would change its state.
   * @returns `wait`: the change takes effect here and is kept until `settled` or `succeeded` hands it out;
   * `ignore`: an incident is under way; else the changes to take back, since an incident begins.
   */
  failed(
    keyId: string,
    signature: string,
    change: Change,
    nowMs: number,
  ): "wait" | "ignore" | readonly Change[] {
    if (this.#incident?.signature === signature) return "ignore";
    this.#suspicions = this.#suspicions.filter((other) => other.keyId !== keyId);
    this.#suspicions.push({ keyId, signature, change, atMs: nowMs });
    const alike = this.#suspicions.filter(
      (other) => other.signature === signature && nowMs - other.atMs < TOGETHER_MS,
    );
    if (alike.length < ALIKE) return "wait";
    const keyIds = alike.map((other) => other.keyId);
    this.#incident = { sinceMs: nowMs, signature, keyIds };
    this.#nextTryMs = nowMs + TRICKLE_MS;
    this.#suspicions = this.#suspicions.filter((other) => !alike.includes(other));
    return alike.map(({ change: undone }) => undone);
  }

  /** A key answered: the way works, so what failed has itself to blame. Returns the changes to make for good. */
  succeeded(): readonly Change[] {
    this.#incident = null;
    if (this.#suspicions.length === 0) return [];
    const sure = this.#suspicions.map(({ change }) => change);
    this.#suspicions = [];
    return sure;
  }

  /** Changes that no other key's failure has called into question in time. */
  settled(nowMs: number): readonly Change[] {
    if (this.#suspicions.length === 0) return [];
    const isSure = ({ atMs }: Suspicion<Change>) => nowMs - atMs >= TOGETHER_MS;
    const sure = this.#suspicions.filter(isSure).map(({ change }) => change);
    this.#suspicions = this.#suspicions.filter((other) => !isSure(other));
    return sure;
  }
}

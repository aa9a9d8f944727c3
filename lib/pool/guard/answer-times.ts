/**
 * How long a model's responses take to begin, to distinguish a silent key from a slow model. Streamed and whole
 * responses are two kinds: the first byte of a whole one comes when all of it is written.
 *
 * | what is known of the model          | a request leaves a silent key                                       |
 * | ----------------------------------- | ------------------------------------------------------------------- |
 * | three answers or more               | after three times the usual time, one second at least               |
 * | less, and no other key is silent    | after 13.5 s, one request in two minutes: the model may just be slow |
 * | less, and others are silent as well | after 90 s: the model is slow, unless all of them are broken         |
 * @module
 */

/** Of this many responses the second longest is the usual time, so that one outlier does not count. */
const REMEMBERED = 32;
const LEAST_ANSWERS = 3;
const TIMES_USUAL = 3;
const LEAST_TIMEOUT_MS = 1_000;
const UNKNOWN_TIMEOUT_MS = 13_500;
/** A trial without news for this long is over. */
const TRIAL_MS = 120_000;
/** If other keys are silent as well. */
const SLOW_TIMEOUT_MS = 90_000;
/** Another key that got a request this long ago and has not responded is silent as well. */
const SILENT_MS = 5_000;
const MAX_KINDS = 1_000;

interface Kind {
  /** Attempts under way while little is known: when each was sent, by its own name, with its key. */
  readonly underWay: Map<object, { readonly keyId: string; readonly sentMs: number }>;
  readonly tookMs: number[];
  answers: number;
  /** When a request left a silent key although nothing was known. */
  trialMs: number;
}

export class AnswerTimes {
  readonly #kinds = new Map<string, Kind>();

  /** Records how long a response took to begin. */
  note(model: string, isStreamed: boolean, tookMs: number): void {
    const kind = this.#kind(model, isStreamed);
    kind.tookMs[kind.answers % REMEMBERED] = tookMs;
    kind.answers += 1;
  }

  /** How long responses usually take to begin; null until it is known. */
  usualMs(model: string, isStreamed: boolean): number | null {
    const tookMs = this.#kinds.get(nameOf(model, isStreamed))?.tookMs ?? [];
    if (tookMs.length < LEAST_ANSWERS) return null;
    const sorted = tookMs.toSorted((a, b) => b - a);
    return sorted[1] ?? null;
  }

  /** How long to wait for a silent key. */
  timeoutMs(model: string, isStreamed: boolean): number {
    const usualMs = this.usualMs(model, isStreamed);
    if (usualMs !== null) return Math.max(LEAST_TIMEOUT_MS, TIMES_USUAL * usualMs);
    const tookMs = this.#kinds.get(nameOf(model, isStreamed))?.tookMs ?? [];
    return Math.max(UNKNOWN_TIMEOUT_MS, TIMES_USUAL * Math.max(0, ...tookMs));
  }

  /** An attempt was sent. @param attempt Its name, for `over`. */
  sent(model: string, isStreamed: boolean, attempt: object, keyId: string, sentMs: number): void {
    if (this.usualMs(model, isStreamed) !== null) return;
    this.#kind(model, isStreamed).underWay.set(attempt, { keyId, sentMs });
  }

  /** An attempt was answered, or given up. */
  over(model: string, isStreamed: boolean, attempt: object): void {
    this.#kinds.get(nameOf(model, isStreamed))?.underWay.delete(attempt);
  }

  /** Whether a request may give up a key that was silent for this long: always if the usual time is known, else as a trial. */
  mayLeave(model: string, isStreamed: boolean, attempt: object, nowMs: number): boolean {
    if (this.usualMs(model, isStreamed) !== null) return true;
    const kind = this.#kind(model, isStreamed);
    const own = kind.underWay.get(attempt);
    const isSlow = kind.underWay
      .values()
      .some(({ keyId, sentMs }) => keyId !== own?.keyId && nowMs - sentMs >= SILENT_MS);
    if (isSlow && own !== undefined && nowMs - own.sentMs < SLOW_TIMEOUT_MS) return false;
    if (nowMs - kind.trialMs < TRIAL_MS) return false;
    kind.trialMs = nowMs;
    return true;
  }

  #kind(model: string, isStreamed: boolean): Kind {
    const name = nameOf(model, isStreamed);
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      if (this.#kinds.size >= MAX_KINDS) {
        const [oldest] = this.#kinds.keys();
        if (oldest !== undefined) this.#kinds.delete(oldest);
      }
      kind = { underWay: new Map(), tookMs: [], answers: 0, trialMs: Number.NEGATIVE_INFINITY };
      this.#kinds.set(name, kind);
    }
    return kind;
  }
}

function nameOf(model: string, isStreamed: boolean): string {
  return isStreamed ? `${model}\n` : model;
}

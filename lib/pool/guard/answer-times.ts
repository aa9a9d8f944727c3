/**
 * How long a model's responses take to begin, to distinguish a silent key from a slow model. Streamed and complete
 * responses are separate kinds: the first byte of a complete one arrives only when all of it is written.
 *
 * | what is known of the model            | when a request leaves a silent key                                    |
 * | ------------------------------------- | --------------------------------------------------------------------- |
 * | three responses or more               | after three times the usual time, at least one second                 |
 * | fewer, and no other key is silent     | after 13.5 s, one request per two minutes: the model may just be slow |
 * | fewer, and other keys are silent too  | after 90 s: the model is slow, unless all keys are broken             |
 * @module
 */

/** Of this many responses, the second slowest sets the usual time, so that one outlier doesn't count. */
const REMEMBERED = 32;
const LEAST_ANSWERS = 3;
const TIMES_USUAL = 3;
const LEAST_TIMEOUT_MS = 1_000;
const UNKNOWN_TIMEOUT_MS = 13_500;
/** A trial that hasn't finished after this time is over. */
const TRIAL_MS = 120_000;
/** Timeout while other keys are silent too. */
const SLOW_TIMEOUT_MS = 90_000;
/** A key that got a request this long ago without responding counts as silent. */
const SILENT_MS = 5_000;
const MAX_KINDS = 1_000;

interface Kind {
  /** Attempts in progress while little is known: when each was sent, and with which key. */
  readonly underWay: Map<object, { readonly keyId: string; readonly sentMs: number }>;
  readonly tookMs: number[];
  answers: number;
  /** When a request last left a silent key although the usual time was unknown. */
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

  /** How long responses usually take to begin; null if unknown. */
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

  /** Records that an attempt was sent. @param attempt Identifies it for `over`. */
  sent(model: string, isStreamed: boolean, attempt: object, keyId: string, sentMs: number): void {
    if (this.usualMs(model, isStreamed) !== null) return;
    this.#kind(model, isStreamed).underWay.set(attempt, { keyId, sentMs });
  }

  /** Records that an attempt was answered or given up. */
  over(model: string, isStreamed: boolean, attempt: object): void {
    this.#kinds.get(nameOf(model, isStreamed))?.underWay.delete(attempt);
  }

  /**
   * Whether a request may give up a key that has been silent for this long: always if the usual time is known,
   * otherwise only as a trial.
   */
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

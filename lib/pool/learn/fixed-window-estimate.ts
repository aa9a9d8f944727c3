/**
 * Tracks the window after a limit decreased. More was sent under the old limit than the new one allows. In a sliding
 * window those sends expire one by one; in a fixed window, which began with its first request, all expire at once.
 * Fixed is assumed until a rejection proves otherwise, because assuming sliding would waste most of a fixed window.
 * @module
 */
import type { SendLog } from "../limits/send-log";

export class FixedWindowEstimate {
  readonly #log: SendLog;
  /** When the window of the last send began. */
  #windowStartMs: number;
  /** The limit last applied; null for none, or for a share, which varies anyway. */
  #keptTo: number | null = null;
  #fellAtMs = Number.NEGATIVE_INFINITY;

  /** @param log The sends, most of them since the first window began. */
  constructor(log: SendLog) {
    this.#log = log;
    this.#windowStartMs = log.timeOfLast(log.total) ?? Number.NEGATIVE_INFINITY;
  }

  /** Records a send. */
  sent(windowMs: number, nowMs: number): void {
    if (nowMs >= this.#windowStartMs + windowMs) this.#windowStartMs = nowMs;
  }

  /** Records the limit that applies from now on; null for none that could decrease. */
  keepTo(limit: number | null, nowMs: number): void {
    if (this.#keptTo !== null && limit !== null && limit < this.#keptTo) this.#fellAtMs = nowMs;
    this.#keptTo = limit;
  }

  /** Whether the limit decreased less than a window ago, to less than was sent since. */
  isRecent(windowMs: number, nowMs: number): boolean {
    if (this.#keptTo === null || nowMs >= this.#fellAtMs + windowMs) return false;
    return this.#log.since(this.#fellAtMs) < this.#keptTo;
  }

  /** When the next request may be sent if windows are fixed, in epoch milliseconds; may be in the past. */
  readyAtMs(windowMs: number): number {
    const sent = this.#log.since(this.#windowStartMs - 1);
    return sent < (this.#keptTo ?? 0) ? Number.NEGATIVE_INFINITY : this.#windowStartMs + windowMs;
  }
}

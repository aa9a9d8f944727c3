/**
 * The window after a limit fell. What was sent under the old limit is more than the new one allows, and it
 * matters how it leaves the window: a sliding one lets it go one by one, a fixed one, which began with its
 * first request, all of it at once. Fixed is presumed until a refusal shows otherwise, because waiting for
 * one by one would waste most of a fixed window.
 * @module
 */
import type { SendLog } from "../limits/send-log";

export class FixedWindowEstimate {
  readonly #log: SendLog;
  /** When the window began that the last send is in. */
  #windowStartMs: number;
  /** The limit that was kept to last; null for none, or a part that varies anyway. */
  #keptTo: number | null = null;
  #fellAtMs = Number.NEGATIVE_INFINITY;

  /** @param log What was sent, most of it since the first window began. */
  constructor(log: SendLog) {
    this.#log = log;
    this.#windowStartMs = log.timeOfLast(log.total) ?? Number.NEGATIVE_INFINITY;
  }

  /** Notes a send. */
  sent(windowMs: number, nowMs: number): void {
    if (nowMs >= this.#windowStartMs + windowMs) this.#windowStartMs = nowMs;
  }

  /** Notes the limit that is kept to from now on; null for none that could fall. */
  keepTo(limit: number | null, nowMs: number): void {
    if (this.#keptTo !== null && limit !== null && limit < this.#keptTo) this.#fellAtMs = nowMs;
    this.#keptTo = limit;
  }

  /** Whether the limit fell less than a window ago, and less than it was sent since. */
  isRecent(windowMs: number, nowMs: number): boolean {
    if (this.#keptTo === null || nowMs >= this.#fellAtMs + windowMs) return false;
    return this.#log.since(this.#fellAtMs) < this.#keptTo;
  }

  /** When the next request may come if windows are fixed: epoch milliseconds, maybe past. */
  readyAtMs(windowMs: number): number {
    const sent = this.#log.since(this.#windowStartMs - 1);
    return sent < (this.#keptTo ?? 0) ? Number.NEGATIVE_INFINITY : this.#windowStartMs + windowMs;
  }
}

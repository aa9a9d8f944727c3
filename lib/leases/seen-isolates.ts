/** How many isolates use limits together, as far as responses showed. @module */

/** How long the highest number seen is assumed. */
const SEEN_MS = 600_000;

export class SeenIsolates {
  #most = 1;
  /** When this number was last seen, in epoch milliseconds. */
  #seenMs = Number.NEGATIVE_INFINITY;

  get most(): number {
    return this.#most;
  }

  note(count: number, nowMs: number): void {
    if (count < this.#most && nowMs - this.#seenMs < SEEN_MS) return;
    this.#most = count;
    this.#seenMs = nowMs;
  }

  /** Shifts recorded times, because the machine's clock was set back. */
  shift(byMs: number): void {
    this.#seenMs += byMs;
  }
}

/** How many isolates use limits together, as far as answers showed. @module */

/** As many as were seen are reckoned with for so long. */
const SEEN_MS = 600_000;

export class SeenIsolates {
  #most = 1;
  /** When so many were seen last: epoch milliseconds. */
  #seenMs = Number.NEGATIVE_INFINITY;

  get most(): number {
    return this.#most;
  }

  note(count: number, nowMs: number): void {
    if (count < this.#most && nowMs - this.#seenMs < SEEN_MS) return;
    this.#most = count;
    this.#seenMs = nowMs;
  }

  /** The machine's clock was set back. */
  shift(byMs: number): void {
    this.#seenMs += byMs;
  }
}

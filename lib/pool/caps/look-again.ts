/** How long a key that requests in progress hold isn't checked again; their end triggers a check earlier. */
const LOOK_MS = 1_000;

/** When to check what requests in progress hold again: the same moment until it is reached. */
export class LookAgain {
  #atMs = 0;

  /** Epoch milliseconds, after now. */
  atMs(nowMs: number): number {
    // If the clock was set back, this would be waited for.
    if (this.#atMs <= nowMs || this.#atMs > nowMs + LOOK_MS) this.#atMs = nowMs + LOOK_MS;
    return this.#atMs;
  }
}

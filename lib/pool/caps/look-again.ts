/** For so long a key that requests under way hold is not looked at again; their end calls it sooner. */
const LOOK_MS = 1_000;

/** When what requests under way hold is worth another look: the same moment until it has come. */
export class LookAgain {
  #atMs = 0;

  /** Epoch milliseconds, after now. */
  atMs(nowMs: number): number {
    // A clock that was set back would be waited for.
    if (this.#atMs <= nowMs || this.#atMs > nowMs + LOOK_MS) this.#atMs = nowMs + LOOK_MS;
    return this.#atMs;
  }
}

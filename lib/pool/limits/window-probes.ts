const FIRST_GAP_MS = 1_000;
/** So that a hiccup of seconds is over for clients within seconds, and a used quota costs few requests. */
const LONGEST_GAP_MS = 4_000;
/** After this long without a probe, the next series begins. */
const PAUSE_MS = 10_000;

/**
 * When a request that would be rejected is sent as a probe although every key waits for the window of a quota that its
 * rejection named without a time: with a gap that doubles, because where the quota is used up, each probe is rejected too.
 */
export class WindowProbes {
  #nextMs = Number.NEGATIVE_INFINITY;
  #gapMs = FIRST_GAP_MS;

  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  sent(nowMs: number): void {
    if (nowMs >= this.#nextMs + PAUSE_MS) this.#gapMs = FIRST_GAP_MS;
    this.#nextMs = nowMs + this.#gapMs;
    this.#gapMs = Math.min(this.#gapMs * 2, LONGEST_GAP_MS);
  }
}

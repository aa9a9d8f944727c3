/**
 * A read of the store that one request makes and several wait for.
 *
 * workerd ties a promise to the request that created it: once that request has ended, the promise never settles, and
 * awaiting it elsewhere rejects. So each waiting request has a promise and a timer of its own, which the end of the
 * read resolves; the request that starts a read keeps it alive by `waitUntil`.
 * @module
 */

/** Runs `callback` once after `ms`; the returned function cancels it. */
export type SetTimer = (callback: () => void, ms: number) => () => void;

export const platformTimer: SetTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

export class SharedRead {
  /** When it started. */
  readonly sinceMs: number;
  /** Only for the request that started it: resolves when the read is over, whatever its result. Never rejects. */
  readonly done: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  /** @param run Reads; it reports its own errors. */
  constructor(sinceMs: number, run: () => Promise<unknown>) {
    this.sinceMs = sinceMs;
    this.done = this.#finish(run);
  }

  /**
   * Whether it ends within `ms` milliseconds. Never rejects. @param setTimer The timer to use instead of the
   * platform's.
   */
  async endsWithin(ms: number, setTimer: SetTimer = platformTimer): Promise<boolean> {
    if (this.#isOver) return true;
    let cancel = () => {};
    let wake = () => {};
    const woken = new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
      cancel = setTimer(() => resolve(false), ms);
    });
    this.#waiting.add(wake);
    const isOver = await woken;
    cancel();
    this.#waiting.delete(wake);
    return isOver;
  }

  async #finish(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch {
      // `run` reports it.
    }
    this.#isOver = true;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/**
 * A read of the store that one request makes and several wait for.
 *
 * workerd ties a promise to the request that made it: once that request has ended, the promise never settles,
 * and awaiting it elsewhere rejects. So each that waits has a promise and a timer of its own, which the end of
 * the read resolves; the request that begins a read keeps it alive by `waitUntil`.
 * @module
 */

/** Runs `callback` once after `ms`; the returned function cancels it. */
export type SetTimer = (callback: () => void, ms: number) => () => void;

export const platformTimer: SetTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

export class SharedRead {
  /** When it began. */
  readonly sinceMs: number;
  /** For the request that began it alone: resolves when the read is over, however it ended. Never rejects. */
  readonly done: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  /** @param run Reads; what it throws is for itself to tell. */
  constructor(sinceMs: number, run: () => Promise<unknown>) {
    this.sinceMs = sinceMs;
    this.done = this.#finish(run);
  }

  /** Whether it is over within `ms` milliseconds. Never rejects. @param setTimer The clock's, where it is another. */
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
      // Told by `run`.
    }
    this.#isOver = true;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

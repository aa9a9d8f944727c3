/** A clock that stands still while anything else can proceed, and then jumps to the next timer. */
export class VirtualClock {
  #nowMs = Date.UTC(2026, 0, 15, 12);
  readonly #timers = new Set<Timer>();
  readonly #holds = new Set<object>();

  get nowMs(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, ms: number): () => void {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Resolves when `ms` have passed; time passes only during a `run`. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(resolve, ms));
  }

  /** Time stands still until the returned function is called, because something else is still working. */
  hold(): () => void {
    const hold = {};
    this.#holds.add(hold);
    return () => this.#holds.delete(hold);
  }

  /** Lets time pass until the work is done. Several may run side by side. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const finish = () => {
      isDone = true;
    };
    work.then(finish, finish);
    while (!isDone) {
      const before = this.#nowMs;
      await idle();
      // Another run may have advanced the clock in the meantime.
      if (!isDone && this.#nowMs === before && this.#holds.size === 0) this.#fireNext();
    }
    return work;
  }

  /** Lets this much time pass. */
  advance(ms: number): Promise<void> {
    return this.run(this.pause(ms));
  }

  #fireNext(): void {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (next === null || timer.dueMs < next.dueMs) next = timer;
    }
    if (next === null) return;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.callback();
  }
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Streams and decompression take a few turns of the event loop. */
const IDLE_TURNS = 4;

async function idle(): Promise<void> {
  for (let turn = 0; turn < IDLE_TURNS; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

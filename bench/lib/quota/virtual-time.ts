/**
 * A clock that jumps from one timer to the next once everything else is done, so that minutes take milliseconds.
 * @module
 */
import { setImmediate } from "node:timers";
import { WakeHeap } from "../../../lib/pool/schedule/wake-heap.ts";

interface Timer {
  readonly callback: () => void;
  isOff: boolean;
}

export class VirtualTime {
  readonly #timers = new WakeHeap<Timer>();
  #nowMs: number;

  readonly #turns: number;

  /** @param turns Event loop turns for which the clock stands still: reading a body takes several. */
  constructor(startMs: number, turns = 1) {
    this.#nowMs = startMs;
    this.#turns = turns;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Runs `callback` once at a time; the returned function cancels it. */
  at(timeMs: number, callback: () => void): () => void {
    const timer: Timer = { callback, isOff: false };
    this.#timers.push(timer, Math.max(timeMs, this.#nowMs));
    return () => {
      timer.isOff = true;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#nowMs + ms, resolve));
  }

  /** Runs until no timer is left. */
  async run(): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < this.#turns; turn += 1) await settle();
      let first = this.#timers.pop();
      while (first?.item.isOff) first = this.#timers.pop();
      if (first === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, first.wakeMs);
      first.item.callback();
    }
  }
}

/** Lets every promise that can proceed do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Brings an isolate's events into the store: one flush at a time, at most one a second, each in one
 * transaction.
 *
 * workerd ties a promise that waits for I/O to the request that began it: if that request is cancelled,
 * the promise never settles. So no request waits for another's flush here. One request at a time, the
 * runner, writes inside its own `waitUntil`; one that has run for a while hands over to the next
 * request that comes, which also takes back the flush the runner may have died in. Writing events
 * twice does no harm.
 * @module
 */
import type { StateEvent } from "../proxy/ports";
import { PendingEvents } from "./pending-events";
import { rootCause } from "./root-cause";
import { sleep } from "./timers";

const FLUSH_GAP_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** Younger runners are left alone. */
const RUNNER_TRUST_MS = 5_000;
/** A runner without a successor gives up after this long; workerd ends `waitUntil` work after 30 s. */
const RUNNER_LIFE_MS = 20_000;
/** Events of one flush: with evidence of up to 1 kB each it stays well below D1's 2 MB a parameter. */
const FLUSH_MAX_EVENTS = 1_000;
const PENDING_MAX_EVENTS = 20_000;

export interface EventWriterOptions {
  /** Writes events in one transaction. */
  write(events: readonly StateEvent[]): Promise<void>;
  nowMs(): number;
}

export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #pending = new PendingEvents(PENDING_MAX_EVENTS);
  #underWay: readonly StateEvent[] = [];
  #runner: { readonly sinceMs: number } | null = null;
  #nextFlushMs = 0;
  #failures = 0;

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  add(event: StateEvent): void {
    this.#pending.add(event);
  }

  /** Events that may not be in the store yet. */
  unwritten(): StateEvent[] {
    return [...this.#underWay, ...this.#pending.values()];
  }

  /** Whether there are events that no trusted runner sees to. */
  isDue(): boolean {
    if (this.#pending.size + this.#underWay.length === 0) return false;
    return this.#runner === null || this.#options.nowMs() - this.#runner.sinceMs >= RUNNER_TRUST_MS;
  }

  /** Resolves when all events are written, or another call sees to them, or the store refuses for too long. */
  async flush(): Promise<void> {
    if (!this.isDue()) return;
    const { nowMs } = this.#options;
    const sinceMs = nowMs();
    const runner = { sinceMs };
    this.#runner = runner;
    this.#putBack();

    while (this.#pending.size > 0) {
      const waitMs = Math.max(0, this.#nextFlushMs - nowMs());
      if (nowMs() + waitMs > sinceMs + RUNNER_LIFE_MS) break;
      if (waitMs > 0) await sleep(waitMs);
      if (this.#runner !== runner) return;
      await this.#writeSome();
      if (this.#runner !== runner) return;
    }
    this.#runner = null;
  }

  async #writeSome(): Promise<void> {
    const events = this.#pending.take(FLUSH_MAX_EVENTS);
    this.#underWay = events;
    this.#nextFlushMs = this.#options.nowMs() + FLUSH_GAP_MS;
    try {
      await this.#options.write(events);
      this.#failures = 0;
      if (this.#underWay === events) this.#underWay = [];
    } catch (error) {
      this.#failures += 1;
      const backoffMs = Math.min(BACKOFF_MAX_MS, FLUSH_GAP_MS * 2 ** this.#failures);
      this.#nextFlushMs = this.#options.nowMs() + backoffMs;
      console.error(`state: ${events.length} events not written, retried later:`, rootCause(error));
      if (this.#underWay === events) this.#putBack();
    }
  }

  #putBack(): void {
    for (const event of this.#underWay) this.#pending.add(event);
    this.#underWay = [];
  }
}

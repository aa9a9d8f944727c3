/**
 * Writes an isolate's events to the store: one flush at a time, at most one per second, each in one transaction.
 *
 * workerd ties a promise that waits for I/O to the request that created it: if that request is canceled, the promise
 * never settles. So no request waits for another's flush here. One request at a time, the runner, writes inside its own
 * `waitUntil`; one that has run for a while hands over to the next request, which also takes back the flush in which
 * the runner may have died. Writing events twice does no harm.
 *
 * A store that rejects a flush may be down, or reject one event in it. So the next flush is half as large, until one
 * event is rejected alone. From then on, that event is written separately, after all others; once the store has
 * accepted other events, one that it keeps rejecting is dropped and counted.
 * @module
 */
import type { StateEvent } from "../../proxy/ports";
import { rootCause } from "../root-cause";
import { boundedRecord } from "./bounded-record";
import { nameOf, PendingEvents } from "./pending-events";
import { sleep } from "./timers";

const FLUSH_GAP_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** Younger runners are left alone. */
const RUNNER_TRUST_MS = 5_000;
/** A runner without a successor gives up after this long; workerd ends `waitUntil` work after 30 s. */
const RUNNER_LIFE_MS = 20_000;
/** Events per flush: with texts of `CHARS_MAX` it stays well below D1's 2 MB per parameter. */
const FLUSH_MAX_EVENTS = 500;
const PENDING_MAX_EVENTS = 20_000;
/** Per text in an event; the upstream's messages are the longest. */
const CHARS_MAX = 1_000;
/** An event is dropped when it was rejected alone this many times while others were accepted. */
const REFUSALS_MAX = 3;
const SUSPECTS_MAX = 1_000;

export interface EventWriterOptions {
  /** Writes events in one transaction. */
  write(events: readonly StateEvent[]): Promise<void>;
  /** A clock that is never set back. */
  nowMs(): number;
}

/** An event that the store rejected alone. */
interface Suspect {
  refusals: number;
  /** Whether the store has accepted others since. */
  isProven: boolean;
}

export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #pending = new PendingEvents(PENDING_MAX_EVENTS);
  #underWay: readonly StateEvent[] = [];
  #runner: { readonly sinceMs: number } | null = null;
  #nextFlushMs = Number.NEGATIVE_INFINITY;
  /** When an event that was rejected alone is tried again. */
  #nextSuspectMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** How many events the next flush may have. */
  #flushMax = FLUSH_MAX_EVENTS;
  /** By the event's name. */
  readonly #suspects = new Map<string, Suspect>();
  #dropped = 0;

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  add(event: StateEvent): void {
    this.#pending.add(boundedRecord(event, CHARS_MAX));
  }

  /** Events that may not be in the store yet. */
  unwritten(): StateEvent[] {
    return [...this.#underWay, ...this.#pending.values()];
  }

  /** How many events aren't in the store yet. */
  get waiting(): number {
    return this.#underWay.length + this.#pending.size;
  }

  /** How many events were lost since the last call: rejected by the store, or beyond the memory bound. */
  takeLost(): number {
    const lost = this.#dropped + this.#pending.forgotten;
    this.#dropped = 0;
    this.#pending.forgotten = 0;
    return lost;
  }

  /** Whether there are events that no trusted runner is writing. */
  isDue(): boolean {
    if (this.#pending.size + this.#underWay.length === 0) return false;
    return this.#runner === null || this.#options.nowMs() - this.#runner.sinceMs >= RUNNER_TRUST_MS;
  }

  /** Resolves when all events are written, when another call writes them, or when the store rejects for too long. */
  async flush(): Promise<void> {
    if (!this.isDue()) return;
    const { nowMs } = this.#options;
    const sinceMs = nowMs();
    const runner = { sinceMs };
    this.#runner = runner;
    this.#putBack();

    while (this.#pending.size > 0) {
      const waitMs = Math.max(0, this.#nextAtMs() - nowMs());
      if (nowMs() + waitMs > sinceMs + RUNNER_LIFE_MS) break;
      if (waitMs > 0) await sleep(waitMs);
      if (this.#runner !== runner) return;
      await this.#writeSome();
      if (this.#runner !== runner) return;
    }
    this.#runner = null;
  }

  #nextAtMs(): number {
    return this.#pending.hasOthersThan(this.#suspects)
      ? this.#nextFlushMs
      : Math.max(this.#nextFlushMs, this.#nextSuspectMs);
  }

  async #writeSome(): Promise<void> {
    const others = this.#pending.take(this.#flushMax, this.#suspects);
    const events = others.length > 0 ? others : this.#pending.take(1);
    this.#underWay = events;
    this.#nextFlushMs = this.#options.nowMs() + FLUSH_GAP_MS;
    try {
      await this.#options.write(events);
      this.#taken(events);
    } catch (error) {
      console.error(`state: ${events.length} events not written, retried later:`, rootCause(error));
      this.#refused(events);
    }
  }

  #taken(events: readonly StateEvent[]): void {
    this.#failures = 0;
    this.#flushMax = Math.min(FLUSH_MAX_EVENTS, this.#flushMax * 2);
    // If one of them is accepted after all, the store was down, and the others are valid too.
    if (events.some((event) => this.#suspects.has(nameOf(event)))) this.#suspects.clear();
    for (const suspect of this.#suspects.values()) suspect.isProven = true;
    this.#nextSuspectMs = this.#nextFlushMs;
    if (this.#underWay === events) this.#underWay = [];
  }

  #refused(events: readonly StateEvent[]): void {
    const isAlive = this.#failures === 0;
    this.#failures += 1;
    const nowMs = this.#options.nowMs();
    const backoffMs = Math.min(BACKOFF_MAX_MS, FLUSH_GAP_MS * 2 ** this.#failures);
    const [event] = events;
    if (event !== undefined && this.#suspects.has(nameOf(event))) {
      this.#nextSuspectMs = nowMs + backoffMs;
    } else this.#nextFlushMs = nowMs + (isAlive ? FLUSH_GAP_MS : backoffMs);
    this.#flushMax = Math.max(1, Math.floor(events.length / 2));
    if (this.#underWay !== events) return;
    if (events.length === 1 && event !== undefined && this.#isPoison(event)) {
      console.error(`state: an event that the store goes on refusing is dropped: ${event.kind}`);
      this.#dropped += 1;
      this.#suspects.delete(nameOf(event));
      this.#underWay = [];
    } else this.#putBack();
  }

  /** Records a rejection of this event alone. */
  #isPoison(event: StateEvent): boolean {
    const name = nameOf(event);
    if (this.#suspects.size >= SUSPECTS_MAX) this.#suspects.clear();
    const suspect = this.#suspects.get(name) ?? { refusals: 0, isProven: false };
    this.#suspects.set(name, suspect);
    suspect.refusals += 1;
    return suspect.isProven && suspect.refusals >= REFUSALS_MAX;
  }

  /** After the waiting ones: these must not be blocked by an event that may be rejected again. */
  #putBack(): void {
    for (const event of this.#underWay) this.#pending.add(event);
    this.#underWay = [];
  }
}

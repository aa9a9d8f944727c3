/**
 * The leases of all isolates for some limits: the state of the object that hands them out. Plain data with the clock
 * handed in; a crash loses the leases since it was last saved.
 * @module
 */
import { type Grant, grant, LEASE_MS, LOST_MS, type Report, type SharedLimit } from "./lease";

/** What an isolate requests or reports for one limit. */
export interface LeaseClaim {
  readonly limit: SharedLimit;
  readonly used: number;
  /** 0 if it wants no more. */
  readonly demand: number;
  /** See `LeaseAsk`; absent from an isolate of the release before. */
  readonly unit?: number;
  readonly hadWhole?: boolean;
  readonly mayReturn?: number;
  /** The permits that it goes on using until it has the response, which may be lost. */
  readonly holds: number;
}

interface Line {
  windowMs: number | null;
  /** By isolate. */
  readonly reports: Map<string, Report>;
}

/** As stored: name, window, and for each isolate its id, permits, use, demand, times, unit (absent: 1) and what may return. */
export type StoredBook = readonly (readonly [
  name: string,
  windowMs: number | null,
  reports: readonly (readonly [string, number, number, number, number, number, number?, number?])[],
])[];

const LIMITS_MAX = 2_000;
const ISOLATES_MAX = 500;

export class LeaseBook {
  readonly #lines = new Map<string, Line>();

  static fromStored(stored: StoredBook): LeaseBook {
    const book = new LeaseBook();
    for (const [name, windowMs, reports] of stored) {
      const line: Line = { windowMs, reports: new Map() };
      for (const [isolate, permits, used, demand, sinceMs, atMs, unit = 1, back = 0] of reports) {
        const wants = { demand, unit, mayReturn: back };
        line.reports.set(isolate, { isolate, permits, used, ...wants, sinceMs, atMs });
      }
      book.#lines.set(name, line);
    }
    return book;
  }

  toStored(): StoredBook {
    return [...this.#lines].map(([name, { windowMs, reports }]) => [
      name,
      windowMs,
      [...reports.values()].map((each) => [
        ...([each.isolate, each.permits, each.used] as const),
        ...([each.demand, each.sinceMs, each.atMs] as const),
        ...([each.unit, each.mayReturn] as const),
      ]),
    ]);
  }

  /** When everything that it holds ends if no more requests arrive, in epoch milliseconds; null if it holds nothing. */
  get emptyAtMs(): number | null {
    let emptyMs: number | null = null;
    for (const line of this.#lines.values()) {
      const lifeMs = lifeOf(line);
      for (const { atMs } of line.reports.values()) {
        emptyMs = Math.max(emptyMs ?? 0, atMs + lifeMs);
      }
    }
    return emptyMs;
  }

  /** Records an isolate's reports, and grants it a lease of each limit, in the order of `asks`. */
  lease(isolate: string, asks: readonly LeaseClaim[], nowMs: number): Grant[] {
    return asks.map((ask) => this.#lease(isolate, ask, nowMs));
  }

  /** Removes what has ended. */
  prune(nowMs: number): void {
    for (const [name, line] of this.#lines) {
      const { reports } = line;
      const lifeMs = lifeOf(line);
      for (const [isolate, { atMs }] of reports) {
        if (nowMs - atMs >= lifeMs) reports.delete(isolate);
      }
      if (reports.size === 0) this.#lines.delete(name);
    }
  }

  #lease(isolate: string, claim: LeaseClaim, nowMs: number): Grant {
    const { limit, used, demand, unit = 1, hadWhole = false, mayReturn = 0, holds } = claim;
    const line = this.#lineOf(limit, nowMs);
    const before = line.reports.get(isolate);
    const isNew = before === undefined || nowMs - before.atMs >= LEASE_MS;
    const sinceMs = isNew ? nowMs : before.sinceMs;
    const report = { isolate, permits: 0, used, demand, unit, mayReturn, sinceMs, atMs: nowMs };
    const granted = grant(limit, { ...report, hadWhole }, line.reports.values(), nowMs);
    const permits = Math.max(granted.permits, holds);
    if (isNew && line.reports.size >= ISOLATES_MAX) {
      const [oldest] = line.reports.keys();
      if (oldest !== undefined) line.reports.delete(oldest);
    }
    // The newest last.
    line.reports.delete(isolate);
    line.reports.set(isolate, { ...report, permits });
    return { ...granted, noted: permits };
  }

  #lineOf({ name, windowMs }: SharedLimit, nowMs: number): Line {
    let line = this.#lines.get(name);
    if (line === undefined) {
      if (this.#lines.size >= LIMITS_MAX) this.prune(nowMs);
      if (this.#lines.size >= LIMITS_MAX) {
        const [oldest] = this.#lines.keys();
        if (oldest !== undefined) this.#lines.delete(oldest);
      }
      line = { windowMs, reports: new Map() };
      this.#lines.set(name, line);
    }
    line.windowMs = windowMs;
    return line;
  }
}

/** How long a report counts if the isolate sends no other. */
function lifeOf({ windowMs }: Line): number {
  return Math.max(LOST_MS, LEASE_MS + (windowMs ?? 0));
}

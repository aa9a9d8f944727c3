/**
 * What other isolates have used of one domain's quota, according to their reports.
 *
 * A send counts until it leaves the window. If requests wait in the isolate that sent it, it counts for a moment
 * longer, or until that isolate sends again: that isolate sends as soon as it may, but its report arrives later. So
 * each isolate gets back the part of the quota that it used. What it doesn't use in that moment is free for all.
 * @module
 */

/** An amount at a time in epoch milliseconds. */
export type TimedAmount = readonly [atMs: number, amount: number];

/** What one isolate reported about one domain. */
export interface PeerSends {
  /** Whether requests wait there. */
  readonly isWanting: boolean;
  /** The oldest first. */
  readonly sends: readonly TimedAmount[];
}

/** Decides whose turn it is. */
export interface Turns {
  /** When this isolate may use one of `free` units that are reserved for none: epoch milliseconds, 0 for now. */
  turnMs(domain: string, free: number, nowMs: number): number;
}

/** How long a unit stays reserved, after it left the window, for the isolate that used it. */
export const HOLD_MS = 4_000;

const NONE: readonly PeerSends[] = [];

export class PeerUse {
  readonly #domain: string;
  readonly #turns: Turns;
  #reported = NONE;
  /** By window length: when sends stop counting, the soonest first. */
  readonly #ends = new Map<number, readonly TimedAmount[]>();

  constructor(domain: string, turns: Turns) {
    this.#domain = domain;
    this.#turns = turns;
  }

  /** Replaces what is known by the latest reports of all other isolates. */
  receive(reported: readonly PeerSends[]): void {
    this.#reported = reported;
    this.#ends.clear();
  }

  /** All reported sends, unordered. */
  *sends(): Generator<TimedAmount, void> {
    for (const { sends } of this.#reported) yield* sends;
  }

  /** The amount that others sent after a time. */
  since(timeMs: number): number {
    let amount = 0;
    for (const { sends } of this.#reported) {
      for (const [atMs, sent] of sends) if (atMs > timeMs) amount += sent;
    }
    return amount;
  }

  /** The amount that counts as used by others in a window that ends now. */
  within(spanMs: number, nowMs: number): number {
    let amount = 0;
    if (this.#reported.length === 0) return amount;
    for (const [endMs, sent] of this.ends(spanMs)) if (endMs > nowMs) amount += sent;
    return amount;
  }

  /** When sends stop counting, the soonest first. */
  ends(spanMs: number): readonly TimedAmount[] {
    let ends = this.#ends.get(spanMs);
    if (ends === undefined) {
      ends = this.#reported
        .flatMap((reported) => endsOf(reported, spanMs))
        .sort(([a], [b]) => a - b);
      this.#ends.set(spanMs, ends);
    }
    return ends;
  }

  turnMs(free: number, nowMs: number): number {
    return this.#turns.turnMs(this.#domain, free, nowMs);
  }
}

function endsOf({ isWanting, sends }: PeerSends, spanMs: number): TimedAmount[] {
  if (!isWanting) return sends.map(([atMs, amount]) => [atMs + spanMs, amount]);
  const ends: TimedAmount[] = [];
  let next = 0;
  let unused = sends[0]?.[1] ?? 0;
  for (const [atMs, amount] of sends) {
    const backMs = atMs + spanMs;
    let held = amount;
    // Each send in the moment after this one left the window used as much of what was reserved.
    while (held > 0) {
      const again = sends[next];
      if (again === undefined) break;
      const [againMs] = again;
      if (againMs >= backMs && againMs <= backMs + HOLD_MS && unused > 0) {
        const taken = Math.min(held, unused);
        ends.push([againMs, taken]);
        held -= taken;
        unused -= taken;
        if (unused > 0) continue;
      } else if (againMs > backMs + HOLD_MS) break;
      next += 1;
      unused = sends[next]?.[1] ?? 0;
    }
    if (held > 0) ends.push([backMs + HOLD_MS, held]);
  }
  return ends;
}

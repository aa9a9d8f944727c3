/**
 * What other isolates have sent of one domain's quota, as far as they told.
 *
 * A send counts until it leaves the window. Where requests wait in the isolate that sent it, it counts a moment
 * longer, or until that isolate has sent again: it does as soon as it may, and tells later. So what each has of a
 * quota comes back to it just as it was taken. What it does not take in that moment is anybody's.
 * @module
 */

/** An amount at a moment: epoch milliseconds. */
export type TimedAmount = readonly [atMs: number, amount: number];

/** What one isolate told of one domain. */
export interface PeerSends {
  /** Whether requests wait there. */
  readonly isWanting: boolean;
  /** The oldest first. */
  readonly sends: readonly TimedAmount[];
}

/** Who decides whose turn it is. */
export interface Turns {
  /** When this isolate may take one of so many that are anybody's: epoch milliseconds, 0 for now. */
  turnMs(domain: string, free: number, nowMs: number): number;
}

/** For so long after it left the window, it is for who sent it. */
export const HOLD_MS = 4_000;

const NONE: readonly PeerSends[] = [];

export class PeerUse {
  readonly #domain: string;
  readonly #turns: Turns;
  #told = NONE;
  /** By length of the window: when what was sent counts no longer, the soonest first. */
  readonly #ends = new Map<number, readonly TimedAmount[]>();

  constructor(domain: string, turns: Turns) {
    this.#domain = domain;
    this.#turns = turns;
  }

  /** Takes over what all others told last. */
  heard(told: readonly PeerSends[]): void {
    this.#told = told;
    this.#ends.clear();
  }

  /** All that was sent, in no order. */
  *sends(): Generator<TimedAmount, void> {
    for (const { sends } of this.#told) yield* sends;
  }

  /** What others sent after a moment. */
  since(timeMs: number): number {
    let amount = 0;
    for (const { sends } of this.#told) {
      for (const [atMs, sent] of sends) if (atMs > timeMs) amount += sent;
    }
    return amount;
  }

  /** What others have of a window that ends now. */
  within(spanMs: number, nowMs: number): number {
    let amount = 0;
    if (this.#told.length === 0) return amount;
    for (const [endMs, sent] of this.ends(spanMs)) if (endMs > nowMs) amount += sent;
    return amount;
  }

  /** When what was sent counts no longer, the soonest first. */
  ends(spanMs: number): readonly TimedAmount[] {
    let ends = this.#ends.get(spanMs);
    if (ends === undefined) {
      ends = this.#told.flatMap((told) => endsOf(told, spanMs)).sort(([a], [b]) => a - b);
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
    // Each send that came after it left the window took the place of as much.
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

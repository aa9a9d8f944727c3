/** The table in which isolates report to each other what they sent, in virtual time. @module */
import { UseExchange } from "../../../lib/db/state/use-exchange.ts";
import type { PeerRow, UseRows } from "../../../lib/db/state/use-rows.ts";
import type { ModelReport } from "../../../lib/pool/peers/report-format.ts";
import type { UseBoard } from "../../../lib/pool/peers/use-board.ts";
import type { VirtualTime } from "../quota/virtual-time.ts";

/** The latency of a D1 call. */
const D1_MS = [10, 60] as const;
const LIFE_MS = 75_000;

export class SimUses implements UseRows {
  exchanges = 0;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #rows = new Map<string, { readonly atMs: number; readonly models: string }>();

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time;
    this.#random = random;
  }

  of(board: UseBoard) {
    const exchange = new UseExchange({
      board,
      rows: this,
      dailyRows: () => null,
      nowMs: () => this.#time.nowMs,
      setTimer: (callback, ms) => this.#time.at(this.#time.nowMs + ms, callback),
    });
    return { board, exchange };
  }

  async exchange(isolate: string, models: readonly ModelReport[]): Promise<readonly PeerRow[]> {
    this.exchanges += 1;
    const [least, most] = D1_MS;
    const ms = least + this.#random() * (most - least);
    await this.#time.sleep(ms / 2);
    const { nowMs } = this.#time;
    this.#rows.set(isolate, { atMs: nowMs, models: JSON.stringify(models) });
    const others = [...this.#rows]
      .filter(([name, { atMs }]) => name !== isolate && atMs >= nowMs - LIFE_MS)
      .map(
        ([name, row]): PeerRow => ({
          isolate: name,
          ageMs: nowMs - row.atMs,
          models: row.models,
        }),
      );
    await this.#time.sleep(ms / 2);
    return others;
  }
}

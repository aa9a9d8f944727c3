/**
 * Exchanges reports about the use of provider keys with the other isolates, while quotas are shared.
 *
 * It runs in the background, and no request waits for it: a report that comes too late costs an attempt, never a
 * response.
 * @module
 */
import type { ModelReport, PeerReport } from "../../pool/peers/report-format";
import type { Pressure, UseBoard } from "../../pool/peers/use-board";
import { rootCause } from "../root-cause";
import type { SetTimer } from "./shared-read";
import type { UseRows } from "./use-rows";

/** From one exchange to the next. Each exchange writes a row. */
const GAPS_MS: Readonly<Record<Pressure, number>> = { tight: 1_500, roomy: 2_500, alone: 10_000 };
/** Delay after a failed exchange. */
const RETRY_MS = 5_000;
/** An exchange that is due within this time is waited for after a request. */
const AWAITED_MS = 2_500;
/** An exchange that takes longer may belong to a request that was terminated. */
const LOST_MS = 8_000;
const DAY_MS = 86_400_000;
/** The most exchanges after one request: `waitUntil` ends after thirty seconds. */
const EXCHANGES_MAX = 8;

export interface UseExchangeOptions {
  readonly board: UseBoard;
  readonly rows: UseRows;
  /** The most rows that all isolates together may write per day (UTC); null for no limit. */
  dailyRows(): number | null;
  nowMs(): number;
  readonly setTimer: SetTimer;
}

export class UseExchange {
  readonly #options: UseExchangeOptions;
  /** When the exchange in progress began, or began to wait; null if there is none. */
  #sinceMs: number | null = null;
  #nextMs = 0;
  /** The current day, in days since the epoch, and its exchanges. */
  #day = 0;
  #exchangesToday = 0;

  constructor(options: UseExchangeOptions) {
    this.#options = options;
  }

  /**
   * Null if nothing is due yet, or another request already exchanges; otherwise resolves after the exchange. Never
   * rejects.
   */
  exchangeIfDue(): Promise<void> | null {
    const { board, nowMs } = this.#options;
    if (!board.isDue) return null;
    const atMs = nowMs();
    board.isOff = this.#isSpent(atMs);
    if (board.isOff) return null;
    const since = this.#sinceMs;
    if (since !== null && atMs >= since && atMs - since < LOST_MS) return null;
    const waitMs = this.#nextMs - atMs;
    // A longer wait can't come from our own gaps: the clock was set back.
    if (waitMs > AWAITED_MS && waitMs <= GAPS_MS.alone) return null;
    this.#sinceMs = atMs;
    return this.#run(Math.min(waitMs, AWAITED_MS));
  }

  /** Whether this isolate has used up its share of the day's rows. */
  #isSpent(nowMs: number): boolean {
    const day = Math.floor(nowMs / DAY_MS);
    if (day !== this.#day) this.#exchangesToday = 0;
    this.#day = day;
    const { board, dailyRows } = this.#options;
    const rows = dailyRows();
    return rows !== null && this.#exchangesToday * board.isolates >= rows;
  }

  async #run(firstMs: number): Promise<void> {
    const { board, nowMs } = this.#options;
    let waitMs = firstMs;
    for (let times = 0; times < EXCHANGES_MAX && board.isDue && waitMs <= AWAITED_MS; times += 1) {
      if (waitMs > 0) await this.#sleep(waitMs);
      this.#sinceMs = nowMs();
      waitMs = await this.#exchange();
      this.#nextMs = nowMs() + waitMs;
    }
    this.#sinceMs = null;
  }

  /** @returns How long to wait until the next exchange, in milliseconds. */
  async #exchange(): Promise<number> {
    const { board, rows, nowMs } = this.#options;
    this.#exchangesToday += 1;
    try {
      const others = await rows.exchange(board.isolate, board.report(nowMs()));
      const atMs = nowMs();
      const reports = others.map(
        ({ isolate, ageMs, models }): PeerReport => ({
          isolate,
          reportedMs: atMs - Math.max(0, ageMs),
          models: JSON.parse(models) as readonly ModelReport[],
        }),
      );
      board.receive(reports, atMs);
      return GAPS_MS[board.pressure];
    } catch (error) {
      console.error("keys: cannot exchange usage reports with other isolates:", rootCause(error));
      board.markDue();
      return RETRY_MS;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.setTimer(resolve, ms));
  }
}

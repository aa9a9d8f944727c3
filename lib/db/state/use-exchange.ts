/**
 * Tells the other isolates what this one sent to provider keys, and hears what they did, while keys are much used.
 *
 * It goes on beside requests, and none waits for it: what is not known in time costs an attempt, and no answer.
 * @module
 */
import type { PeerReport, ToldModel } from "../../pool/peers/told-use";
import type { Pressure, UseBoard } from "../../pool/peers/use-board";
import { rootCause } from "../root-cause";
import type { SetTimer } from "./shared-read";
import type { UseRows } from "./use-rows";

/** From one exchange to the next: each is a written row. */
const GAPS_MS: Readonly<Record<Pressure, number>> = { tight: 1_500, roomy: 2_500, alone: 10_000 };
/** After one that failed. */
const RETRY_MS = 5_000;
/** One that is due no later is waited for behind a request. */
const AWAITED_MS = 2_500;
/** One that takes longer may belong to a request that is gone. */
const LOST_MS = 8_000;
const DAY_MS = 86_400_000;
/** So many go on behind one request: `waitUntil` ends after thirty seconds. */
const TIMES = 8;

export interface UseExchangeOptions {
  readonly board: UseBoard;
  readonly rows: UseRows;
  /** Rows that all isolates together may write in a day (UTC); null for any number. */
  dailyRows(): number | null;
  nowMs(): number;
  readonly setTimer: SetTimer;
}

export class UseExchange {
  readonly #options: UseExchangeOptions;
  /** When the one under way began, or began to wait; null for none. */
  #sinceMs: number | null = null;
  #nextMs = 0;
  /** The day, and how often others were told in it. */
  #day = 0;
  #toldToday = 0;

  constructor(options: UseExchangeOptions) {
    this.#options = options;
  }

  /** Null where nothing is to be told yet, or another request sees to it; else resolves when it is told. Never rejects. */
  tell(): Promise<void> | null {
    const { board, nowMs } = this.#options;
    if (!board.isDue) return null;
    const atMs = nowMs();
    board.isOff = this.#isSpent(atMs);
    if (board.isOff) return null;
    const since = this.#sinceMs;
    if (since !== null && atMs >= since && atMs - since < LOST_MS) return null;
    const waitMs = this.#nextMs - atMs;
    // A longer one is no gap of ours: the clock was set back.
    if (waitMs > AWAITED_MS && waitMs <= GAPS_MS.alone) return null;
    this.#sinceMs = atMs;
    return this.#run(Math.min(waitMs, AWAITED_MS));
  }

  /** Whether this isolate has written its part of the day's rows. */
  #isSpent(nowMs: number): boolean {
    const day = Math.floor(nowMs / DAY_MS);
    if (day !== this.#day) this.#toldToday = 0;
    this.#day = day;
    const { board, dailyRows } = this.#options;
    const rows = dailyRows();
    return rows !== null && this.#toldToday * board.isolates >= rows;
  }

  async #run(firstMs: number): Promise<void> {
    const { board, nowMs } = this.#options;
    let waitMs = firstMs;
    for (let times = 0; times < TIMES && board.isDue && waitMs <= AWAITED_MS; times += 1) {
      if (waitMs > 0) await this.#sleep(waitMs);
      this.#sinceMs = nowMs();
      waitMs = await this.#exchange();
      this.#nextMs = nowMs() + waitMs;
    }
    this.#sinceMs = null;
  }

  /** @returns When the next may be: so many milliseconds later. */
  async #exchange(): Promise<number> {
    const { board, rows, nowMs } = this.#options;
    this.#toldToday += 1;
    try {
      const others = await rows.exchange(board.isolate, board.tell(nowMs()));
      const atMs = nowMs();
      const reports = others.map(
        ({ isolate, ageMs, models }): PeerReport => ({
          isolate,
          toldMs: atMs - Math.max(0, ageMs),
          models: JSON.parse(models) as readonly ToldModel[],
        }),
      );
      board.heard(reports, atMs);
      return GAPS_MS[board.pressure];
    } catch (error) {
      console.error("keys: other isolates cannot be told what was sent:", rootCause(error));
      board.touch();
      return RETRY_MS;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.setTimer(resolve, ms));
  }
}

/**
 * The budgets of access tokens over D1: what was used before, and what a request may cost.
 * @module
 */
import { NO_SPEND, type TokenLedger, type TokenLimits } from "../pool/token-ledger";
import type { TokenBudgets } from "../proxy/ports";
import type { PriceBook } from "../usage/price";
import { NO_USAGE, type Usage } from "../usage/types";
import type { Database } from "./open-database";
import { rootCause } from "./root-cause";
import { readTokenSpend } from "./token-spend";
import type { UsageRecorder } from "./usage-recorder";

export class D1TokenBudgets implements TokenBudgets {
  readonly #db: Database;
  readonly #recorder: UsageRecorder;
  #book: PriceBook | null = null;

  /** @param recorder Whose flushes write what tokens used. */
  constructor(db: Database, recorder: UsageRecorder) {
    this.#db = db;
    this.#recorder = recorder;
  }

  get ledger(): TokenLedger {
    return this.#recorder.ledger;
  }

  ready(tokenId: string, limits: TokenLimits, nowMs: number): Promise<void> | null {
    const unknown = this.ledger.unknownPeriods(tokenId, limits, nowMs);
    const needsPrices = limits.dailyCostUsd !== null || limits.monthlyCostUsd !== null;
    if (unknown.length === 0 && (!needsPrices || this.#book !== null)) return null;
    return this.#load(tokenId, unknown, needsPrices);
  }

  costNanoUsd(
    provider: string,
    model: string | null,
    usage: Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage>,
    atMs: number,
  ): number {
    if (model === null || this.#book === null) return 0;
    return this.#book.costNanoUsd(provider, model, { ...NO_USAGE, ...usage }, atMs) ?? 0;
  }

  async #load(tokenId: string, periods: readonly string[], needsPrices: boolean): Promise<void> {
    if (needsPrices) this.#book = await this.#recorder.prices();
    if (periods.length === 0) return;
    try {
      const rows = await readTokenSpend(this.#db, tokenId, periods);
      for (const period of periods) {
        const stored = rows.find((row) => row.period === period) ?? NO_SPEND;
        this.ledger.load(tokenId, period, stored);
      }
    } catch (error) {
      console.error("budgets: the store cannot be read, counting goes on:", rootCause(error));
    }
  }
}

import type { LimitHolder } from "../../lib/budgets/limit-holder.ts";
import { NO_SPEND } from "../../lib/budgets/spend.ts";
import { TokenLedger } from "../../lib/budgets/token-ledger.ts";
import type { TokenBudgets } from "../../lib/proxy/ports.ts";

/** Budgets without a store; a million tokens cost a dollar, whatever the model, unless it has no price. */
export class MemoryBudgets implements TokenBudgets {
  readonly ledger = new TokenLedger();
  readonly #unpriced: ReadonlySet<string>;

  constructor(unpriced: readonly string[] = []) {
    this.#unpriced = new Set(unpriced);
  }

  ready(holders: readonly LimitHolder[], nowMs: number): null {
    const unknown = this.ledger.unknownPeriods(holders, nowMs);
    this.ledger.load(
      unknown.map((period) => ({ ...period, ...NO_SPEND })),
      nowMs,
    );
    return null;
  }

  lease(): null {
    return null;
  }

  costNanoUsd: TokenBudgets["costNanoUsd"] = (_provider, model, usage) =>
    usage.reportedNanoUsd !== undefined && usage.reportedNanoUsd !== null
      ? usage.reportedNanoUsd
      : model === null || this.#unpriced.has(model)
        ? null
        : ((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)) * 1_000;
}

import { NO_SPEND } from "../../lib/pool/spend.ts";
import { type LimitHolder, TokenLedger } from "../../lib/pool/token-ledger.ts";
import type { TokenBudgets } from "../../lib/proxy/ports.ts";

/** Budgets that no store knows of; a million tokens cost a dollar, whatever the model. */
export class MemoryBudgets implements TokenBudgets {
  readonly ledger = new TokenLedger();

  ready(holders: readonly LimitHolder[], nowMs: number): null {
    const unknown = this.ledger.unknownPeriods(holders, nowMs);
    this.ledger.load(
      unknown.map((period) => ({ ...period, ...NO_SPEND })),
      nowMs,
    );
    return null;
  }

  costNanoUsd: TokenBudgets["costNanoUsd"] = (_provider, _model, usage) =>
    ((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)) * 1_000;
}

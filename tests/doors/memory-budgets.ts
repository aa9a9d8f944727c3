import { TokenLedger, type TokenLimits } from "../../lib/pool/token-ledger.ts";
import type { TokenBudgets } from "../../lib/proxy/ports.ts";

/** Budgets that no store knows of; a million tokens cost a dollar, whatever the model. */
export class MemoryBudgets implements TokenBudgets {
  readonly ledger = new TokenLedger();

  ready(tokenId: string, limits: TokenLimits, nowMs: number): null {
    for (const period of this.ledger.unknownPeriods(tokenId, limits, nowMs)) {
      this.ledger.load(tokenId, period, { requests: 0, tokens: 0, costNanoUsd: 0 });
    }
    return null;
  }

  costNanoUsd: TokenBudgets["costNanoUsd"] = (_provider, _model, usage) =>
    ((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)) * 1_000;
}

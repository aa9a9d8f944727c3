import { NO_SPEND, type PeriodSpend, periodsAt, type Spend, sum } from "../../budgets/spend";
import { isCounted } from "../../usage/counted-request";
import { measureOf, type StoredCell } from "../../usage/rollup";
import { ENV_TOKEN_PREFIX } from "./env-access-tokens";

/** The cells' totals for the budgets of tokens and members. Tokens from the environment have none. */
export function spendsOfCells(cells: readonly StoredCell[]): readonly PeriodSpend[] {
  const spends = new Map<string, PeriodSpend>();
  for (const cell of cells) {
    const [hourMs, side, , , tokenId, userId, outcome] = cell;
    if (side !== "caller" || !isCounted(outcome)) continue;
    const spend: Spend = {
      requests: measureOf(cell, "requests"),
      tokens: measureOf(cell, "inputTokens") + measureOf(cell, "outputTokens"),
      costNanoUsd: measureOf(cell, "costNanoUsd"),
    };
    for (const holderId of [tokenId, userId]) {
      if (holderId === "" || holderId.startsWith(ENV_TOKEN_PREFIX)) continue;
      for (const period of periodsAt(hourMs)) {
        const name = `${holderId} ${period}`;
        const sumSoFar = spends.get(name) ?? NO_SPEND;
        spends.set(name, { holderId, period, ...sum(sumSoFar, spend) });
      }
    }
  }
  return [...spends.values()];
}

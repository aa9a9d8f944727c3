import { NO_SPEND, type PeriodSpend, periodsAt, type Spend, sum } from "../../budgets/spend";
import { TAG_HOLDER_PREFIX } from "../../tags/tag-limits";
import { isCounted } from "../../usage/counted-request";
import { measureOf, type StoredCell } from "../../usage/rollup";
import { ENV_TOKEN_PREFIX } from "./env-access-tokens";

/** The cells' totals for the budgets of tokens, members and tags. Tokens from the environment have none. */
export function spendsOfCells(cells: readonly StoredCell[]): readonly PeriodSpend[] {
  const spends = new Map<string, PeriodSpend>();
  for (const cell of cells) {
    const [hourMs, side, , , subjectId, userId, outcome] = cell;
    if (side === "key" || !isCounted(outcome)) continue;
    const holders = side === "tag" ? [`${TAG_HOLDER_PREFIX}${subjectId}`] : [subjectId, userId];
    const spend: Spend = {
      requests: measureOf(cell, "requests"),
      tokens: measureOf(cell, "inputTokens") + measureOf(cell, "outputTokens"),
      costNanoUsd: measureOf(cell, "costNanoUsd"),
    };
    for (const holderId of holders) {
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

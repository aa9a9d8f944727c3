import { NO_SPEND, type PeriodSpend, periodsAt, type Spend, sum } from "../budgets/spend";
import { isCounted } from "../usage/counted-request";
import { MEASURES, type Measure, type StoredCell } from "../usage/rollup";
import { ENV_TOKEN_PREFIX } from "./env-access-tokens";

/** Where a cell's numbers begin. */
const VALUES_FROM = 7;

/** What the cells come to for the budgets of tokens and members. Tokens of the environment have none. */
export function spendsOfCells(cells: readonly StoredCell[]): readonly PeriodSpend[] {
  const spends = new Map<string, PeriodSpend>();
  for (const cell of cells) {
    const [hourMs, side, , , tokenId, userId, outcome] = cell;
    if (side !== "caller" || !isCounted(outcome)) continue;
    const spend: Spend = {
      requests: measured(cell, "requests"),
      tokens: measured(cell, "inputTokens") + measured(cell, "outputTokens"),
      costNanoUsd: measured(cell, "costNanoUsd"),
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

function measured(cell: StoredCell, measure: Measure): number {
  return Number(cell[VALUES_FROM + MEASURES.indexOf(measure)] ?? 0);
}

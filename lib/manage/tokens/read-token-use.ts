import { NO_SPEND, periodsAt } from "../../budgets/spend";
import { findSharedBudgets } from "../../db/tokens/access-tokens";
import { peekTokenSpend } from "../../db/tokens/token-spend";
import { NANO_PER_USD } from "../../usage/price";
import type { ManageContext } from "../manage-context";

/** What a token has used in the day and the month (UTC), as its budgets count it. */
export interface TokenUse {
  readonly dailyRequests: number;
  /** Input and output. */
  readonly dailyTokens: number;
  /** Of requests with a known price. */
  readonly dailyCostUsd: number;
  readonly monthlyCostUsd: number;
}

/** By token id; all requested ones are included. */
export async function readTokenUse(
  { db, nowMs }: ManageContext,
  ids: readonly string[],
): Promise<Readonly<Record<string, TokenUse>>> {
  if (ids.length === 0) return {};
  const [day, month] = periodsAt(nowMs());
  const shared = await findSharedBudgets(db, ids);
  const budgetOf = (id: string) => shared.get(id)?.budgetId ?? id;
  const spends = await peekTokenSpend(
    db,
    [...new Set(ids.map(budgetOf))].flatMap((holderId) =>
      [day, month].map((period) => ({ holderId, period })),
    ),
  );
  const spentBy = (holderId: string, period: string) =>
    spends.find((row) => row.holderId === holderId && row.period === period) ?? NO_SPEND;
  return Object.fromEntries(
    ids.map((id): [string, TokenUse] => {
      const today = spentBy(budgetOf(id), day);
      return [
        id,
        {
          dailyRequests: today.requests,
          dailyTokens: today.tokens,
          dailyCostUsd: today.costNanoUsd / NANO_PER_USD,
          monthlyCostUsd: spentBy(budgetOf(id), month).costNanoUsd / NANO_PER_USD,
        },
      ];
    }),
  );
}

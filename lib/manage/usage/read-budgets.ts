import {
  NO_SPEND,
  periodBounds,
  periodsAt,
  type Spend,
  type SpendPeriod,
} from "../../budgets/spend";
import { type LimitedHolder, listLimitedHolders } from "../../db/state/limited-holders";
import type { TokenReach } from "../../db/tokens/access-tokens";
import { peekTokenSpend } from "../../db/tokens/token-spend";
import type { TagLimit } from "../../tags/tag-limits";
import { NANO_PER_USD } from "../../usage/price";
import { BUDGETS, type BudgetName } from "../../usage/token-limits";
import type { ManageContext } from "../manage-context";

/** A daily or monthly limit (UTC). In dollars if its name ends in `Usd`. */
export interface Budget {
  readonly limit: BudgetName;
  /** `2026-11-23` or `2026-11`. */
  readonly period: string;
  readonly most: number;
  readonly used: number;
  /** By requests in progress; 0 if unknown. */
  readonly reserved: number;
  /** Never negative. */
  readonly left: number;
  /** The used part of the limit: 0 and up, above 1 if it was exceeded. */
  readonly share: number;
  /** Epoch milliseconds. */
  readonly renewsAt: number;
}

/** Something with limits of any kind. */
export interface HolderBudgets extends LimitedHolder {
  readonly budgets: readonly Budget[];
  /** Requests in progress; null if unknown. */
  readonly underWay: number | null;
}

/**
 * How much of each budget is used, as the proxy counts it. Tags first, then groups, members and tokens. At most nine
 * statements, however many there are.
 * @param underWay What a holder's requests in progress hold, as far as this isolate knows.
 * @param tagLimits Those in the settings, if the caller has read them: then it is one statement less.
 */
export async function readBudgets(
  { db, nowMs }: ManageContext,
  reach: TokenReach,
  underWay: (holderId: string) => Spend | null = () => null,
  tagLimits?: readonly TagLimit[],
): Promise<readonly HolderBudgets[]> {
  const atMs = nowMs();
  const holders = await listLimitedHolders(db, reach, tagLimits);
  const spends = await peekTokenSpend(
    db,
    holders.flatMap((holder) => periodsOf(holder, atMs)),
  );
  const spentOf = ({ holderId, period }: SpendPeriod): Spend =>
    spends.find((row) => row.holderId === holderId && row.period === period) ?? NO_SPEND;
  return holders.map((holder) => {
    const held = underWay(holder.id);
    const budgets = BUDGETS.flatMap((limit): Budget[] => {
      const most = holder.limits[limit];
      if (most === null) return [];
      const period = periodOf(limit, atMs);
      const used = amountOf(limit, spentOf({ holderId: holder.budgetId, period }));
      const reserved = amountOf(limit, held ?? NO_SPEND);
      const left = Math.max(0, most - used - reserved);
      const [, renewsAt] = periodBounds(period);
      return [{ limit, period, most, used, reserved, left, share: used / most, renewsAt }];
    });
    return { ...holder, budgets, underWay: held?.requests ?? null };
  });
}

/** The current periods that a holder's budgets count. */
export function periodsOf(
  { budgetId, limits }: Pick<LimitedHolder, "budgetId" | "limits">,
  atMs: number,
): readonly SpendPeriod[] {
  const names = BUDGETS.filter((limit) => limits[limit] !== null).map((limit) =>
    periodOf(limit, atMs),
  );
  return [...new Set(names)].map((period) => ({ holderId: budgetId, period }));
}

function periodOf(limit: BudgetName, atMs: number): string {
  const [day, month] = periodsAt(atMs);
  return limit.startsWith("daily") ? day : month;
}

function amountOf(limit: BudgetName, { requests, tokens, costNanoUsd }: Spend): number {
  if (limit === "dailyRequests") return requests;
  return limit === "dailyTokens" ? tokens : costNanoUsd / NANO_PER_USD;
}

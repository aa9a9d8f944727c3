import { NO_SPEND, type Spend, type SpendPeriod } from "../../budgets/spend";
import { type LimitedHolder, listLimitedHolders } from "../../db/state/limited-holders";
import type { CountedSpend } from "../../db/tokens/counted-spend";
import { compareTokenSpend } from "../../db/tokens/token-spend";
import { NANO_PER_USD } from "../../usage/price";
import type { ManageContext } from "../manage-context";
import { periodsOf } from "./read-budgets";

/** What was used in a day or a month. */
export interface PeriodUse {
  readonly requests: number;
  /** Input and output. */
  readonly tokens: number;
  /** Of requests with a known price. */
  readonly costUsd: number;
}

/** What one holder used in a day or a month, by three ways of counting that must agree. */
export interface CheckedPeriod {
  readonly holder: Pick<LimitedHolder, "kind" | "id" | "name">;
  /** Its id in the store. */
  readonly budgetId: string;
  /** `2026-11-23` or `2026-11` (UTC). */
  readonly period: string;
  /** The figure that the proxy uses; null if no request needed it yet: then it is taken from the rollups. */
  readonly budget: PeriodUse | null;
  readonly rollups: PeriodUse;
  readonly log: PeriodUse;
  /** Whether the log includes every request: not if it was sampled, pruned or is off. */
  readonly isLogWhole: boolean;
  /** Whether the budget equals the best of the others. */
  readonly agrees: boolean;
}

export interface BudgetCheck {
  readonly periods: readonly CheckedPeriod[];
  /** The oldest request in the log, in epoch milliseconds; null if it is empty. */
  readonly logFrom: number | null;
}

/** Compares the current budgets of today and this month with the rollups and the log. Reads the month's whole log. */
export async function checkBudgets({ db, nowMs }: ManageContext): Promise<BudgetCheck> {
  const atMs = nowMs();
  const holders = await listLimitedHolders(db, "everyone");
  const all = holders.flatMap((holder) =>
    periodsOf(holder, atMs).map((period) => ({ ...period, holder })),
  );
  // Tokens that replaced each other share budgets: the last one names them.
  const checked = [
    ...new Map(all.map((each) => [`${each.holderId} ${each.period}`, each])).values(),
  ];
  if (checked.length === 0) return { periods: [], logFrom: null };
  const { rows, counted, logFromMs } = await compareTokenSpend(db, checked);
  return {
    logFrom: logFromMs,
    periods: checked.map(({ holder: { kind, id, name }, holderId, period }): CheckedPeriod => {
      const isOwn = (row: SpendPeriod) => row.holderId === holderId && row.period === period;
      const countedBy = (source: CountedSpend["source"]) =>
        counted.find((row) => row.source === source && isOwn(row)) ?? NO_SPEND;
      const [rollups, log] = [countedBy("rollups"), countedBy("log")];
      const budget = rows.find(isOwn) ?? null;
      const isLogWhole = log.requests >= rollups.requests;
      return {
        ...{ holder: { kind, id, name }, budgetId: holderId, period, isLogWhole },
        budget: budget && toUse(budget),
        rollups: toUse(rollups),
        log: toUse(log),
        agrees: budget === null || isSame(budget, isLogWhole ? log : rollups),
      };
    }),
  };
}

function toUse({ requests, tokens, costNanoUsd }: Spend): PeriodUse {
  return { requests, tokens, costUsd: costNanoUsd / NANO_PER_USD };
}

function isSame(one: Spend, other: Spend): boolean {
  return (
    one.requests === other.requests &&
    one.tokens === other.tokens &&
    one.costNanoUsd === other.costNanoUsd
  );
}

import { periodsAt } from "../../budgets/spend";
import { auditChange } from "../../db/team/audit-log";
import type { SpendSource } from "../../db/tokens/counted-spend";
import { rebuildTokenSpend } from "../../db/tokens/token-spend";
import type { ManageContext } from "../manage-context";
import { checkBudgets } from "./check-budgets";

export interface RebuiltBudgets {
  /** Days and months that were recounted from the log. */
  readonly fromLog: number;
  /** Those for which the log doesn't include every request: recounted from the rollups, which do. */
  readonly fromRollups: number;
  /** Those whose value changed. */
  readonly corrected: number;
}

/**
 * Recounts the budgets of today and this month: from the log if it is complete, otherwise from the rollups. Repeating
 * it changes nothing. Requests in progress keep what they hold; isolates use the new counts within 5 s.
 */
export async function rebuildBudgets(context: ManageContext): Promise<RebuiltBudgets> {
  const { db, nowMs, actor } = context;
  const { periods } = await checkBudgets(context);
  const result: RebuiltBudgets = {
    fromLog: periods.filter(({ isLogWhole }) => isLogWhole).length,
    fromRollups: periods.filter(({ isLogWhole }) => !isLogWhole).length,
    corrected: periods.filter(({ agrees }) => !agrees).length,
  };
  if (periods.length === 0) return result;
  const atMs = nowMs();
  const entry = {
    action: "budget.rebuild",
    subject: { kind: "budget", id: null, name: periodsAt(atMs).join(", ") },
    after: { ...result },
  };
  const counts = periods.map(({ budgetId, period, isLogWhole }) => {
    const source: SpendSource = isLogWhole ? "log" : "rollups";
    return { holderId: budgetId, period, source };
  });
  await rebuildTokenSpend(db, counts, auditChange(actor, entry, atMs));
  return result;
}

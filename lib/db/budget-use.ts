import { sql } from "drizzle-orm";
import { periodsAt } from "../pool/token-ledger";
import type { Database } from "./open-database";

/** How much of its cost budget somebody has used in a period. */
export interface BudgetUse {
  /** Whose budget, for telling apart: `at_…`. */
  readonly id: string;
  readonly name: string;
  /** `2026-11-23` or `2026-11`, UTC. */
  readonly period: string;
  readonly usedUsd: number;
  readonly budgetUsd: number;
}

/** Budgets of this day and this month of which at least `share` is used; those that are used most first. */
export function listBudgetUse(db: Database, share: number, nowMs: number): Promise<BudgetUse[]> {
  const [day, month] = periodsAt(nowMs);
  return db.all<BudgetUse>(sql`
    select * from (
      select t.id, t.name, s.period, s.cost_nano_usd / 1e9 as "usedUsd",
        iif(s.period = ${day}, t.daily_cost_usd, t.monthly_cost_usd) as "budgetUsd"
      from access_tokens t
      join token_spend s on s.token_id = t.id and s.period in (${day}, ${month})
      where t.status = 'active')
    where "budgetUsd" > 0 and "usedUsd" >= ${share} * "budgetUsd"
    order by "usedUsd" / "budgetUsd" desc limit 200`);
}

/**
 * Configured limits of providers and quota domains. Every change takes a new state version.
 * @module
 */
import { and, asc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { LimitRule } from "../../pool/types";
import type { Database } from "../open-database";
import { type QuotaLimitRow, quotaLimits } from "../schema/schema";
import { TOMBSTONE_LIFE_MS } from "../state/read-state";
import { changeState, TAKEN_VERSION } from "../state/state-version";

/** What the limits apply to: each key of a provider, or one of its quota domains. */
export type LimitScope = Pick<QuotaLimitRow, "provider" | "domain">;

/** Configured limits, sorted by provider and domain; of one provider or of all. */
export function listQuotaLimits(db: Database, provider?: string): Promise<QuotaLimitRow[]> {
  const isSet = sql`${quotaLimits.rules} <> '[]'`;
  return db
    .select()
    .from(quotaLimits)
    .where(and(isSet, provider === undefined ? undefined : eq(quotaLimits.provider, provider)))
    .orderBy(asc(quotaLimits.provider), asc(quotaLimits.domain));
}

/** The rules of one scope; empty if there are none. */
export async function readQuotaLimits(
  db: Database,
  { provider, domain }: LimitScope,
): Promise<readonly LimitRule[]> {
  const row = await db
    .select({ rules: quotaLimits.rules })
    .from(quotaLimits)
    .where(and(eq(quotaLimits.provider, provider), eq(quotaLimits.domain, domain)))
    .get();
  return row?.rules ?? [];
}

/** Replaces all rules of a scope. Equal rules change and log nothing. */
export async function writeQuotaLimits(
  db: Database,
  { provider, domain }: LimitScope,
  rules: readonly LimitRule[],
  audit: SQL,
  nowMs: number,
): Promise<void> {
  const json = JSON.stringify(rules);
  await changeState(db, [
    sql`
      insert into quota_limits (provider, domain, rules, updated_at_ms, version)
      select ${provider}, ${domain}, ${json}, ${nowMs}, ${TAKEN_VERSION} where true
      on conflict (provider, domain) do update set rules = excluded.rules,
        updated_at_ms = excluded.updated_at_ms, version = excluded.version
      where quota_limits.rules <> excluded.rules`,
    audit,
    db
      .delete(quotaLimits)
      .where(
        and(
          sql`${quotaLimits.rules} = '[]'`,
          lt(quotaLimits.updatedAtMs, nowMs - TOMBSTONE_LIFE_MS),
        ),
      ),
  ]);
}

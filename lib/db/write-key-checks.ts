/**
 * What checks found, in one transaction.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { type KeyEvidence, tellChecks } from "./key-events";
import type { Database } from "./open-database";
import type { ProviderKeyRow } from "./schema";
import { changeState, TAKEN_VERSION } from "./state-version";

export interface KeyCheckResult {
  readonly key: Pick<ProviderKeyRow, "id" | "provider">;
  /** `good`: works; `bad`: is to be blocked; null: nothing follows. */
  readonly found: "good" | "bad" | null;
  readonly evidence: KeyEvidence;
}

/**
 * Blocks bad keys, unless a person switched them off: that says more. Revives good ones: a block ends,
 * and so do rests for the given reasons.
 */
export async function writeKeyChecks(
  db: Database,
  checks: readonly KeyCheckResult[],
  endedReasons: readonly string[],
  nowMs: number,
  audit: SQL,
): Promise<void> {
  if (checks.length === 0) return;
  const good = checks.filter(({ found }) => found === "good").map(({ key }) => key.id);
  const bad = checks
    .filter(({ found }) => found === "bad")
    .map(({ key, evidence }) => ({ id: key.id, evidence }));
  const reasons = JSON.stringify(endedReasons);
  const ids = JSON.stringify(good);
  await changeState(db, [
    tellChecks(checks),
    audit,
    // Good keys that need nothing are not written: each row counts against the plan's daily number.
    sql`
      update provider_keys set
        status = iif(status = 'blocked', 'active', status),
        reason = iif(status = 'blocked', null, reason),
        evidence = iif(status = 'blocked', null, evidence),
        reset_at_ms = ${nowMs}, updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      where id in (select value from json_each(${ids})) and (status = 'blocked' or exists (
        select 1 from key_cooldowns c where c.key_id = provider_keys.id
          and c.reason in (select value from json_each(${reasons}))))`,
    sql`
      delete from key_cooldowns where key_id in (select value from json_each(${ids}))
        and reason in (select value from json_each(${reasons}))`,
    sql`
      update provider_keys set status = 'blocked', reason = e.value ->> '$.evidence.meaning',
        evidence = e.value -> 'evidence', updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      from json_each(${JSON.stringify(bad)}) e
      where provider_keys.id = e.value ->> 'id' and status <> 'disabled'`,
  ]);
}

/**
 * Writes the results of checks, in one transaction.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import type { ProviderKeyRow } from "../schema/schema";
import { insertCheckEvents, type KeyEvidence } from "./key-events";
import { changeState, TAKEN_VERSION } from "./state-version";

export interface KeyCheckResult {
  readonly key: Pick<ProviderKeyRow, "id" | "provider">;
  /** `good`: works; `bad`: to be blocked; null: no conclusion. */
  readonly found: "good" | "bad" | null;
  readonly evidence: KeyEvidence;
}

/**
 * Blocks keys that failed, unless a person disabled them, which takes precedence. A key that passed is treated like one
 * that was reset: its block and all its cooldowns end, and isolates discard what was reported and learned about it.
 */
export async function writeKeyChecks(
  db: Database,
  checks: readonly KeyCheckResult[],
  nowMs: number,
  audit: SQL,
): Promise<void> {
  if (checks.length === 0) return;
  const good = checks.filter(({ found }) => found === "good").map(({ key }) => key.id);
  const bad = checks
    .filter(({ found }) => found === "bad")
    .map(({ key, evidence }) => ({ id: key.id, evidence }));
  const ids = JSON.stringify(good);
  await changeState(db, [
    insertCheckEvents(checks),
    audit,
    sql`
      update provider_keys set
        status = iif(status = 'blocked', 'active', status),
        reason = iif(status = 'blocked', null, reason),
        evidence = null, reset_at_ms = ${nowMs}, updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      where id in (select value from json_each(${ids}))`,
    sql`delete from key_cooldowns where key_id in (select value from json_each(${ids}))`,
    sql`
      ${withRows(JSON.stringify(bad), "id")}
      update provider_keys set status = 'blocked', reason = e.value ->> '$.evidence.meaning',
        evidence = e.value -> 'evidence', updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      from e
      where provider_keys.id = e.id and status <> 'disabled'`,
  ]);
}

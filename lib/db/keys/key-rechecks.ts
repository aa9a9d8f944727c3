/**
 * The schedule of re-checks of blocked keys. A key that stays invalid is checked ever more rarely; one that recovered
 * is remembered until its next check would have come, so that a key that is rejected right after each successful check
 * continues where it was.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import { runBatch } from "../state/state-version";

const HOUR_MS = 3_600_000;

/** From the block to the first check, and from each check to the next; the last one repeats. */
export const RECHECK_GAPS_MS = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS] as const;
const [FIRST_GAP_MS] = RECHECK_GAPS_MS;

/**
 * Updates the schedule, and takes the keys that are due, those waiting longest first. They are due again in an hour
 * unless `settleRechecks` says otherwise, so that a run that crashes doesn't get stuck on the same keys.
 * @returns Their ids.
 */
export async function takeDueRechecks(
  db: Database,
  limit: number,
  nowMs: number,
): Promise<readonly string[]> {
  const isBlocked = sql`exists (
    select 1 from provider_keys k where k.id = key_rechecks.key_id and k.status = 'blocked')`;
  const results = await runBatch(db, [
    sql`delete from key_rechecks where next_at_ms <= ${nowMs} and not ${isBlocked}`,
    sql`
      insert into key_rechecks (key_id, attempts, next_at_ms)
      select id, 0, coalesce(evidence ->> 'atMs', updated_at_ms) + ${FIRST_GAP_MS}
      from provider_keys k where status = 'blocked'
        and not exists (select 1 from key_rechecks known where known.key_id = k.id)`,
    sql`
      update key_rechecks set next_at_ms = ${nowMs + FIRST_GAP_MS} where key_id in (
        select key_id from key_rechecks where next_at_ms <= ${nowMs} and ${isBlocked}
        order by next_at_ms limit ${limit})
      returning key_id as id`,
  ]);
  return (results[2]?.results ?? []).map((row) => (row as { readonly id: string }).id);
}

export interface SettledRecheck {
  readonly id: string;
  /** Whether it counts as checked; if not, the same interval passes once more. */
  readonly wasCalled: boolean;
}

/** Sets the next check of keys that were checked. */
export async function settleRechecks(
  db: Database,
  checked: readonly SettledRecheck[],
  nowMs: number,
): Promise<void> {
  const attempts = sql`attempts + iif(e.value ->> 'wasCalled', 1, 0)`;
  await runBatch(db, [
    sql`
      ${withRows(JSON.stringify(checked), "id")}
      update key_rechecks set attempts = ${attempts}, next_at_ms = ${nowMs} + ${gapAfter(attempts)}
      from e
      where key_rechecks.key_id = e.id`,
  ]);
}

function gapAfter(attempts: SQL): SQL {
  const gaps = RECHECK_GAPS_MS.slice(0, -1).map((gapMs, index) => sql`when ${index} then ${gapMs}`);
  return sql`case ${attempts} ${sql.join(gaps, sql` `)} else ${RECHECK_GAPS_MS.at(-1)} end`;
}

/** When the next re-checks are due. */
export interface RecheckOutlook {
  /** Blocked keys waiting for one. */
  readonly keys: number;
  /** Null if none waits. */
  readonly nextAtMs: number | null;
}

export async function readRecheckOutlook(db: Database): Promise<RecheckOutlook> {
  const outlook = await db.get<RecheckOutlook>(sql`
    select count(*) as keys, min(next_at_ms) as "nextAtMs"
    from key_rechecks join provider_keys on id = key_id and status = 'blocked'`);
  return outlook ?? { keys: 0, nextAtMs: null };
}

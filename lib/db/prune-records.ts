/**
 * Deletes records that are no longer needed (usage is pruned separately), a bounded number of rows at a time, because
 * D1 counts deleted rows as written.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS } from "../usage/rollup";
import { firstRowIdAt } from "./new-row-id";
import type { Database } from "./open-database";
import { TOMBSTONE_LIFE_MS } from "./state/read-state";
import { runBatch } from "./state/state-version";
import { ATTEMPT_WINDOW_MS } from "./team/login-attempts";
import type { Settings } from "./team/settings";

/** The most rows of each table that one call deletes. */
export const STEP_ROWS = 1_000;
/** Invitations that no one accepted: their links already behave like unknown ones. */
const INVITE_LIFE_MS = 30 * DAY_MS;

/**
 * @param auditPruning The statement of `auditChange` for deleted entries of the log of changes.
 * @returns How many rows were deleted.
 */
export async function pruneRecords(
  db: Database,
  { keyEventDays, auditDays }: Settings["retention"],
  auditPruning: SQL,
  nowMs: number,
): Promise<number> {
  const results = await runBatch(db, [
    deleteSome("key_events", sql`at_ms < ${nowMs - keyEventDays * DAY_MS}`),
    // Ids begin with the time.
    deleteSome(
      "audit_log",
      // The running version's entry stays: without it, the same version would count as a new one.
      sql`id < ${firstRowIdAt("au", nowMs - auditDays * DAY_MS)} and id is not (
        select id from audit_log where subject_kind = 'deployment' order by rowid desc limit 1)`,
    ),
    auditPruning,
    // Cooldowns that have ended: isolates compare the time, so no version is taken.
    deleteSome("key_cooldowns", sql`until_ms < ${nowMs - DAY_MS}`),
    deleteSome("incidents", sql`last_seen_ms < ${nowMs - keyEventDays * DAY_MS}`),
    deleteSome("alerts", sql`created_at_ms < ${nowMs - keyEventDays * DAY_MS}`),
    deleteSome("tombstones", sql`deleted_at_ms < ${nowMs - TOMBSTONE_LIFE_MS}`),
    deleteSome("login_attempts", sql`window_start_ms <= ${nowMs - ATTEMPT_WINDOW_MS}`),
    deleteSome("sessions", sql`expires_at_ms <= ${nowMs}`),
    deleteSome(
      "invites",
      sql`accepted_at_ms is null and expires_at_ms < ${nowMs - INVITE_LIFE_MS}`,
    ),
  ]);
  const deleted = results.filter((_, index) => index !== 2);
  return deleted.reduce((sum, { meta }) => sum + meta.changes, 0);
}

function deleteSome(table: string, where: SQL): SQL {
  const name = sql.identifier(table);
  return sql`
    delete from ${name} where rowid in (
      select rowid from ${name} where ${where} limit ${STEP_ROWS})`;
}

import { type SQL, sql } from "drizzle-orm";
import { DAY_MS } from "../../usage/rollup";
import type { Database } from "../open-database";
import { changeState, TAKEN_VERSION } from "../state/state-version";

/** How long an expired token may still get a later expiry. A rotated one has its successor. */
const GRACE_MS = 7 * DAY_MS;
const STEP_ROWS = 100;

/**
 * Revokes tokens that expired a week ago, and rotated ones whose overlap is over. They are rejected from the moment
 * they expire; this frees isolates' memory. Playground tokens are renewed, not revoked.
 * @param audit The statement of `auditChange` for the tokens with these ids.
 * @returns How many were revoked.
 */
export async function expireAccessTokens(
  db: Database,
  audit: (ids: readonly string[]) => SQL,
  nowMs: number,
): Promise<number> {
  const isOver = sql`kind = 'app' and status <> 'revoked'
    and expires_at_ms <= ${nowMs} - iif(rotated_to_id is null, ${GRACE_MS}, 0)`;
  const rows = await db.all<{ readonly id: string }>(
    sql`select id from access_tokens where ${isOver} limit ${STEP_ROWS}`,
  );
  // A new version makes every isolate read.
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  const { rowCounts } = await changeState(db, [
    sql`
      update access_tokens set status = 'revoked', updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      where id in (select value from json_each(${JSON.stringify(ids)})) and ${isOver}`,
    audit(ids),
  ]);
  return rowCounts[0] ?? 0;
}

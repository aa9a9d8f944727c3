import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { sessions } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

/** A signed-in browser of a member. */
export interface OwnSession {
  /** The cookie's: never shown. */
  readonly id: string;
  readonly browserId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Of the sign-in, from the audit log; null if its entry is gone. */
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A sign-in is logged right after its session began. */
const LOGGED_WITHIN_MS = 60_000;

/** The newest first. */
export function listOwnSessions(
  db: Database,
  userId: string,
  nowMs: number,
): Promise<OwnSession[]> {
  return db.all<OwnSession>(sql`
    with signed as (
      select at_ms, ip, user_agent from audit_log
      where actor_id = ${userId} and action = 'member.sign-in')
    select s.id, s.browser_id as "browserId", s.created_at_ms as "createdAtMs",
      s.expires_at_ms as "expiresAtMs",
      (select ip from signed where at_ms between s.created_at_ms
        and s.created_at_ms + ${LOGGED_WITHIN_MS} order by at_ms limit 1) as ip,
      (select user_agent from signed where at_ms between s.created_at_ms
        and s.created_at_ms + ${LOGGED_WITHIN_MS} order by at_ms limit 1) as "userAgent"
    from sessions s
    where s.user_id = ${userId} and s.expires_at_ms > ${nowMs}
    order by s.created_at_ms desc`);
}

/** @returns Whether there was such a session of this member. */
export async function deleteOwnSession(
  db: Database,
  { id, userId }: { readonly id: string; readonly userId: string },
  audit: SQL,
): Promise<boolean> {
  const [deleted] = await runBatch(db, [
    db.delete(sessions).where(and(eq(sessions.id, id), eq(sessions.userId, userId))),
    audit,
  ]);
  return deleted?.meta.changes === 1;
}

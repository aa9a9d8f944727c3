/**
 * Who is signed in where. A session's cookie is good only while its row is there: signing out takes the row
 * away, so a cookie that was copied before opens nothing after.
 * @module
 */
import { and, eq, gt, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { type SessionRow, sessions, type UserRow, users } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

/** Of one user. The oldest ends where another one begins. */
const SESSIONS_MAX = 50;

export async function insertSession(db: Database, session: SessionRow): Promise<void> {
  const { userId, createdAtMs } = session;
  await unlessBehind(() =>
    runBatch(db, [
      db.insert(sessions).values(session),
      sql`delete from sessions where user_id = ${userId} and (expires_at_ms <= ${createdAtMs}
        or id not in (select id from sessions where user_id = ${userId}
          order by created_at_ms desc limit ${SESSIONS_MAX}))`,
    ]),
  );
}

export interface LiveSession {
  readonly user: UserRow;
  /** Null where the database is not migrated yet, and for a session older than the table. */
  readonly browserId: string | null;
}

/** What a session's cookie says. */
export interface SessionClaims {
  /** Null in a cookie from before sessions were rows; it ends with its cookie, or with the version. */
  readonly id: string | null;
  readonly userId: string;
  /** The user's when the session began: raising `users.session_version` ends all at once. */
  readonly version: number;
}

/** The user whose session it is; undefined if it is over. */
export async function findSession(
  db: Database,
  { id, userId, version }: SessionClaims,
  nowMs: number,
): Promise<LiveSession | undefined> {
  const isUser = and(eq(users.id, userId), eq(users.sessionVersion, version));
  if (id !== null) {
    const found = await unlessBehind(() =>
      db
        .select({ user: users, browserId: sessions.browserId })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .where(and(eq(sessions.id, id), gt(sessions.expiresAtMs, nowMs), isUser))
        .get(),
    );
    if (found !== BEHIND) return found;
  }
  const user = await db.select().from(users).where(isUser).get();
  return user && { user, browserId: null };
}

/** Signs out. A session that has no row can end only with the member's others. */
export async function endSession(db: Database, { id, userId, version }: SessionClaims) {
  if (id !== null) return unlessBehind(() => db.delete(sessions).where(eq(sessions.id, id)));
  return db
    .update(users)
    .set({ sessionVersion: version + 1 })
    .where(and(eq(users.id, userId), eq(users.sessionVersion, version)));
}

const BEHIND = Symbol("the database has no table of sessions yet");

/** People sign in to a portal whose migrations were forgotten too: it tells them so. */
async function unlessBehind<Result>(
  ask: () => PromiseLike<Result>,
): Promise<Result | typeof BEHIND> {
  try {
    return await ask();
  } catch (error) {
    if (/no such table: sessions/.test(String(rootCause(error)))) return BEHIND;
    throw error;
  }
}

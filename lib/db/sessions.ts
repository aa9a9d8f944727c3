/**
 * Who is signed in where. A session's cookie is good only while its row is there: signing out takes the row
 * away, so a cookie that was copied before opens nothing after.
 * @module
 */
import { and, eq, gt, sql } from "drizzle-orm";
import type { Database } from "./open-database";
import { rootCause } from "./root-cause";
import { runBatch } from "./state-version";
import { type SessionRow, sessions, type UserRow, users } from "./team-schema";

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
  /** Null where the database is not migrated yet. */
  readonly browserId: string | null;
}

/**
 * The user whose session it is; undefined if it is over.
 * @param version The user's as of signing in: `users.session_version` ends all at once.
 */
export async function findSession(
  db: Database,
  claims: { readonly id: string; readonly userId: string; readonly version: number },
  nowMs: number,
): Promise<LiveSession | undefined> {
  const isUser = and(eq(users.id, claims.userId), eq(users.sessionVersion, claims.version));
  const found = await unlessBehind(() =>
    db
      .select({ user: users, browserId: sessions.browserId })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.id, claims.id), gt(sessions.expiresAtMs, nowMs), isUser))
      .get(),
  );
  if (found !== BEHIND) return found;
  const user = await db.select().from(users).where(isUser).get();
  return user && { user, browserId: null };
}

export async function deleteSession(db: Database, id: string): Promise<void> {
  await unlessBehind(() => db.delete(sessions).where(eq(sessions.id, id)));
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

/**
 * Which sessions are active. A session's cookie is valid only while its row exists: signing out deletes the row, so a
 * copied cookie is useless afterwards.
 * @module
 */
import { and, eq, gt, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { type SessionRow, sessions, type UserRow, users } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

/** Per user. When another one starts, the oldest ends. */
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
  /** Null if the database isn't migrated yet, and for a session older than the table. */
  readonly browserId: string | null;
}

/** The contents of a session's cookie. */
export interface SessionClaims {
  /** Null in a cookie from before sessions were rows; it ends with its cookie, or with the version. */
  readonly id: string | null;
  readonly userId: string;
  /** The user's version when the session started: raising `users.session_version` ends all at once. */
  readonly version: number;
}

/** The user of a session; undefined if it is over. */
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

/** Signs out. A session without a row can end only together with the member's others. */
export async function endSession(db: Database, { id, userId, version }: SessionClaims) {
  if (id !== null) return unlessBehind(() => db.delete(sessions).where(eq(sessions.id, id)));
  await forgetSessions(db, userId);
  return db
    .update(users)
    .set({ sessionVersion: version + 1 })
    .where(and(eq(users.id, userId), eq(users.sessionVersion, version)));
}

/** Deletes the rows of sessions that a raised version has ended, so that no list shows them. */
export async function forgetSessions(db: Database, userId: string): Promise<void> {
  await unlessBehind(() => db.delete(sessions).where(eq(sessions.userId, userId)));
}

const BEHIND = Symbol("the database has no table of sessions yet");

/** People can sign in to a portal without its latest migrations too: it shows them a warning. */
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

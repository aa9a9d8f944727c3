/**
 * The members of the team in the store.
 * @module
 */
import { and, eq, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { type AccountRow, accounts, type UserRow, users } from "../schema/team-schema";
import { changeState, runBatch, TAKEN_VERSION } from "../state/state-version";
import { forgetSessions } from "./sessions";

export async function findUserById(db: Database, id: string): Promise<UserRow | undefined> {
  return db.select().from(users).where(eq(users.id, id)).get();
}

/** @param email Lower case. */
export async function findUserByEmail(db: Database, email: string): Promise<UserRow | undefined> {
  return db.select().from(users).where(eq(users.email, email)).get();
}

/** The user to whom an account at another service belongs. */
export async function findUserByAccount(
  db: Database,
  provider: string,
  providerAccountId: string,
): Promise<UserRow | undefined> {
  const row = await db
    .select({ user: users })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.provider, provider), eq(accounts.providerAccountId, providerAccountId)))
    .get();
  return row?.user;
}

export async function hasAdmin(db: Database): Promise<boolean> {
  const row = await db.select({ one: sql`1` }).from(users).where(eq(users.role, "admin")).get();
  return row !== undefined;
}

const HOUR_MS = 3_600_000;

/** Whether `markSeen` would write: the time is stored to the hour. */
export function isSeenStale(user: Pick<UserRow, "lastSeenAtMs">, nowMs: number): boolean {
  return user.lastSeenAtMs === null || user.lastSeenAtMs <= nowMs - HOUR_MS;
}

export async function markSeen(db: Database, id: string, nowMs: number): Promise<void> {
  const isStale = or(isNull(users.lastSeenAtMs), lt(users.lastSeenAtMs, nowMs - HOUR_MS + 1));
  await db
    .update(users)
    .set({ lastSeenAtMs: nowMs })
    .where(and(eq(users.id, id), isStale));
}

/** Stores another hash of the same password, unless the password was changed in the meantime. */
export async function updatePasswordHash(
  db: Database,
  id: string,
  hash: { readonly from: string; readonly to: string },
  nowMs: number,
): Promise<void> {
  await db
    .update(users)
    .set({ passwordHash: hash.to, updatedAtMs: nowMs })
    .where(and(eq(users.id, id), eq(users.passwordHash, hash.from)));
}

/** The accounts at other services that have signed in this user before, and so vouch for the address. */
export async function listLinkedAccounts(
  db: Database,
  userId: string,
): Promise<readonly Pick<AccountRow, "provider" | "providerAccountId">[]> {
  const { provider, providerAccountId } = accounts;
  return db
    .select({ provider, providerAccountId })
    .from(accounts)
    .where(eq(accounts.userId, userId));
}

/** What ends when a service vouches for the address for the first time. */
export interface FirstProof {
  /** Statement for the paused access tokens. */
  readonly tokenAudit: SQL;
}

/**
 * @param proof If the address was unverified until now: the password and every session end, and the tokens of someone
 * who isn't an admin pause, because they may be another person's.
 */
export async function linkAccount(
  db: Database,
  account: AccountRow,
  proof: FirstProof | null,
  audit: SQL,
): Promise<void> {
  const { userId, createdAtMs } = account;
  const linking = [db.insert(accounts).values(account).onConflictDoNothing(), audit];
  if (proof === null) {
    await runBatch(db, linking);
    return;
  }
  await changeState(db, [
    ...linking,
    db
      .update(users)
      .set({
        passwordHash: null,
        sessionVersion: sql`${users.sessionVersion} + 1`,
        updatedAtMs: createdAtMs,
      })
      .where(eq(users.id, userId)),
    sql`
      update access_tokens set status = 'paused', updated_at_ms = ${createdAtMs}, version = ${TAKEN_VERSION}
      where owner_id = ${userId} and status = 'active'
        and (select role from users where id = ${userId}) <> 'admin'`,
    proof.tokenAudit,
  ]);
  await forgetSessions(db, userId);
}

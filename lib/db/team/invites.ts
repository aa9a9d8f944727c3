/**
 * Invitations in the store. An accepted one stays, as the record of who invited whom.
 * @module
 */
import { and, desc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { type AccountRow, type InviteRow, invites, users } from "../schema/team-schema";
import { runBatch } from "../state/state-version";
import { insertAccountOf, insertUser, type NewUser } from "./members";

export type NewInvite = Omit<InviteRow, "acceptedAtMs" | "acceptedBy">;

export async function insertInvite(db: Database, invite: NewInvite, audit: SQL): Promise<void> {
  await runBatch(db, [db.insert(invites).values(invite), audit]);
}

export interface OpenInvite
  extends Pick<InviteRow, "id" | "role" | "email" | "createdAtMs" | "expiresAtMs"> {
  /** Name of the inviter; null if the row is gone. */
  readonly createdByName: string | null;
}

const OPEN_COLUMNS = {
  id: invites.id,
  role: invites.role,
  email: invites.email,
  createdAtMs: invites.createdAtMs,
  expiresAtMs: invites.expiresAtMs,
  createdByName: users.name,
};

/** Those that can still be accepted, newest first. */
export async function listOpenInvites(db: Database, nowMs: number): Promise<OpenInvite[]> {
  return db
    .select(OPEN_COLUMNS)
    .from(invites)
    .leftJoin(users, eq(users.id, invites.createdBy))
    .where(isOpen(nowMs))
    .orderBy(desc(invites.id));
}

export async function findOpenInvite(
  db: Database,
  tokenHash: string,
  nowMs: number,
): Promise<OpenInvite | undefined> {
  return db
    .select(OPEN_COLUMNS)
    .from(invites)
    .leftJoin(users, eq(users.id, invites.createdBy))
    .where(and(eq(invites.tokenHash, tokenHash), isOpen(nowMs)))
    .get();
}

/** @returns Whether an open invitation was revoked. */
export async function deleteOpenInvite(db: Database, id: string, audit: SQL): Promise<boolean> {
  const [deleted] = await runBatch(db, [
    db.delete(invites).where(and(eq(invites.id, id), isNull(invites.acceptedAtMs))),
    audit,
  ]);
  return deleted?.meta.changes === 1;
}

export async function findInvite(db: Database, id: string): Promise<InviteRow | undefined> {
  return db.select().from(invites).where(eq(invites.id, id)).get();
}

/**
 * Creates the invited user, with the invitation's role, and uses up the invitation: only one of several simultaneous
 * attempts succeeds. @returns Whether it was done: not if the invitation is used, expired, or for another address, or
 * if the address already belongs to a member.
 */
export async function acceptInvite(
  db: Database,
  tokenHash: string,
  user: NewUser,
  account: Pick<AccountRow, "provider" | "providerAccountId"> | null,
  audit: SQL,
): Promise<boolean> {
  const { id, email, createdAtMs: nowMs } = user;
  const isOurs = sql`exists (select 1 from users where id = ${id})`;
  const [inserted] = await runBatch(db, [
    insertUser(
      user,
      sql`role`,
      sql`from invites where token_hash = ${tokenHash} and accepted_at_ms is null
        and expires_at_ms > ${nowMs} and (email is null or email = ${email})`,
    ),
    audit,
    sql`update invites set accepted_at_ms = ${nowMs}, accepted_by = ${id}
      where token_hash = ${tokenHash} and accepted_at_ms is null and ${isOurs}`,
    ...(account === null ? [] : [insertAccountOf(user, account)]),
  ]);
  return inserted?.meta.changes === 1;
}

function isOpen(nowMs: number) {
  return and(isNull(invites.acceptedAtMs), gt(invites.expiresAtMs, nowMs));
}

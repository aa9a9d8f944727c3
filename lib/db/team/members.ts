/**
 * Changes to the members of the team. Rules that must be true whatever happens at the same time, such as "there is
 * always an admin", are part of the statements themselves.
 * @module
 */
import { and, asc, eq, ne, type SQL, sql } from "drizzle-orm";
import { type LimitValues, limitsOf, NO_LIMITS } from "../../usage/token-limits";
import type { Database } from "../open-database";
import { accessTokens, memberLimits } from "../schema/schema";
import {
  type AccountRow,
  accounts,
  groupMembers,
  type Role,
  savedViews,
  type UserRow,
  users,
} from "../schema/team-schema";
import { changeState, runBatch, TAKEN_VERSION } from "../state/state-version";
import { assertOwner } from "../tokens/token-owners";
import { forgetSessions } from "./sessions";

export interface ListedMember
  extends Pick<
    UserRow,
    "id" | "email" | "name" | "image" | "role" | "createdAtMs" | "lastSeenAtMs"
  > {
  readonly hasPassword: boolean;
  /** Other services by which this member signs in, such as `github`. */
  readonly services: readonly string[];
  /** The member's access tokens that aren't revoked. */
  readonly tokenCount: number;
  /** For all of them together. */
  readonly limits: LimitValues;
}

/** In the order they joined. @param id narrows to one */
export async function listMembers(db: Database, id?: string): Promise<ListedMember[]> {
  const rows = await db
    .select({
      id: users.id,
      email: users.email,
      name: users.name,
      image: users.image,
      role: users.role,
      createdAtMs: users.createdAtMs,
      lastSeenAtMs: users.lastSeenAtMs,
      hasPassword: sql<number>`password_hash is not null`,
      services: sql<string>`(select json_group_array(provider) from accounts
        where accounts.user_id = users.id)`,
      tokenCount: sql<number>`(select count(*) from access_tokens
        where access_tokens.owner_id = users.id and access_tokens.status <> 'revoked')`,
      limits: memberLimits,
    })
    .from(users)
    .leftJoin(memberLimits, eq(memberLimits.userId, users.id))
    .where(id === undefined ? undefined : eq(users.id, id))
    .orderBy(asc(users.id));
  return rows.map(({ hasPassword, services, limits, ...rest }) => ({
    ...rest,
    limits: limits === null ? NO_LIMITS : limitsOf(limits),
    hasPassword: hasPassword === 1,
    services: JSON.parse(services),
  }));
}

export type NewUser = Pick<
  UserRow,
  "id" | "email" | "name" | "image" | "passwordHash" | "createdAtMs"
>;

/**
 * The statement that adds a user if `source`, which follows `select …`, returns a row. It adds none if the address is
 * taken.
 * @param role The value, or a column of `source`.
 */
export function insertUser(user: NewUser, role: SQL, source: SQL): SQL {
  const { id, email, name, image, passwordHash, createdAtMs } = user;
  return sql`
    insert into users (id, email, name, image, role, password_hash, created_at_ms, updated_at_ms)
    select ${id}, ${email}, ${name}, ${image}, ${role}, ${passwordHash}, ${createdAtMs},
      ${createdAtMs} ${source}
    on conflict do nothing`;
}

/** @returns Whether this user became the admin: not if there already is one. */
export async function insertFirstAdmin(db: Database, user: NewUser, audit: SQL): Promise<boolean> {
  const source = sql`where not exists (select 1 from users where role = 'admin')`;
  const [inserted] = await runBatch(db, [insertUser(user, sql`'admin'`, source), audit]);
  return inserted?.meta.changes === 1;
}

/** @returns Whether this user was added: not if the address is taken. */
export async function insertMember(
  db: Database,
  user: NewUser,
  role: Role,
  account: AccountKey,
  audit: SQL,
): Promise<boolean> {
  const [inserted] = await runBatch(db, [
    insertUser(user, sql`${role}`, sql`where true`),
    audit,
    insertAccountOf(user, account),
  ]);
  return inserted?.meta.changes === 1;
}

type AccountKey = Pick<AccountRow, "provider" | "providerAccountId">;

/** The statement that links an account to a user who was just added; does nothing if they weren't. */
export function insertAccountOf(
  { id, createdAtMs }: Pick<NewUser, "id" | "createdAtMs">,
  { provider, providerAccountId }: AccountKey,
): SQL {
  return sql`insert into accounts (provider, provider_account_id, user_id, created_at_ms)
    select ${provider}, ${providerAccountId}, ${id}, ${createdAtMs}
    where exists (select 1 from users where id = ${id}) on conflict do nothing`;
}

/** True for a row that isn't an admin, or isn't the only one. */
const isNotLastAdmin = sql`(${users.role} <> 'admin'
  or (select count(*) from users where role = 'admin') > 1)`;

export interface RoleChange {
  readonly id: string;
  readonly from: Role;
  readonly to: Role;
  readonly nowMs: number;
  readonly audit: SQL;
  /** Audit statement for the revoked access tokens: a viewer can't have any. */
  readonly tokenAudit: SQL;
}

/**
 * Changes a role. A former admin's open invitations are deleted; if a member becomes a viewer, their access tokens are
 * revoked.
 * @returns Whether it was done: not if the role was changed in the meantime, nor for the last admin.
 */
export async function updateRole(db: Database, change: RoleChange): Promise<boolean> {
  const { id, from, to, nowMs, audit, tokenAudit } = change;
  const { rowCounts } = await changeState(db, [
    db
      .update(users)
      .set({ role: to, updatedAtMs: nowMs })
      .where(and(eq(users.id, id), eq(users.role, from), isNotLastAdmin)),
    audit,
    revokeTokens(db, id, sql`(select role from users where id = ${id}) = 'viewer'`, nowMs),
    tokenAudit,
    deleteInvites(id, sql`(select role from users where id = ${id}) <> 'admin'`),
  ]);
  return rowCounts[0] === 1;
}

export interface Removal {
  readonly id: string;
  readonly nowMs: number;
  readonly audit: SQL;
  /** Who gets their access tokens: null for the team. Absent: the tokens are revoked. */
  readonly heirId?: string | null | undefined;
  /** Audit statement for tokens that someone else gets. */
  readonly heirAudit: SQL;
  readonly tokenAudit: SQL;
}

/** How many access tokens a removed member had that still worked. */
export interface RemovedTokens {
  readonly revoked: number;
  /** Those that someone else has now. */
  readonly transferred: number;
}

/**
 * Removes a member with everything that would let them in again: their access tokens, unless someone else gets them,
 * linked accounts, open invitations. Their limits are deleted too, and the saved views that they didn't share.
 * @returns What became of the tokens; null if no one was removed: unknown, or the last admin.
 */
export async function deleteMember(db: Database, removal: Removal): Promise<RemovedTokens | null> {
  const { id, nowMs, audit, heirId, heirAudit, tokenAudit } = removal;
  const isGone = sql`not exists (select 1 from users where id = ${id})`;
  const { rowCounts } = await changeState(db, [
    db.delete(users).where(and(eq(users.id, id), isNotLastAdmin)),
    audit,
    transferTokens(db, id, heirId ?? null, heirId === undefined ? sql`false` : isGone, nowMs),
    heirAudit,
    revokeTokens(db, id, isGone, nowMs),
    tokenAudit,
    ...(typeof heirId === "string" ? [assertOwner(heirId)] : []),
    deleteInvites(id, isGone),
    db.delete(accounts).where(and(eq(accounts.userId, id), isGone)),
    db.delete(memberLimits).where(and(eq(memberLimits.userId, id), isGone)),
    db.delete(groupMembers).where(and(eq(groupMembers.userId, id), isGone)),
    db
      .delete(savedViews)
      .where(and(eq(savedViews.ownerId, id), eq(savedViews.isShared, false), isGone)),
  ]);
  if (rowCounts[0] !== 1) return null;
  return { transferred: rowCounts[2] ?? 0, revoked: rowCounts[4] ?? 0 };
}

/**
 * The playground's token isn't given away, because it is of this person's browser, nor one for the admin API, because it
 * would act as its new owner.
 */
function transferTokens(
  db: Database,
  fromId: string,
  ownerId: string | null,
  condition: SQL,
  nowMs: number,
) {
  return db
    .update(accessTokens)
    .set({ ownerId, updatedAtMs: nowMs, version: TAKEN_VERSION })
    .where(
      and(
        eq(accessTokens.ownerId, fromId),
        eq(accessTokens.kind, "app"),
        eq(accessTokens.forAdminApi, false),
        ne(accessTokens.status, "revoked"),
        condition,
      ),
    );
}

function revokeTokens(db: Database, ownerId: string, condition: SQL, nowMs: number) {
  return db
    .update(accessTokens)
    .set({ status: "revoked", updatedAtMs: nowMs, version: TAKEN_VERSION })
    .where(and(eq(accessTokens.ownerId, ownerId), ne(accessTokens.status, "revoked"), condition));
}

function deleteInvites(createdBy: string, condition: SQL): SQL {
  return sql`delete from invites
    where created_by = ${createdBy} and accepted_at_ms is null and ${condition}`;
}

/** Changes a member's own settings; a raised session version ends all sessions. */
export async function updateMember(
  db: Database,
  id: string,
  changes: {
    readonly name?: string;
    readonly passwordHash?: string;
    readonly sessionVersion?: SQL;
  },
  nowMs: number,
  audit: SQL,
): Promise<boolean> {
  const [updated] = await runBatch(db, [
    db
      .update(users)
      .set({ ...changes, updatedAtMs: nowMs })
      .where(eq(users.id, id)),
    audit,
  ]);
  if (changes.sessionVersion !== undefined) await forgetSessions(db, id);
  return updated?.meta.changes === 1;
}

/** For `updateMember`. */
export const NEXT_SESSION_VERSION = sql`session_version + 1`;

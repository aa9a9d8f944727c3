/**
 * Access tokens in the store. Every change takes a new state version and includes its audit entry, the statement from
 * `auditChange`.
 * @module
 */
import {
  and,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  inArray,
  isNull,
  lt,
  lte,
  ne,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { Database } from "../open-database";
import {
  type AccessTokenRow,
  accessTokens,
  type Changes,
  type TokenStatus,
} from "../schema/schema";
import { type UserRow, users } from "../schema/team-schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";
import { ASSERT_GROUPS, assertIn } from "../team/groups";
import { assertOwner } from "./token-owners";

/**
 * The tokens that a caller may see and change: everyone's, or one user's own; `withGroups`: and those of the groups of
 * which the user is an admin.
 */
export type TokenReach = "everyone" | { readonly ownerId: string; readonly withGroups?: boolean };

/** A token without its hash, which no one needs to see, and its owner's names (null for a team token). */
export interface ListedAccessToken extends Omit<AccessTokenRow, "tokenHash"> {
  readonly owner: { readonly name: string; readonly email: string } | null;
}

const { tokenHash: _, ...TOKEN_COLUMNS } = getTableColumns(accessTokens);
const LISTED_COLUMNS = { ...TOKEN_COLUMNS, owner: { name: users.name, email: users.email } };

/** @param isOwnerChosen Whether an admin named the owner, who then must be someone who may have tokens. */
export async function insertAccessToken(
  db: Database,
  reach: TokenReach,
  token: Omit<AccessTokenRow, "version">,
  audit: SQL,
  isOwnerChosen = false,
): Promise<void> {
  const row = { ...token, version: TAKEN_VERSION };
  const asserted = [
    ...(token.groupId === null ? [] : assertsOf(reach, token.groupId)),
    ...(isOwnerChosen && token.ownerId !== null ? [assertOwner(token.ownerId)] : []),
  ];
  await changeState(db, [db.insert(accessTokens).values(row), audit, ...asserted]);
}

export interface AccessTokenFilter {
  readonly reach: TokenReach;
  /** `active` ones haven't expired; `current` are all but the revoked. */
  readonly status?: TokenStatus | "expired" | "current" | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Only the tokens of this group, by its id. */
  readonly group?: string | undefined;
  /** Part of the name, the masked token or the owner's names; case-insensitive. */
  readonly q?: string | undefined;
  /** Continues after the last of a page. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** Newest first. The playground's tokens are not listed. */
export async function listAccessTokens(
  db: Database,
  filter: AccessTokenFilter,
  nowMs: number,
): Promise<ListedAccessToken[]> {
  return db
    .select(LISTED_COLUMNS)
    .from(accessTokens)
    .leftJoin(users, eq(users.id, accessTokens.ownerId))
    .where(whereListed(filter, nowMs))
    .orderBy(desc(accessTokens.id))
    .limit(filter.limit);
}

/** The ids of the same. */
export async function listAccessTokenIds(
  db: Database,
  filter: AccessTokenFilter,
  nowMs: number,
): Promise<string[]> {
  const rows = await db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .leftJoin(users, eq(users.id, accessTokens.ownerId))
    .where(whereListed(filter, nowMs))
    .orderBy(desc(accessTokens.id))
    .limit(filter.limit);
  return rows.map(({ id }) => id);
}

function whereListed(
  { reach, status, ids, group, q, beforeId }: AccessTokenFilter,
  nowMs: number,
): SQL | undefined {
  const searched = [accessTokens.name, accessTokens.masked, users.name, users.email];
  return and(
    withinReach(reach),
    status && hasStatus(status, nowMs),
    ids && sql`${accessTokens.id} in (select value from json_each(${JSON.stringify(ids)}))`,
    group === undefined ? undefined : eq(accessTokens.groupId, group),
    beforeId === undefined ? undefined : lt(accessTokens.id, beforeId),
    q === undefined
      ? undefined
      : or(...searched.map((column) => sql`instr(lower(${column}), lower(${q})) > 0`)),
  );
}

/** Whose rights an active token for the admin API has; undefined if there is no such token. */
export async function findOwnerForAdminApi(
  db: Database,
  tokenHash: string,
  nowMs: number,
): Promise<Pick<UserRow, "id" | "email" | "role"> | undefined> {
  return db
    .select({ id: users.id, email: users.email, role: users.role })
    .from(accessTokens)
    .innerJoin(users, eq(users.id, accessTokens.ownerId))
    .where(
      and(
        eq(accessTokens.tokenHash, tokenHash),
        eq(accessTokens.forAdminApi, true),
        eq(accessTokens.status, "active"),
        notExpired(nowMs),
      ),
    )
    .get();
}

export async function getAccessToken(
  db: Database,
  reach: TokenReach,
  id: string,
): Promise<ListedAccessToken | undefined> {
  return db
    .select(LISTED_COLUMNS)
    .from(accessTokens)
    .leftJoin(users, eq(users.id, accessTokens.ownerId))
    .where(and(eq(accessTokens.id, id), withinReach(reach)))
    .get();
}

/**
 * A revoked token can't be changed.
 * @param token As read: the change is meant for that version.
 * @returns Whether it still has that version, is within reach and isn't revoked.
 */
export async function updateAccessToken(
  db: Database,
  reach: TokenReach,
  { id, version }: Pick<AccessTokenRow, "id" | "version">,
  changes: Changes<AccessTokenRow>,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(accessTokens)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(
        and(
          eq(accessTokens.id, id),
          ne(accessTokens.status, "revoked"),
          eq(accessTokens.version, version),
          withinReach(reach),
        ),
      ),
    audit,
    ...(changes.groupId == null
      ? []
      : [...forgetSpend(changes.groupId), ...assertsOf(reach, changes.groupId)]),
    ...(changes.ownerId == null ? [] : [assertOwner(changes.ownerId)]),
  ]);
  return rowCounts[0] !== 0;
}

/** Statements that let a transaction fail if a token must not join a group: a member must be in it. */
function assertsOf(reach: TokenReach, groupId: string): SQL[] {
  return reach === "everyone" ? [ASSERT_GROUPS] : [ASSERT_GROUPS, assertIn(groupId, reach.ownerId)];
}

/** A group's budgets are counted again, because a token that joined it brings what it used. */
function forgetSpend(groupId: string): SQL[] {
  return [sql`delete from token_spend where token_id = ${groupId}`];
}

/** What is new in a token that replaces another; everything else is the other's, including its budgets. */
export interface Successor
  extends Pick<AccessTokenRow, "id" | "tokenHash" | "masked" | "createdBy"> {
  /** When the other stops working, unless it expires earlier. */
  readonly overlapUntilMs: number;
}

/** @returns Whether there is such a token that is active or paused, and wasn't rotated before. */
export async function rotateAccessToken(
  db: Database,
  reach: TokenReach,
  id: string,
  { overlapUntilMs, ...successor }: Successor,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const columns = {
    ...getTableColumns(accessTokens),
    ...aliased(successor),
    budgetId: sql<string>`coalesce(${accessTokens.budgetId}, ${accessTokens.id})`.as("budgetId"),
    ...aliased({ createdAtMs: nowMs, updatedAtMs: nowMs, lastUsedAtMs: null }),
    version: TAKEN_VERSION.as("version"),
  };
  const created = db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(eq(accessTokens.id, successor.id));
  const { rowCounts } = await changeState(db, [
    db.insert(accessTokens).select(
      db
        .select(columns)
        .from(accessTokens)
        .where(
          and(
            eq(accessTokens.id, id),
            ne(accessTokens.status, "revoked"),
            isNull(accessTokens.rotatedToId),
            notExpired(nowMs),
            withinReach(reach),
          ),
        ),
    ),
    audit,
    db
      .update(accessTokens)
      .set({
        rotatedToId: successor.id,
        expiresAtMs: sql`min(coalesce(${accessTokens.expiresAtMs}, ${overlapUntilMs}), ${overlapUntilMs})`,
        updatedAtMs: nowMs,
        version: TAKEN_VERSION,
      })
      .where(and(eq(accessTokens.id, id), exists(created))),
  ]);
  return rowCounts[0] !== 0;
}

/** Values as columns of a select, under the names that drizzle uses. */
function aliased<Values extends Readonly<Record<string, string | number | null>>>(values: Values) {
  const entries = Object.entries(values).map(([name, value]) => [name, sql`${value}`.as(name)]);
  return Object.fromEntries(entries) as { [Name in keyof Values]: SQL.Aliased };
}

/** The budgets that a token shares with others. */
export interface SharedBudgets {
  /** The token that it replaced, directly or not; null for none. */
  readonly budgetId: string | null;
  readonly groupId: string | null;
}

/** By token; tokens that share none are missing. */
export async function findSharedBudgets(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SharedBudgets>> {
  const rows = await db.all<SharedBudgets & { readonly id: string }>(sql`
    select id, budget_id as "budgetId", group_id as "groupId" from access_tokens
    where (budget_id is not null or group_id is not null)
      and id in (select value from json_each(${JSON.stringify(ids)}))`);
  return new Map(rows.map(({ id, ...budgets }) => [id, budgets]));
}

/**
 * Creates a user's playground token, or gives the existing one a new text and expiry: a user has at most one. The
 * previous text stops working.
 */
export async function putPlaygroundToken(
  db: Database,
  token: Omit<AccessTokenRow, "version">,
  audit: SQL,
): Promise<void> {
  const row = { ...token, version: TAKEN_VERSION };
  const { tokenHash, masked, status, expiresAtMs, updatedAtMs } = token;
  await changeState(db, [
    db
      .insert(accessTokens)
      .values(row)
      .onConflictDoUpdate({
        target: accessTokens.ownerId,
        targetWhere: sql`kind = 'playground'`,
        set: { tokenHash, masked, status, expiresAtMs, updatedAtMs, version: TAKEN_VERSION },
      }),
    audit,
  ]);
}

/** The ids of the groups of which a user is an admin. */
export function groupsOfAdmin(userId: string): SQL {
  return sql`(select group_id from group_members where user_id = ${userId} and role = 'admin')`;
}

function withinReach(reach: TokenReach): SQL | undefined {
  return and(
    eq(accessTokens.kind, "app"),
    reach === "everyone"
      ? undefined
      : or(
          eq(accessTokens.ownerId, reach.ownerId),
          reach.withGroups === true
            ? inArray(accessTokens.groupId, groupsOfAdmin(reach.ownerId))
            : undefined,
        ),
  );
}

function hasStatus(
  status: NonNullable<AccessTokenFilter["status"]>,
  nowMs: number,
): SQL | undefined {
  if (status === "current") return ne(accessTokens.status, "revoked");
  if (status === "active") return and(eq(accessTokens.status, "active"), notExpired(nowMs));
  if (status === "expired") {
    return and(ne(accessTokens.status, "revoked"), lte(accessTokens.expiresAtMs, nowMs));
  }
  return eq(accessTokens.status, status);
}

function notExpired(nowMs: number): SQL | undefined {
  return or(isNull(accessTokens.expiresAtMs), gt(accessTokens.expiresAtMs, nowMs));
}

/**
 * Groups: their settings and members. Every change takes a new state version and includes its audit entry, the statement
 * from `auditChange`.
 * @module
 */
import { and, asc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { rootCause } from "../root-cause";
import { type Changes, type TeamGroupRow, teamGroups } from "../schema/schema";
import { type GroupRole, groupMembers, users } from "../schema/team-schema";
import { forgetModelListsOf } from "../state/model-lists";
import { changeState, TAKEN_VERSION } from "../state/state-version";

/** A person in a group. */
export interface GroupMember {
  readonly groupId: string;
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: GroupRole;
}

export interface ListedGroup extends TeamGroupRow {
  /** Its tokens that aren't revoked. */
  readonly tokens: number;
  /** The keys that serve it, whatever their status; those of other groups too. */
  readonly keys: number;
  /** In the order in which they were added. */
  readonly members: readonly GroupMember[];
}

/** Sorted by name. @param id narrows to one */
export async function listGroups(db: Database, id?: string): Promise<readonly ListedGroup[]> {
  // Not in a batch: D1 identifies columns by name there, and two tables have a `name`.
  const [groups, members] = await Promise.all([
    db
      .select({
        ...getTableColumns(teamGroups),
        tokens: sql<number>`(select count(*) from access_tokens
          where access_tokens.group_id = team_groups.id and access_tokens.status <> 'revoked')`,
        keys: sql<number>`(select count(*) from provider_keys k
          where k."groups" is not null
            and exists (select 1 from json_each(k."groups") g where g.value = team_groups.id))`,
      })
      .from(teamGroups)
      .where(id === undefined ? undefined : eq(teamGroups.id, id))
      .orderBy(sql`${teamGroups.name} collate nocase`, asc(teamGroups.id)),
    db
      .select({
        groupId: groupMembers.groupId,
        id: users.id,
        name: users.name,
        email: users.email,
        role: groupMembers.role,
      })
      .from(groupMembers)
      .innerJoin(users, eq(users.id, groupMembers.userId))
      .where(id === undefined ? undefined : eq(groupMembers.groupId, id))
      .orderBy(asc(groupMembers.addedAtMs), asc(users.id)),
  ]);
  const ofGroups = Map.groupBy(members, ({ groupId }) => groupId);
  return groups.map((group) => ({ ...group, members: ofGroups.get(group.id) ?? [] }));
}

/** Ids and names of all groups. */
export async function listGroupNames(
  db: Database,
): Promise<readonly Pick<TeamGroupRow, "id" | "name">[]> {
  return db.select({ id: teamGroups.id, name: teamGroups.name }).from(teamGroups);
}

/** The role of a user in a group; undefined if they aren't in it. */
export async function findGroupRole(
  db: Database,
  groupId: string,
  userId: string,
): Promise<GroupRole | undefined> {
  const row = await db
    .select({ role: groupMembers.role })
    .from(groupMembers)
    .where(and(eq(groupMembers.groupId, groupId), eq(groupMembers.userId, userId)))
    .get();
  return row?.role;
}

/** A user's roles, by the ids of their groups. */
export async function listGroupRoles(
  db: Database,
  userId: string,
): Promise<ReadonlyMap<string, GroupRole>> {
  const { groupId, role } = groupMembers;
  const rows = await db
    .select({ groupId, role })
    .from(groupMembers)
    .where(eq(groupMembers.userId, userId));
  return new Map(rows.map((row) => [row.groupId, row.role]));
}

/** @returns False, with nothing written, if the name is taken. */
export async function insertGroup(
  db: Database,
  row: Omit<TeamGroupRow, "version">,
  audit: SQL,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .insert(teamGroups)
      .values({ ...row, version: TAKEN_VERSION })
      .onConflictDoNothing(),
    audit,
  ]);
  return rowCounts[0] !== 0;
}

/**
 * @param group As read: the change is meant for that version.
 * @returns False, with nothing written, if it was changed since or doesn't exist.
 */
export async function updateGroup(
  db: Database,
  { id, version }: Pick<TeamGroupRow, "id" | "version">,
  changes: Changes<TeamGroupRow>,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(teamGroups)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(and(eq(teamGroups.id, id), eq(teamGroups.version, version))),
    audit,
  ]);
  return rowCounts[0] !== 0;
}

/**
 * Deletes a group that no key serves and that has no token left; revoked tokens keep its id.
 * @returns False, with nothing written, if it has, or doesn't exist.
 */
export async function deleteGroup(
  db: Database,
  id: string,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    sql`
      delete from team_groups where id = ${id}
        and not exists (
          select 1 from access_tokens where group_id = ${id} and status <> 'revoked')
        and not exists (
          select 1 from provider_keys k, json_each(k."groups") g
          where k."groups" is not null and g.value = ${id})`,
    audit,
    sql`
      insert into tombstones (kind, id, deleted_at_ms, version)
      select 'group', ${id}, ${nowMs}, ${TAKEN_VERSION}
      where not exists (select 1 from team_groups where id = ${id})
      on conflict (kind, id) do update set
        deleted_at_ms = excluded.deleted_at_ms, version = excluded.version`,
    sql`delete from group_members
      where group_id = ${id} and not exists (select 1 from team_groups where id = ${id})`,
    forgetModelListsOf(id),
  ]);
  return rowCounts[0] !== 0;
}

/** Adds a user to a group, or changes their role in it. @returns Whether both exist. */
export async function putGroupMember(
  db: Database,
  groupId: string,
  userId: string,
  role: GroupRole,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    sql`
      insert into group_members (group_id, user_id, role, added_at_ms)
      select g.id, u.id, ${role}, ${nowMs} from team_groups g, users u
      where g.id = ${groupId} and u.id = ${userId}
      on conflict (group_id, user_id) do update set role = excluded.role`,
    audit,
  ]);
  return rowCounts[0] !== 0;
}

export interface GroupMemberRemoval {
  readonly groupId: string;
  readonly userId: string;
  readonly nowMs: number;
  readonly audit: SQL;
  /** For the tokens. */
  readonly tokenAudit: SQL;
}

/** Removes a user from a group, and revokes their tokens of it. @returns How many. */
export async function deleteGroupMember(
  db: Database,
  { groupId, userId, nowMs, audit, tokenAudit }: GroupMemberRemoval,
): Promise<number> {
  const { rowCounts } = await changeState(db, [
    sql`delete from group_members where group_id = ${groupId} and user_id = ${userId}`,
    audit,
    sql`
      update access_tokens set status = 'revoked', updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      where owner_id = ${userId} and group_id = ${groupId} and status <> 'revoked'
        and not exists (
          select 1 from group_members where group_id = ${groupId} and user_id = ${userId})`,
    tokenAudit,
  ]);
  return rowCounts[2] ?? 0;
}

/**
 * The statement that lets a transaction fail if a key or a token that it changed serves or names a group that doesn't
 * exist, or if keys of one quota domain serve different groups: their limits would be counted apart. SQLite has no
 * `raise` outside of triggers; text that isn't JSON ends the transaction as well.
 */
export const ASSERT_GROUPS = sql`
  select json(iif(
    exists (
      select 1 from provider_keys k, json_each(k."groups") g
      where k.version = ${TAKEN_VERSION} and k."groups" is not null
        and g.value not in (select id from team_groups))
    or exists (
      select 1 from access_tokens where version = ${TAKEN_VERSION} and group_id is not null
        and group_id not in (select id from team_groups))
    or exists (
      select 1 from provider_keys
      where (provider, quota_domain) in (
        select provider, quota_domain from provider_keys
        where version = ${TAKEN_VERSION} and quota_domain is not null)
      group by provider, quota_domain
      having count(distinct coalesce("groups", '')) > 1),
    'wrong groups', 'null'))`;

/** The same if a user isn't in a group, or no longer. */
export function assertIn(groupId: string, userId: string): SQL {
  return sql`
    select json(iif(
      exists (select 1 from group_members where group_id = ${groupId} and user_id = ${userId}),
      'null', 'wrong groups'))`;
}

/** Whether a transaction failed because of `ASSERT_GROUPS` or `assertIn`. */
export function hasWrongGroups(error: unknown): boolean {
  return /malformed JSON/.test(String(rootCause(error)));
}

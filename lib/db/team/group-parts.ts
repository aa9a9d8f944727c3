/**
 * What belongs to a group, read for pages: no change.
 * @module
 */
import { and, asc, count, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { accessTokens, providerKeys, type TeamGroupRow, teamGroups } from "../schema/schema";
import { type GroupRole, groupMembers } from "../schema/team-schema";

/**
 * Ids and names, sorted by name.
 * @param userId narrows to the groups that this user is in
 * @param role narrows to those in which they have this role
 */
export async function listGroupsOf(
  db: Database,
  userId: string | null,
  role?: GroupRole,
): Promise<readonly Pick<TeamGroupRow, "id" | "name">[]> {
  const hasRole = role === undefined ? sql`` : sql` and ${groupMembers.role} = ${role}`;
  const isIn = sql`exists (select 1 from ${groupMembers}
    where ${groupMembers.groupId} = ${teamGroups.id} and ${groupMembers.userId} = ${userId}${hasRole})`;
  return db
    .select({ id: teamGroups.id, name: teamGroups.name })
    .from(teamGroups)
    .where(userId === null ? undefined : isIn)
    .orderBy(sql`${teamGroups.name} collate nocase`, asc(teamGroups.id));
}

/** What decides which keys serve each group's tokens. */
export async function listGroupSettings(
  db: Database,
): Promise<readonly Pick<TeamGroupRow, "id" | "name" | "usesCommonKeys">[]> {
  const { id, name, usesCommonKeys } = teamGroups;
  return db.select({ id, name, usesCommonKeys }).from(teamGroups).orderBy(asc(id));
}

/** Of all its tokens, revoked ones too: what they used stays the group's. */
export async function listGroupTokenIds(db: Database, groupId: string): Promise<readonly string[]> {
  const rows = await db
    .select({ id: accessTokens.id })
    .from(accessTokens)
    .where(eq(accessTokens.groupId, groupId));
  return rows.map(({ id }) => id);
}

/** The condition that a column has the id of one of the group's tokens. */
export function isTokenOfGroup(column: SQL, groupId: string): SQL {
  return sql`${column} in (
    select ${accessTokens.id} from ${accessTokens} where ${accessTokens.groupId} = ${groupId})`;
}

/** How many keys of each provider serve a group, whatever their status; sorted by provider. */
export async function countGroupKeys(
  db: Database,
  groupId: string,
): Promise<readonly { readonly provider: string; readonly keys: number }[]> {
  return db
    .select({ provider: providerKeys.provider, keys: count() })
    .from(providerKeys)
    .where(
      and(
        sql`${providerKeys.groups} is not null`,
        sql`exists (select 1 from json_each(${providerKeys.groups}) g where g.value = ${groupId})`,
      ),
    )
    .groupBy(providerKeys.provider)
    .orderBy(asc(providerKeys.provider));
}

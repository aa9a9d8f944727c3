import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";

/**
 * The condition that a key may be shown: the keys that serve everyone are, and those that serve a group are shown to its
 * members.
 * @param userId The member; undefined for someone who sees all keys.
 * @param keys The table of provider keys, or its alias in the statement.
 */
export function isVisible(userId: string | undefined, keys: string): SQL {
  if (userId === undefined) return sql`true`;
  const groups = sql.raw(`${keys}."groups"`);
  return sql`(${groups} is null or exists (
    select 1 from json_each(${groups}) own join group_members m on m.group_id = own.value
    where m.user_id = ${userId}))`;
}

/**
 * The condition that a member tends a key: it serves groups, and only those of which they are an admin.
 * @param keys The table of provider keys, or its alias in the statement.
 */
export function isTended(userId: string, keys: string): SQL {
  const groups = sql.raw(`${keys}."groups"`);
  return sql`(json_array_length(${groups}) > 0 and not exists (
    select 1 from json_each(${groups}) own where not exists (
      select 1 from group_members m
      where m.group_id = own.value and m.user_id = ${userId} and m.role = 'admin')))`;
}

/** Those of the ids whose keys may not be shown to a member. */
export async function findHiddenKeys(
  db: Database,
  ids: readonly string[],
  userId: string | undefined,
): Promise<ReadonlySet<string>> {
  if (userId === undefined || ids.length === 0) return new Set();
  const rows = await db.all<{ readonly id: string }>(sql`
    select id from provider_keys
    where id in (select value from json_each(${JSON.stringify(ids)}))
      and not ${isVisible(userId, "provider_keys")}`);
  return new Set(rows.map(({ id }) => id));
}

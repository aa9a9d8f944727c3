import { type SQL, sql } from "drizzle-orm";
import { isVisible } from "../keys/visible-keys";
import type { Database } from "../open-database";
import { groupsOfAdmin } from "../tokens/access-tokens";

/**
 * The names of tokens, members and provider keys, by id: for a key, its masked text. Deleted ones are missing.
 * @param shownTo A member, for whom what they can't reach is missing too; undefined for someone who sees everything.
 */
export async function findUsageNames(
  db: Database,
  ids: readonly string[],
  shownTo?: string,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { token, user } = shownTo === undefined ? ANYONES : reachOf(shownTo);
  const rows = await db.all<{ id: string; name: string | null }>(sql`
    select e.value as id, coalesce(
      (select name from access_tokens t where t.id = e.value and ${token}),
      (select name from users u where u.id = e.value and ${user}),
      (select masked from provider_keys k where k.id = e.value and ${isVisible(shownTo, "k")})) as name
    from json_each(${JSON.stringify(ids)}) e`);
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
}

const ANYONES = { token: sql`true`, user: sql`true` };

/** Their own tokens and those of the groups of which they are an admin, and the owners of these. */
function reachOf(userId: string): { readonly token: SQL; readonly user: SQL } {
  const groups = groupsOfAdmin(userId);
  return {
    token: sql`(t.owner_id = ${userId} or t.group_id in ${groups})`,
    user: sql`(u.id = ${userId} or exists (
      select 1 from access_tokens t where t.owner_id = u.id and t.group_id in ${groups}))`,
  };
}

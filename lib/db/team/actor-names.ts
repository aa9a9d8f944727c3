import { sql } from "drizzle-orm";
import type { Database } from "../open-database";

/**
 * The names that people know for these ids (of users, of access tokens): a member's current name, otherwise the name in
 * the newest audit log entry. Ids unknown to both are missing.
 */
export async function findActorNames(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<{ id: string; name: string | null }>(sql`
    select e.value as id, coalesce(
      (select name from users where id = e.value),
      (select actor_name from audit_log where actor_id = e.value order by id desc limit 1)) as name
    from json_each(${JSON.stringify(ids)}) e`);
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
}

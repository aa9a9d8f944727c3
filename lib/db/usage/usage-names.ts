import { sql } from "drizzle-orm";
import type { Database } from "../open-database";

/** The names of tokens, members and provider keys, by id: for a key, its masked text. Deleted ones are missing. */
export async function findUsageNames(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<{ id: string; name: string | null }>(sql`
    select e.value as id, coalesce(
      (select name from access_tokens where id = e.value),
      (select name from users where id = e.value),
      (select masked from provider_keys where id = e.value)) as name
    from json_each(${JSON.stringify(ids)}) e`);
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
}

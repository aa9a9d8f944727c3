import type { D1Database } from "@cloudflare/workers-types";

/** Whether a migrated database has an admin, who makes the set-up link useless. */
export async function hasAdmin(database: D1Database): Promise<boolean> {
  return (await database.prepare("select 1 from users where role = 'admin'").first()) !== null;
}

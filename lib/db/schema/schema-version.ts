/**
 * Whether the database has every migration of this build.
 * @module
 */
import { sql } from "drizzle-orm";
import journal from "../../../drizzle/meta/_journal.json";
import type { Database } from "../open-database";

/** Named as in `d1_migrations`, in order. */
const KNOWN: readonly string[] = journal.entries.map(({ tag }) => `${tag}.sql`);

/** Migrations are never undone, so these needn't be checked again. */
const upToDate = new WeakSet<D1Database>();

/** Names of migrations still to be applied, in order; empty if the database is up to date. */
export async function missingMigrations(db: Database): Promise<readonly string[]> {
  if (upToDate.has(db.$client)) return [];
  const rows = await db.all<{ readonly name: string }>(sql`select name from d1_migrations`);
  const applied = new Set(rows.map(({ name }) => name));
  const missing = KNOWN.filter((name) => !applied.has(name));
  if (missing.length === 0) upToDate.add(db.$client);
  return missing;
}

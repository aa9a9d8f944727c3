import { sql } from "drizzle-orm";
import journal from "../../../drizzle/meta/_journal.json";
import type { Database } from "../open-database";

export interface MigrationState {
  /** Names of migrations that this version expects and the database lacks. */
  readonly missing: readonly string[];
  /** Names of migrations of a later version. */
  readonly unknown: readonly string[];
}

/** Compares what was applied, by `npm start` or wrangler, with what this version was built with. */
export async function readMigrations(db: Database): Promise<MigrationState> {
  const expected = journal.entries.map(({ tag }) => `${tag}.sql`);
  const hasTable = await db.get(
    sql`select 1 from sqlite_master where type = 'table' and name = 'd1_migrations'`,
  );
  if (hasTable === undefined) return { missing: expected, unknown: [] };
  const rows = await db.all<{ name: string }>(sql`select name from d1_migrations`);
  const applied = new Set(rows.map(({ name }) => name));
  return {
    missing: expected.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !expected.includes(name)),
  };
}

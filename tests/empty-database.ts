import type { D1Database } from "@cloudflare/workers-types";

/** What the migrations made. */
const KEPT = ["d1_migrations", "state_version"];

/** Of the planner, made by `pragma optimize`: of few rows it would plan for many. */
const STATISTICS = "sqlite_stat1";

/**
 * Deletes every row and sets the version of the state back: what is left is as migrations leave it. Isolates that
 * know the database take it for a restored one.
 */
export async function emptyDatabase(database: D1Database): Promise<void> {
  const tables = (await tableNames(database)).filter((name) => !KEPT.includes(name));
  await database.batch([
    database.prepare("pragma defer_foreign_keys = on"),
    ...tables.map((table) => database.prepare(`delete from "${table}"`)),
    database.prepare("update state_version set version = 0"),
  ]);
  const analyzed = database.prepare(`select 1 from sqlite_master where name = '${STATISTICS}'`);
  if ((await analyzed.first()) === null) return;
  // The second has them read again.
  await database.batch(
    [`delete from ${STATISTICS}`, "analyze sqlite_master"].map((each) => database.prepare(each)),
  );
}

/** Leaves nothing, not even that there were migrations. */
export async function dropTables(database: D1Database): Promise<void> {
  const tables = await tableNames(database);
  await database.batch([
    database.prepare("pragma defer_foreign_keys = on"),
    ...tables.map((table) => database.prepare(`drop table "${table}"`)),
  ]);
}

/** Without SQLite's own and Cloudflare's. */
export async function tableNames(database: D1Database): Promise<string[]> {
  const { results } = await database
    .prepare(
      `select name from sqlite_master
      where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like '\\_cf\\_%' escape '\\'`,
    )
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

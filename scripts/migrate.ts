import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { ExpectedError } from "./expected-error.ts";
import { root } from "./root.ts";

const MIGRATIONS_DIR = join(root, "drizzle");

/**
 * Applies the migrations of `drizzle/` that a database lacks, in order, each in one transaction. Tracked in the same
 * table as by `wrangler d1 migrations apply`, so either may follow the other.
 * @param until name of the last migration to apply; without it, all
 * @returns names of the migrations applied now
 */
export async function applyMigrations(database: D1Database, until?: string): Promise<string[]> {
  const names = await knownMigrations();
  await database
    .prepare(
      `create table if not exists d1_migrations(
        id integer primary key autoincrement,
        name text unique,
        applied_at timestamp default current_timestamp not null
      )`,
    )
    .run();
  const { results } = await database
    .prepare("select name from d1_migrations")
    .all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const unknown = [...applied].filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new ExpectedError(
      `the database was made by a newer version: it has ${unknown.join(", ")}`,
    );
  }
  const wanted = until === undefined ? names : names.slice(0, names.indexOf(until) + 1);
  const missing = wanted.filter((name) => !applied.has(name));
  for (const name of missing) {
    const sql = await readFile(join(MIGRATIONS_DIR, name), "utf8");
    const statements = sql.split("--> statement-breakpoint").map((statement) => statement.trim());
    await database.batch([
      ...statements.filter((statement) => statement !== "").map((s) => database.prepare(s)),
      database.prepare("insert into d1_migrations (name) values (?)").bind(name),
    ]);
  }
  return missing;
}

/** Names of all migrations, in order. */
export async function knownMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS_DIR)).filter((name) => name.endsWith(".sql")).sort();
}

/**
 * The portal's instance as the source of backups and the target of restores.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Query } from "./dump";
import type { Database } from "./open-database";
import { noteVersion, runBatch, selectVersion } from "./state/state-version";

/** For `dump.ts`. */
export function queryOf({ $client }: Database): Query {
  return async (statement, params = []) =>
    (
      await $client
        .prepare(statement)
        .bind(...params)
        .all<Record<string, string | number | null>>()
    ).results;
}

/** What a team has created, and would be mixed with another's. */
const OWN_TABLES = [
  "provider_keys",
  "access_tokens",
  "team_groups",
  "custom_providers",
  "model_aliases",
  "quota_limits",
  "request_log",
  "usage_journal",
  "usage_open_hours",
  "usage_hourly",
  "usage_key_hours",
  "usage_daily",
  "usage_tags",
] as const;

/** A row of `settings` during a restore: an interrupted one is started again. */
const MARK = "restore";

export type Occupancy = "empty" | "unfinished" | "occupied";

/** Whether an instance may be restored into: it may contain only the person who asks. */
export async function readOccupancy(db: Database): Promise<Occupancy> {
  const tables = OWN_TABLES.map(
    (table) => sql`exists (select 1 from ${sql.identifier(table)}) as ${sql.identifier(table)}`,
  );
  const row = await db.get<Readonly<Record<string, number>>>(sql`
    select ${sql.join(tables, sql`, `)}, (select count(*) from users) > 1 as users,
      exists (select 1 from settings where name = ${MARK}) as mark`);
  const { mark, ...rows } = row;
  if (mark) return "unfinished";
  return Object.values(rows).some(Boolean) ? "occupied" : "empty";
}

/** @returns The state's version before. */
export async function beginRestore(db: Database, nowMs: number): Promise<number> {
  const [, version] = await runBatch(db, [
    sql`
      insert into settings (name, value, updated_at_ms, version) values (${MARK}, '{}', ${nowMs}, 0)
      on conflict (name) do nothing`,
    sql`select version from state_version`,
  ]);
  const row = version?.results[0] as { readonly version: number } | undefined;
  return row?.version ?? 0;
}

/** @param audit The statement of `auditEvent`. */
export async function endRestore(db: Database, audit: SQL): Promise<void> {
  const [, , version] = await runBatch(db, [
    sql`delete from settings where name = ${MARK}`,
    audit,
    selectVersion(db),
  ]);
  const row = version?.results[0] as { readonly version: number } | undefined;
  if (row !== undefined) noteVersion(db, row.version);
}

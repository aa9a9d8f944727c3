/**
 * Model aliases. Every change takes a new state version.
 * @module
 */
import { asc, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { type Changes, type ModelAliasRow, modelAliases } from "../schema/schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";

/** Sorted by name. */
export async function listModelAliases(db: Database): Promise<ModelAliasRow[]> {
  return db.select().from(modelAliases).orderBy(asc(modelAliases.name));
}

export async function getModelAlias(
  db: Database,
  name: string,
): Promise<ModelAliasRow | undefined> {
  return db.select().from(modelAliases).where(eq(modelAliases.name, name)).get();
}

/** @returns False, with nothing written, if the name is taken. */
export async function insertModelAlias(
  db: Database,
  row: Omit<ModelAliasRow, "version">,
  audit: SQL,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .insert(modelAliases)
      .values({ ...row, version: TAKEN_VERSION })
      .onConflictDoNothing(),
    audit,
  ]);
  return rowCounts[0] !== 0;
}

/**
 * @param version As read from the row.
 * @returns False, with nothing written, if the alias was changed since or doesn't exist.
 */
export async function updateModelAlias(
  db: Database,
  { name, version }: Pick<ModelAliasRow, "name" | "version">,
  changes: Changes<ModelAliasRow>,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(modelAliases)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(sql`${modelAliases.name} = ${name} and ${modelAliases.version} = ${version}`),
    audit,
  ]);
  return rowCounts[0] !== 0;
}

/** @returns Whether the alias existed. */
export async function deleteModelAlias(
  db: Database,
  name: string,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    sql`
      insert into tombstones (kind, id, deleted_at_ms, version)
      select 'model-alias', name, ${nowMs}, ${TAKEN_VERSION} from model_aliases where name = ${name}
      on conflict (kind, id) do update set
        deleted_at_ms = excluded.deleted_at_ms, version = excluded.version`,
    db.delete(modelAliases).where(eq(modelAliases.name, name)),
    audit,
  ]);
  return rowCounts[0] !== 0;
}

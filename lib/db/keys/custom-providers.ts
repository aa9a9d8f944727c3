/**
 * Custom providers. Every change takes a new state version.
 * @module
 */
import { asc, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { type Changes, type CustomProviderRow, customProviders } from "../schema/schema";
import { forgetModelList } from "../state/model-lists";
import { changeState, TAKEN_VERSION } from "../state/state-version";

/** Sorted by slug. */
export async function listCustomProviders(db: Database): Promise<CustomProviderRow[]> {
  return db.select().from(customProviders).orderBy(asc(customProviders.slug));
}

export async function getCustomProvider(
  db: Database,
  slug: string,
): Promise<CustomProviderRow | undefined> {
  return db.select().from(customProviders).where(eq(customProviders.slug, slug)).get();
}

/** @returns False, with nothing written, if the slug is taken. */
export async function insertCustomProvider(
  db: Database,
  row: Omit<CustomProviderRow, "version">,
  audit: SQL,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .insert(customProviders)
      .values({ ...row, version: TAKEN_VERSION })
      .onConflictDoNothing(),
    audit,
  ]);
  return rowCounts[0] !== 0;
}

/** @returns Whether the provider exists. */
export async function updateCustomProvider(
  db: Database,
  slug: string,
  changes: Changes<CustomProviderRow>,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(customProviders)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(eq(customProviders.slug, slug)),
    audit,
    forgetModelList(slug),
  ]);
  return rowCounts[0] !== 0;
}

/** Its keys stay. @returns Whether the provider existed. */
export async function deleteCustomProvider(
  db: Database,
  slug: string,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    sql`
      insert into tombstones (kind, id, deleted_at_ms, version)
      select 'custom-provider', slug, ${nowMs}, ${TAKEN_VERSION} from custom_providers
      where slug = ${slug}
      on conflict (kind, id) do update set
        deleted_at_ms = excluded.deleted_at_ms, version = excluded.version`,
    db.delete(customProviders).where(eq(customProviders.slug, slug)),
    audit,
    forgetModelList(slug),
  ]);
  return rowCounts[0] !== 0;
}

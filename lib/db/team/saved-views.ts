/**
 * Saved views. How many there may be is part of the statements, so that it is true whatever happens at the same time.
 * @module
 */
import { and, eq, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import type { Changes } from "../schema/schema";
import { type SavedViewRow, savedViews, users } from "../schema/team-schema";
import { runBatch } from "../state/state-version";

/** The most views that someone may have, and that may be shared. */
export interface ViewBounds {
  readonly own: number;
  readonly shared: number;
}

export interface ListedView extends SavedViewRow {
  /** Null if the owner has left. */
  readonly ownerName: string | null;
}

/** Those that a user sees: their own and the shared ones. Sorted by name. @param path narrows to one page */
export async function listSavedViews(
  db: Database,
  userId: string,
  path?: string,
): Promise<ListedView[]> {
  const rows = await db
    .select({ view: savedViews, ownerName: users.name })
    .from(savedViews)
    .leftJoin(users, eq(users.id, savedViews.ownerId))
    .where(
      and(
        path === undefined ? undefined : eq(savedViews.path, path),
        or(eq(savedViews.ownerId, userId), eq(savedViews.isShared, true)),
      ),
    )
    .orderBy(sql`${savedViews.name} collate nocase`, savedViews.id);
  return rows.map(({ view, ownerName }) => ({ ...view, ownerName }));
}

export async function getSavedView(db: Database, id: string): Promise<SavedViewRow | undefined> {
  return db.select().from(savedViews).where(eq(savedViews.id, id)).get();
}

/** @returns False, with nothing written, if the owner has a view of this name, or there are too many. */
export async function insertSavedView(
  db: Database,
  { id, ownerId, path, name, query, isShared, createdAtMs, updatedAtMs }: SavedViewRow,
  bounds: ViewBounds,
  audit: SQL,
): Promise<boolean> {
  const [inserted] = await runBatch(db, [
    sql`
      insert into saved_views
        (id, owner_id, path, name, query, is_shared, created_at_ms, updated_at_ms)
      select ${id}, ${ownerId}, ${path}, ${name}, ${query}, ${isShared ? 1 : 0}, ${createdAtMs},
        ${updatedAtMs}
      where (select count(*) from saved_views where owner_id = ${ownerId}) < ${bounds.own}
        and ${isShared ? mayShareMore(bounds) : sql`true`}
      on conflict do nothing`,
    audit,
  ]);
  return inserted?.meta.changes === 1;
}

/**
 * @param was As read: the change is meant for these values.
 * @returns False, with nothing written, if it was changed since or doesn't exist, the name is taken, or too many are
 * shared.
 */
export async function updateSavedView(
  db: Database,
  was: SavedViewRow,
  changes: Changes<Pick<SavedViewRow, "name" | "query" | "isShared">>,
  bounds: ViewBounds,
  audit: SQL,
  nowMs: number,
): Promise<boolean> {
  const { name, query, isShared } = { ...was, ...changes };
  const [updated] = await runBatch(db, [
    sql`
      update or ignore saved_views
      set name = ${name}, query = ${query}, is_shared = ${isShared ? 1 : 0}, updated_at_ms = ${nowMs}
      where id = ${was.id} and name = ${was.name} and query = ${was.query}
        and is_shared = ${was.isShared ? 1 : 0}
        and ${isShared && !was.isShared ? mayShareMore(bounds) : sql`true`}`,
    audit,
  ]);
  return updated?.meta.changes === 1;
}

/** @returns False if it doesn't exist, or was shared, or no longer, since it was read. */
export async function deleteSavedView(
  db: Database,
  { id, isShared }: Pick<SavedViewRow, "id" | "isShared">,
  audit: SQL,
): Promise<boolean> {
  const [deleted] = await runBatch(db, [
    db.delete(savedViews).where(and(eq(savedViews.id, id), eq(savedViews.isShared, isShared))),
    audit,
  ]);
  return deleted?.meta.changes === 1;
}

function mayShareMore({ shared }: ViewBounds): SQL {
  return sql`(select count(*) from saved_views where is_shared) < ${shared}`;
}

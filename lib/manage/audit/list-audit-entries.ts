import type { AuditRow } from "../../db/schema/team-schema";
import { readAuditEntries } from "../../db/team/audit-entries";
import { fromCursor, toCursor } from "../cursor";
import type { ManageContext } from "../manage-context";
import type { AuditFilterInput, ListAuditInput } from "./audit-schemas";

export type { AuditRow };

export interface AuditPage {
  readonly items: readonly AuditRow[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Newest first. */
export async function listAuditEntries(
  { db }: ManageContext,
  { cursor, limit, ...filter }: ListAuditInput,
): Promise<AuditPage> {
  const beforeId = cursor === undefined ? undefined : fromCursor(cursor, "au");
  // One more than requested shows whether there is a next page.
  const rows = await readAuditEntries(db, filter, { beforeId, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last && rows.length > limit ? toCursor(last.id) : null };
}

/** Rows per read: a hundred thousand take few of the queries that a request may make. */
const EXPORT_ROWS = 5_000;

/** All entries that match a filter, newest first, in chunks. */
export async function* readAllAuditEntries(
  { db }: ManageContext,
  filter: AuditFilterInput,
): AsyncGenerator<readonly AuditRow[]> {
  let beforeId: string | undefined;
  for (;;) {
    const rows = await readAuditEntries(db, filter, { beforeId, limit: EXPORT_ROWS });
    if (rows.length > 0) yield rows;
    if (rows.length < EXPORT_ROWS) return;
    beforeId = rows.at(-1)?.id;
  }
}

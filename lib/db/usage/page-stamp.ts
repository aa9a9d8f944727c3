import { sql } from "drizzle-orm";
import type { Database } from "../open-database";

/**
 * A text that changes with every write that pages show: of settings, keys and tokens, of usage, and of what happened to
 * keys. Reads four rows, whatever there is.
 */
export async function readPageStamp(db: Database): Promise<string> {
  const [row] = await db.all<{ readonly stamp: string }>(sql`
    select coalesce((select version from state_version where id = 1), 0)
      || '.' || coalesce((select max(id) from usage_journal), '')
      || '.' || coalesce((select max(id) from usage_folds), '')
      || '.' || coalesce((select max(id) from key_events), '') as stamp`);
  return row?.stamp ?? "";
}

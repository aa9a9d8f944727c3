import { sql } from "drizzle-orm";
import { DAY_MS } from "../../usage/rollup";
import type { Database } from "../open-database";

/** Metering's own figures of a day (UTC), as reported by isolates so far. */
export interface MeteringDay {
  readonly rowsWritten: number;
  /** Requests and changes of keys that were lost. */
  readonly dropped: number;
  /** Requests that are counted but were left out of the log to stay within the budget. */
  readonly unlogged: number;
}

const NOTHING: MeteringDay = { rowsWritten: 0, dropped: 0, unlogged: 0 };

export async function readMeteringDay(db: Database, atMs: number): Promise<MeteringDay> {
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  const day = await db.get<MeteringDay>(sql`
    select coalesce(sum(rows_written), 0) as "rowsWritten", coalesce(sum(dropped), 0) as dropped,
      coalesce(sum(unlogged), 0) as unlogged
    from (
      select rows_written, dropped, unlogged from usage_days where day_ms = ${dayMs}
      union all
      select rows_written, dropped, unlogged from usage_journal
      where at_ms >= ${dayMs} and at_ms < ${dayMs + DAY_MS})`);
  return day ?? NOTHING;
}

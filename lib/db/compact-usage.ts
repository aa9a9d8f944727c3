/**
 * Makes many rows of the journal into few: cells of hours that are over go into the rollups, those of the
 * open hour become one row again.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS, HOUR_MS } from "../usage/rollup";
import type { Database } from "./open-database";
import { runBatch } from "./state-version";
import {
  CELL_COLUMNS,
  type Grain,
  journalCells,
  journalValue,
  KEY_COLUMN_LIST,
  rollupOf,
  SUMMED_VALUE_LIST,
} from "./usage-cells";
import { CELL_VALUE_COLUMNS } from "./usage-schema";

/** Events of an hour come in some seconds after its end. */
const HOUR_GRACE_MS = 60_000;
/** A journal with more than this goes into the rollups whole: readers parse it, and a row holds 2 MB at most. */
const MAX_JOURNAL_CHARS = 400_000;

/**
 * Compacts the whole journal, in one transaction. Repeating it, or two isolates doing it at once, does no
 * harm: what is gone from the journal is in the rollups.
 * @param id A new one, for the row of the open hour.
 * @returns How many rows were written.
 */
export async function compactUsage(db: Database, id: string, nowMs: number): Promise<number> {
  const openHourMs = Math.floor((nowMs - HOUR_GRACE_MS) / HOUR_MS) * HOUR_MS;
  const results = await runBatch(db, [
    sql`
      insert into usage_folds (id, at_ms, flush_ids)
      select ${id}, ${nowMs}, json_group_array(id) from usage_journal having count(*) > 0
      on conflict (id) do nothing`,
    foldDays(),
    fold("day", openHourMs),
    fold("hour", openHourMs),
    keepOpenHour(id, nowMs, openHourMs),
    sql`delete from usage_journal where id <> ${id}`,
  ]);
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
}

/** Whether compaction would make the journal shorter: it writes rows even where nothing is gained. */
export async function isUsageCompactable(db: Database, nowMs: number): Promise<boolean> {
  const journal = await db.get<{ readonly flushes: number; readonly oldestMs: number }>(
    sql`select count(*) as flushes, min(at_ms) as "oldestMs" from usage_journal`,
  );
  if (journal === undefined || journal.flushes === 0) return false;
  return journal.flushes > 1 || journal.oldestMs < nowMs - HOUR_MS - HOUR_GRACE_MS;
}

/** Whether a cell of `journalCells` stays in the journal: its hour decides, for days too. */
function isOpen(openHourMs: number): SQL {
  return sql`(${sql.raw(journalValue("bucket_ms"))} >= ${openHourMs}
    and (select sum(length(cells)) from usage_journal) <= ${MAX_JOURNAL_CHARS})`;
}

function fold(grain: Grain, openHourMs: number): SQL {
  const added = sql.raw(
    CELL_VALUE_COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(", "),
  );
  return sql`
    insert into ${rollupOf(grain)} (${KEY_COLUMN_LIST}, ${sql.raw(CELL_VALUE_COLUMNS.join(", "))})
    select ${KEY_COLUMN_LIST}, ${SUMMED_VALUE_LIST} from (${journalCells(grain)} where not ${isOpen(openHourMs)})
    where true
    group by ${KEY_COLUMN_LIST}
    on conflict (${KEY_COLUMN_LIST}) do update set ${added}`;
}

function foldDays(): SQL {
  return sql`
    insert into usage_days (day_ms, rows_written, dropped, unlogged)
    select at_ms - at_ms % ${DAY_MS} as day_ms, sum(rows_written), sum(dropped), sum(unlogged)
    from usage_journal where true group by 1
    on conflict (day_ms) do update set
      rows_written = rows_written + excluded.rows_written,
      dropped = dropped + excluded.dropped,
      unlogged = unlogged + excluded.unlogged`;
}

function keepOpenHour(id: string, nowMs: number, openHourMs: number): SQL {
  return sql`
    insert into usage_journal (id, at_ms, cells, rows_written, dropped, unlogged)
    select ${id}, ${nowMs}, json_group_array(json_array(${sql.raw(CELL_COLUMNS.join(", "))})), 0, 0, 0
    from (
      select ${KEY_COLUMN_LIST}, ${SUMMED_VALUE_LIST} 
      from (${journalCells("hour")} where ${isOpen(openHourMs)}) group by ${KEY_COLUMN_LIST}
    ) having count(*) > 0
    on conflict (id) do nothing`;
}

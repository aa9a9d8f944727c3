/**
 * Combines the journal's many rows into few: cells of hours that are over go into the rollups, those of the open hour
 * are combined.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS, HOUR_MS, type Side } from "../../usage/rollup";
import type { Database } from "../open-database";
import { CELL_VALUE_COLUMNS, KEY_HOUR_COLUMNS } from "../schema/usage-schema";
import { runBatch } from "../state/state-version";
import { admitTagValues, foldTags, keepOpenTags } from "./tag-cells";
import {
  CELL_COLUMNS,
  type Grain,
  jsonArrayOf,
  jsonArrayOfAll,
  KEY_COLUMN_LIST,
  keyHourValues,
  rollupOf,
  SUMMED_VALUE_LIST,
  WAITING_HOUR,
  waitingCells,
} from "./usage-cells";

/** Events of an hour arrive up to some seconds after its end. */
const HOUR_GRACE_MS = 60_000;
/** Even with the longest names and numbers, a row with this many cells is well below D1's 2 MB. */
const CHUNK_CELLS = sql.raw("1000");
/** No quota day is longer, even if clocks are set back. */
const LONGEST_DAY_MS = DAY_MS + 2 * HOUR_MS;
/** An open hour with more rows is folded before its end, because each compaction reads and writes all of it. */
const MAX_OPEN_CHUNKS = 50;

/**
 * Compacts the whole journal, in one transaction. Two isolates doing it at once do no harm: what is gone from the
 * journal is in the rollups, or with the open hours.
 * @param id A new one; one that was used before fails.
 * @returns The number of written rows.
 */
export async function compactUsage(db: Database, id: string, nowMs: number): Promise<number> {
  return compact(db, id, nowMs, await readWaiting(db));
}

/** The same if it leaves fewer rows, or continues with an hour that is over; otherwise writes nothing. */
export async function compactUsageWhereItGains(
  db: Database,
  id: string,
  nowMs: number,
): Promise<number> {
  const waiting = await readWaiting(db);
  const gains = waiting.flushes > 1 || isToFold(waiting, nowMs);
  return gains ? compact(db, id, nowMs, waiting) : 0;
}

async function compact(db: Database, id: string, nowMs: number, waiting: Waiting): Promise<number> {
  const fromMs = openFromMs(waiting, nowMs);
  const folds = [
    ...noteFolded(fromMs),
    foldCells("day", ["caller", "key"], fromMs),
    foldCells("hour", ["caller"], fromMs),
    foldKeyHours(fromMs),
    keepOpenHours(fromMs),
    foldTags(fromMs),
    keepOpenTags(fromMs),
    sql`delete from usage_open_hours where bucket_ms < ${fromMs}`,
  ];
  const results = await runBatch(db, [
    sql`
      insert into usage_folds (id, at_ms, flush_ids)
      select ${id}, ${nowMs}, json_group_array(id) from usage_journal having count(*) > 0`,
    foldDays(),
    admitTagValues(),
    ...(isToFold(waiting, nowMs) ? folds : [keepOpenHours(0), keepOpenTags(0)]),
    sql`delete from usage_journal`,
  ]);
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
}

interface Waiting {
  readonly flushes: number;
  readonly openChunks: number;
  /** Null if nothing waits. */
  readonly oldestMs: number | null;
}

async function readWaiting(db: Database): Promise<Waiting> {
  return db.get<Waiting>(sql`
    select count(*) filter (where is_flush) as flushes,
      count(*) filter (where not is_flush) as "openChunks", min(ms) as "oldestMs"
    from (
      select true as is_flush, at_ms as ms from usage_journal
      union all
      select false, bucket_ms from usage_open_hours)`);
}

/** Whether an hour is over, or too much is open; otherwise all cells stay, and little is read. */
function isToFold({ openChunks, oldestMs }: Waiting, nowMs: number): boolean {
  return openChunks > MAX_OPEN_CHUNKS || (oldestMs ?? nowMs) < openHourMs(nowMs);
}

/** Cells of this hour and later ones stay. */
function openFromMs({ openChunks }: Waiting, nowMs: number): number {
  return openChunks > MAX_OPEN_CHUNKS ? Number.MAX_SAFE_INTEGER : openHourMs(nowMs);
}

function openHourMs(nowMs: number): number {
  return Math.floor((nowMs - HOUR_GRACE_MS) / HOUR_MS) * HOUR_MS;
}

/** A cell's hour decides, for days too. */
function closedCells(grain: Grain, sides: readonly Side[], fromMs: number): SQL {
  return waitingCells(grain, sides, CELL_COLUMNS, sql`${WAITING_HOUR} < ${fromMs}`);
}

/** Marks what is derived from the rollups as outdated. */
function noteFolded(fromMs: number): readonly SQL[] {
  const buckets = (grain: Grain, side: Side) => sql`
    select distinct bucket_ms from (
      ${waitingCells(grain, [side], ["bucket_ms"], sql`${WAITING_HOUR} < ${fromMs}`)})`;
  return [
    sql`
      insert into usage_undigested (grain, bucket_ms)
      select 'hour', bucket_ms from (${buckets("hour", "caller")})
      union all
      select 'day', bucket_ms from (${buckets("day", "caller")}) where true
      on conflict do nothing`,
    sql`
      with folded as materialized (${buckets("hour", "key")})
      delete from quota_days where exists (
        select 1 from folded
        where from_ms > folded.bucket_ms - ${LONGEST_DAY_MS} and from_ms <= folded.bucket_ms
          and through_ms > folded.bucket_ms)`,
  ];
}

function foldCells(grain: Grain, sides: readonly Side[], fromMs: number): SQL {
  const added = sql.raw(
    CELL_VALUE_COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(", "),
  );
  return sql`
    insert into ${rollupOf(grain)} (${KEY_COLUMN_LIST}, ${sql.raw(CELL_VALUE_COLUMNS.join(", "))})
    select ${KEY_COLUMN_LIST}, ${SUMMED_VALUE_LIST} from (${closedCells(grain, sides, fromMs)})
    where true
    group by ${KEY_COLUMN_LIST}
    on conflict (${KEY_COLUMN_LIST}) do update set ${added}`;
}

/** If cells of an hour arrive late, its keys' rows are packed again together with them. */
function foldKeyHours(fromMs: number): SQL {
  return sql`
    with closed as materialized (${closedCells("hour", ["key"], fromMs)})
    insert into usage_key_hours (bucket_ms, provider, key_id, answers, cells)
    select bucket_ms, provider, subject_id,
      json_group_object(model, requests) filter (where outcome = 'ok'),
      ${jsonArrayOfAll(jsonArrayOf(KEY_HOUR_COLUMNS))}
    from (
      select ${KEY_COLUMN_LIST}, ${SUMMED_VALUE_LIST} from (
        select * from closed
        union all
        select ${keyHourValues(CELL_COLUMNS)}
        from (select distinct bucket_ms, provider, subject_id from closed) c
          cross join usage_key_hours k cross join json_each(k.cells) e
        where k.bucket_ms = c.bucket_ms and k.provider = c.provider and k.key_id = c.subject_id)
      group by ${KEY_COLUMN_LIST})
    group by bucket_ms, provider, subject_id
    on conflict (bucket_ms, provider, key_id) do update set
      answers = excluded.answers, cells = excluded.cells`;
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

/** An hour's cells are only added to, so all its rows are overwritten. */
function keepOpenHours(fromMs: number): SQL {
  return sql`
    insert into usage_open_hours (bucket_ms, side, chunk, cells)
    select bucket_ms, side, chunk, ${jsonArrayOfAll(sql`cell`)} from (
      select bucket_ms, side, ${jsonArrayOf(CELL_COLUMNS)} as cell,
        (row_number() over (partition by bucket_ms, side order by ${KEY_COLUMN_LIST}) - 1) / ${CHUNK_CELLS} as chunk
      from (
        select ${KEY_COLUMN_LIST}, ${SUMMED_VALUE_LIST}
        from (${waitingCells("hour", ["caller", "key"], CELL_COLUMNS, sql`${WAITING_HOUR} >= ${fromMs}`)})
        group by ${KEY_COLUMN_LIST}))
    group by bucket_ms, side, chunk
    on conflict (bucket_ms, side, chunk) do update set cells = excluded.cells`;
}

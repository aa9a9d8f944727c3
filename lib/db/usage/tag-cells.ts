/**
 * SQL for usage by the values of tags. Callers choose values, so their number is bounded per tag and day, in one place:
 * compaction admits values in the order in which they come, the most used first, and counts all others as
 * `OTHER_VALUE`; values with budgets are always admitted. What isn't compacted yet is read in the same way.
 *
 * Cells of hours that are over are packed, as those of open hours are: a row for each tag, and hour or day.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS, MAX_TAG_VALUES, OTHER_VALUE, TAG_VALUES, tagSubject } from "../../usage/rollup";
import { CELL_KEY_COLUMNS, CELL_VALUE_COLUMNS } from "../schema/usage-schema";
import {
  type CellRange,
  jsonArrayOf,
  jsonArrayOfAll,
  KEY_COLUMN_LIST,
  WAITING_HOUR,
  waitingCells,
} from "./usage-cells";
import type { WaitingCell } from "./waiting-cells";

/** Even with the longest names and numbers, a row with this many cells is well below D1's 2 MB. */
const CHUNK_CELLS = sql.raw("1000");
/** A waiting flush has cells of its own day, or of the day before. */
const WAITING_MS = 2 * DAY_MS;

const MEASURED = CELL_VALUE_COLUMNS.slice(0, TAG_VALUES);
/** The columns of a cell of the tag side, in the order in which it is packed. */
export const TAG_COLUMNS: readonly string[] = [...CELL_KEY_COLUMNS, ...MEASURED];
const SUMS = sql.raw(MEASURED.map((column) => `sum(${column}) as ${column}`).join(", "));

const dayOf = (bucket: string) => sql.raw(`${bucket} - ${bucket} % ${DAY_MS}`);
const NAME = sql.raw("substr(subject_id, 1, instr(subject_id, '=') - 1)");
const VALUE = sql.raw("substr(subject_id, instr(subject_id, '=') + 1)");

/** Values with budgets. */
const KEPT = sql`
  select l.value ->> 'name' as name, l.value ->> 'value' as value
  from settings s, json_each(s.value, '$.limits') l where s.name = 'tags'`;

/** Admits new values of the journal's cells, as long as there is room. Comes before its cells are moved. */
export function admitTagValues(): SQL {
  const isKnown = sql`
    exists (select 1 from known k where k.day_ms = n.day_ms and k.name = n.name and k.value = n.value)`;
  return sql`
    with news as materialized (
      select ${dayOf("bucket_ms")} as day_ms, ${NAME} as name, ${VALUE} as value, sum(requests) as requests
      from (${waitingCells("hour", ["tag"], ["bucket_ms", "subject_id", "requests"])})
      group by 1, 2, 3),
    known as materialized (
      select n.day_ms, n.name, e.value as value, e.key as place
      from (select distinct day_ms, name from news) n
        cross join usage_tag_values v cross join json_each(v.tag_values) e
      where v.day_ms = n.day_ms and v.name = n.name),
    ranked as (
      select day_ms, name, value, is_kept, row_number() over (
        partition by day_ms, name order by is_kept desc, requests desc, value) as place
      from (select n.*, exists (
          select 1 from (${KEPT}) l where l.name = n.name and l.value = n.value) as is_kept
        from news n where value <> ${OTHER_VALUE} and not ${isKnown}))
    insert into usage_tag_values (day_ms, name, tag_values)
    select day_ms, name, json_group_array(value) from (
      select day_ms, name, value, 0 as is_new, place from known
      union all
      select day_ms, name, value, 1, place from ranked r
      where is_kept or place + (
        select count(*) from known k where k.day_ms = r.day_ms and k.name = r.name) <= ${MAX_TAG_VALUES}
      order by day_ms, name, is_new, place)
    where true group by day_ms, name having max(is_new) = 1
    on conflict (day_ms, name) do update set tag_values = excluded.tag_values`;
}

/** Adds the cells of hours that are over to the rows of their hours and days. */
export function foldTags(fromMs: number): SQL {
  const stored = sql.raw(
    TAG_COLUMNS.map((column, index) => `e.value ->> ${index} as ${column}`).join(", "),
  );
  const ofDays = sql.raw(
    TAG_COLUMNS.map((column) =>
      column === "bucket_ms" ? `bucket_ms - bucket_ms % ${DAY_MS}` : column,
    ).join(", "),
  );
  const keys = sql`grain, ${KEY_COLUMN_LIST}`;
  return sql`
    with hours as materialized (${admittedCells(sql`${WAITING_HOUR} < ${fromMs}`)}),
    closed as materialized (
      select 'hour' as grain, * from hours
      union all
      select 'day', ${ofDays} from hours)
    insert into usage_tags (grain, name, bucket_ms, chunk, cells)
    select grain, name, bucket_ms, chunk, ${jsonArrayOfAll(sql`cell`)} from (
      select grain, bucket_ms, ${NAME} as name, ${jsonArrayOf(TAG_COLUMNS)} as cell,
        (row_number() over (partition by grain, bucket_ms, ${NAME} order by ${KEY_COLUMN_LIST}) - 1) / ${CHUNK_CELLS} as chunk
      from (
        select ${keys}, ${SUMS} from (
          select * from closed
          union all
          select c.grain, ${stored}
          from (select distinct grain, bucket_ms, ${NAME} as name from closed) c
            cross join usage_tags t cross join json_each(t.cells) e
          where t.grain = c.grain and t.name = c.name and t.bucket_ms = c.bucket_ms)
        group by ${keys}))
    where true group by grain, bucket_ms, name, chunk
    on conflict (grain, name, bucket_ms, chunk) do update set cells = excluded.cells`;
}

/** As `keepOpenHours` for the other sides: an hour's cells are only added to, so all its rows are overwritten. */
export function keepOpenTags(fromMs: number): SQL {
  return sql`
    insert into usage_open_hours (bucket_ms, side, chunk, cells)
    select bucket_ms, 'tag', chunk, ${jsonArrayOfAll(sql`cell`)} from (
      select bucket_ms, ${jsonArrayOf(TAG_COLUMNS)} as cell,
        (row_number() over (partition by bucket_ms order by ${KEY_COLUMN_LIST}) - 1) / ${CHUNK_CELLS} as chunk
      from (
        select ${KEY_COLUMN_LIST}, ${SUMS}
        from (${admittedCells(sql`${WAITING_HOUR} >= ${fromMs}`)})
        group by ${KEY_COLUMN_LIST}))
    where true group by bucket_ms, chunk
    on conflict (bucket_ms, side, chunk) do update set cells = excluded.cells`;
}

/** Waiting cells of tags, by hour, with their admitted values. */
function admittedCells(where: SQL): SQL {
  const columns = TAG_COLUMNS.map((column) =>
    column === "subject_id"
      ? sql`coalesce(a.subject_id, ${sql.raw("substr(w.subject_id, 1, instr(w.subject_id, '='))")} || ${OTHER_VALUE}) as subject_id`
      : sql.raw(`w.${column}`),
  );
  return sql`
    with waiting as materialized (${waitingCells("hour", ["tag"], TAG_COLUMNS, where)}),
    admitted as materialized (
      select v.day_ms, v.name || '=' || e.value as subject_id
      from (select distinct ${dayOf("bucket_ms")} as day_ms from waiting) d
        cross join usage_tag_values v cross join json_each(v.tag_values) e
      where v.day_ms = d.day_ms)
    select ${sql.join(columns, sql`, `)}
    from waiting w left join admitted a
      on a.day_ms = ${dayOf("w.bucket_ms")} and a.subject_id = w.subject_id`;
}

/** A select of `cells`, for `waitingRows`: those of a tag that are no longer waiting. */
export function selectTagCells(name: string, { grain, fromMs, toMs }: CellRange): SQL {
  return sql`
    select cells from usage_tags
    where grain = ${grain} and name = ${name} and bucket_ms >= ${fromMs} and bucket_ms < ${toMs}`;
}

/** A select for `cellsOfTag`: the values of the days from which cells may wait, and those with budgets, of any day. */
export function selectAdmittedValues(): SQL {
  return sql`
    select day_ms, name, tag_values from usage_tag_values
    where day_ms >= (select min(at_ms) from usage_journal) - ${WAITING_MS}
    union all
    select null, name, json_group_array(value) from (${KEPT}) group by name`;
}

const [BUCKET, SIDE, SUBJECT, REQUESTS] = ["bucket_ms", "side", "subject_id", "requests"].map(
  (name) => TAG_COLUMNS.indexOf(name),
) as [number, number, number, number];

/**
 * The cells of one tag, with its values for subjects: those that compaction would count as others are.
 * @param rows Of `selectAdmittedValues`.
 */
export function cellsOfTag(
  name: string,
  cells: readonly WaitingCell[],
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly WaitingCell[] {
  const prefix = tagSubject(name, "");
  const own = cells.filter(
    (cell) => cell[SIDE] === "tag" && String(cell[SUBJECT]).startsWith(prefix),
  );
  const days = Map.groupBy(own, dayOfCell);
  const admitted = new Map(
    rows
      .filter((row) => row.name === name && row.day_ms !== null && days.has(Number(row.day_ms)))
      .map((row) => [Number(row.day_ms), JSON.parse(String(row.tag_values)) as string[]]),
  );
  const kept = new Set(
    rows
      .filter((row) => row.name === name && row.day_ms === null)
      .flatMap((row) => JSON.parse(String(row.tag_values)) as string[]),
  );
  return [...days].flatMap(([dayMs, ofDay]) => {
    const values = admittedOf(ofDay, prefix, admitted.get(dayMs) ?? [], kept);
    return ofDay.map((cell) => {
      const value = valueIn(cell, prefix);
      return cell.with(SUBJECT, values.has(value) ? value : OTHER_VALUE);
    });
  });
}

/** As `admitTagValues`. */
function admittedOf(
  cells: readonly WaitingCell[],
  prefix: string,
  known: readonly string[],
  kept: ReadonlySet<string>,
): ReadonlySet<string> {
  const admitted = new Set(known);
  const news = new Map<string, number>();
  for (const cell of cells) {
    const value = valueIn(cell, prefix);
    if (admitted.has(value) || value === OTHER_VALUE) continue;
    news.set(value, (news.get(value) ?? 0) + Number(cell[REQUESTS]));
  }
  const room = Math.max(0, MAX_TAG_VALUES - admitted.size);
  const ranked = [...news].sort(
    ([value, requests], [other, others]) =>
      Number(kept.has(other)) - Number(kept.has(value)) ||
      others - requests ||
      (value < other ? -1 : 1),
  );
  for (const [index, [value]] of ranked.entries()) {
    if (index < room || kept.has(value)) admitted.add(value);
  }
  return admitted;
}

function valueIn(cell: WaitingCell, prefix: string): string {
  return String(cell[SUBJECT]).slice(prefix.length);
}

function dayOfCell(cell: WaitingCell): number {
  const hourMs = Number(cell[BUCKET]);
  return hourMs - (hourMs % DAY_MS);
}

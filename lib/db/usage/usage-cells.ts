/**
 * SQL for cells of usage: those that are rows of rollups, and those packed as JSON. Column names are the schema's own,
 * never a caller's.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS, HOUR_MS, type Side } from "../../usage/rollup";
import {
  CELL_KEY_COLUMNS,
  CELL_VALUE_COLUMNS,
  KEY_HOUR_COLUMNS,
  LATER_COLUMNS,
} from "../schema/usage-schema";

export type Grain = "hour" | "day";

/** In the order of `StoredCell`. */
export const CELL_COLUMNS: readonly string[] = [...CELL_KEY_COLUMNS, ...CELL_VALUE_COLUMNS];

const raw = (text: string) => sql.raw(text);

export const KEY_COLUMN_LIST = raw(CELL_KEY_COLUMNS.join(", "));
export const SUMMED_VALUE_LIST = raw(
  CELL_VALUE_COLUMNS.map((column) => {
    const sum = `sum(${column})`;
    return `${LATER_COLUMNS.has(column) ? `coalesce(${sum}, 0)` : sum} as ${column}`;
  }).join(", "),
);

/** D1's maximum number of function arguments. */
const MAX_ARGUMENTS = 32;

/** The columns of a row as the text of one JSON array. They must not be arrays themselves. */
export function jsonArrayOf(columns: readonly string[]): SQL {
  const parts: string[] = [];
  for (let from = 0; from < columns.length; from += MAX_ARGUMENTS) {
    const values = columns.slice(from, from + MAX_ARGUMENTS).join(", ");
    parts.push(`trim(json_array(${values}), '[]')`);
  }
  return raw(`'[' || ${parts.join(" || ',' || ")} || ']'`);
}

/** The JSON arrays of all rows of a group as the text of one: `json_group_array` would parse each of them again. */
export function jsonArrayOfAll(array: SQL): SQL {
  return sql`'[' || group_concat(${array}, ',') || ']'`;
}

/**
 * A select of the cells that wait in the journal or belong to hours that aren't over: a row for each flush that
 * contains a cell. Only the named columns are read, because each is searched in the cell's JSON from its start.
 * @param columns Of `CELL_COLUMNS`.
 * @param where A condition on the cell's `WAITING_HOUR`.
 */
export function waitingCells(
  grain: Grain,
  sides: readonly Side[],
  columns: readonly string[] = CELL_COLUMNS,
  where: SQL = sql`true`,
): SQL {
  const read = columns.map((column) => `${inGrain(grain, column)} as ${column}`);
  return sql`
    select ${raw(read.join(", "))} from (
      select cells from usage_journal where ${hasSides(sides)}
      union all
      select cells from usage_open_hours where ${ofSides(raw("side"), sides)}) j, json_each(j.cells) e
    where ${ofSides(raw(waitingValue("side")), sides)} and ${where}`;
}

/** In the text of a flush's cells; a model of that name does no harm. */
const TAG_MARK = ',"tag",';

/** Every flush has the other sides; few have tags, and the rest needn't be parsed for them. */
function hasSides(sides: readonly Side[]): SQL {
  const isOfTags = sides.every((side) => side === "tag");
  return isOfTags ? sql`instr(cells, ${TAG_MARK}) > 0` : sql`true`;
}

function ofSides(value: SQL, sides: readonly Side[]): SQL {
  return sql`${value} in (${sql.join(
    sides.map((side) => sql`${side}`),
    sql`, `,
  )})`;
}

/** The start of the hour of a cell of `waitingCells`, whatever the grain. */
export const WAITING_HOUR = raw(waitingValue("bucket_ms"));

/** A column of the cell `e` of the journal. */
function waitingValue(column: string): string {
  return `e.value ->> ${CELL_COLUMNS.indexOf(column)}`;
}

function inGrain(grain: Grain, column: string): string {
  const value = waitingValue(column);
  if (grain === "hour") return value;
  if (column === "bucket_ms") return `(${value}) - (${value}) % ${DAY_MS}`;
  // Keys times models would be too many for every day.
  if (column === "model")
    return `case ${waitingValue("side")} when 'key' then '' else ${value} end`;
  return value;
}

/** Columns of the cell `e` of `usage_key_hours k`. */
export function keyHourValues(columns: readonly string[]): SQL {
  return raw(columns.map((column) => `${keyHourValue(column)} as ${column}`).join(", "));
}

function keyHourValue(column: string): string {
  if (column === "bucket_ms" || column === "provider") return `k.${column}`;
  if (column === "side") return "'key'";
  if (column === "subject_id") return "k.key_id";
  if (column === "user_id") return "''";
  return `e.value ->> ${KEY_HOUR_COLUMNS.indexOf(column)}`;
}

export function rollupOf(grain: Grain): SQL {
  return raw(grain === "hour" ? "usage_hourly" : "usage_daily");
}

export interface CellRange {
  readonly side: Side;
  readonly grain: Grain;
  /** Buckets that begin at or after it, and before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** For a rollup or for `packedCells`. A single bucket is named: with a range, the index would end with the time. */
export function inRange({ side, grain, fromMs, toMs }: CellRange): SQL {
  const bucketMs = grain === "hour" ? HOUR_MS : DAY_MS;
  if (fromMs % bucketMs === 0 && toMs > fromMs && toMs - fromMs <= bucketMs) {
    return sql`side = ${side} and bucket_ms = ${fromMs}`;
  }
  return sql`side = ${side} and bucket_ms >= ${fromMs} and bucket_ms < ${toMs}`;
}

/**
 * A select of all cells that may be in a range and aren't rows of its rollup; see `waitingCells`.
 * @param columns Including those that `inRange` needs.
 */
export function packedCells(
  { side, grain, fromMs, toMs }: CellRange,
  columns: readonly string[],
): SQL {
  const waiting = waitingCells(grain, [side], columns);
  if (side === "caller" || grain === "day") return waiting;
  return sql`
    ${waiting}
    union all
    select ${keyHourValues(columns)} from usage_key_hours k, json_each(k.cells) e
    where k.bucket_ms >= ${fromMs} and k.bucket_ms < ${toMs}`;
}

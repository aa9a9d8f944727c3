/**
 * SQL about cells of usage: those in rollups, and those that wait in the journal. Names of columns are the
 * schema's own, never a caller's.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS, type Side } from "../usage/rollup";
import { CELL_KEY_COLUMNS, CELL_VALUE_COLUMNS } from "./usage-schema";

export type Grain = "hour" | "day";

/** In the order of `StoredCell`. */
export const CELL_COLUMNS: readonly string[] = [...CELL_KEY_COLUMNS, ...CELL_VALUE_COLUMNS];

const raw = (text: string) => sql.raw(text);

export const KEY_COLUMN_LIST = raw(CELL_KEY_COLUMNS.join(", "));
export const SUMMED_VALUE_LIST = raw(
  CELL_VALUE_COLUMNS.map((column) => `sum(${column}) as ${column}`).join(", "),
);

/**
 * A select of the journal's cells: a row for each flush a cell is in. Only the named columns are read, since
 * each is looked for in the cell's JSON from its beginning.
 * @param columns Of `CELL_COLUMNS`.
 */
export function journalCells(grain: Grain, columns: readonly string[] = CELL_COLUMNS): SQL {
  const read = columns.map((column) => `${inGrain(grain, column)} as ${column}`);
  return raw(`select ${read.join(", ")} from usage_journal j, json_each(j.cells) e`);
}

/** A column of the cell `e` of the journal. */
export function journalValue(column: string): string {
  return `e.value ->> ${CELL_COLUMNS.indexOf(column)}`;
}

function inGrain(grain: Grain, column: string): string {
  const value = journalValue(column);
  if (grain === "hour") return value;
  if (column === "bucket_ms") return `(${value}) - (${value}) % ${DAY_MS}`;
  // Keys times models would be too many for every day.
  if (column === "model")
    return `case ${journalValue("side")} when 'key' then '' else ${value} end`;
  return value;
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

/** Of a rollup or of `journalCells`. */
export function inRange({ side, fromMs, toMs }: CellRange): SQL {
  return sql`side = ${side} and bucket_ms >= ${fromMs} and bucket_ms < ${toMs}`;
}

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

/** A select of the journal's cells, with the columns of `CELL_COLUMNS`, one row for each flush they are in. */
export const JOURNAL_CELLS: SQL = raw(
  `select ${CELL_COLUMNS.map((column, index) => `e.value ->> ${index} as ${column}`).join(", ")}
   from usage_journal j, json_each(j.cells) e`,
);

/**
 * The journal's cells, by the grain's buckets and in the shape of its rollup.
 * @param cells Some of `JOURNAL_CELLS`.
 */
export function journalCells(grain: Grain, cells = JOURNAL_CELLS): SQL {
  if (grain === "hour") return cells;
  const columns = CELL_COLUMNS.map((column) => {
    if (column === "bucket_ms") return `bucket_ms - bucket_ms % ${DAY_MS} as bucket_ms`;
    // Keys times models would be too many for every day.
    if (column === "model") return "case side when 'key' then '' else model end as model";
    return column;
  });
  return sql`select ${raw(columns.join(", "))} from (${cells})`;
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

/** A select of all cells of a range: several rows may be for one cell. */
export function cellsOf({ side, grain, fromMs, toMs }: CellRange): SQL {
  const range = sql`side = ${side} and bucket_ms >= ${fromMs} and bucket_ms < ${toMs}`;
  const columns = raw(CELL_COLUMNS.join(", "));
  return sql`
    select ${columns} from ${rollupOf(grain)} where ${range}
    union all
    select ${columns} from (${journalCells(grain)}) where ${range}`;
}

/**
 * The cells that wait to be rolled up, read in packed form: a row is a flush, or a thousand cells of an hour that isn't
 * over.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Side } from "../../usage/rollup";

/** As `StoredCell`, in the order of `CELL_COLUMNS`; a cell older than a measure is shorter. */
export type WaitingCell = readonly (string | number)[];

/** For `waitingRows`. Flushes have cells of both sides. */
export function selectWaiting(sides: readonly Side[]): SQL {
  return sql`
    select cells from usage_journal
    union all
    select cells from usage_open_hours
    where side in (${sql.join(
      sides.map((side) => sql`${side}`),
      sql`, `,
    )})`;
}

export function waitingRows(rows: readonly Readonly<Record<string, unknown>>[]): WaitingCell[] {
  return rows.flatMap(({ cells }) => JSON.parse(String(cells)) as WaitingCell[]);
}

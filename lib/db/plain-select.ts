/**
 * Selects whole columns without the query builder, which would be the most expensive part of a new isolate's first
 * read.
 * @module
 */
import { getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

export type Columns = Readonly<Record<string, SQLiteColumn>>;

/** A row with these columns, under their names here. */
export type RowOf<Of extends Columns> = {
  [Name in keyof Of]:
    | Of[Name]["_"]["data"]
    | (Of[Name]["_"]["notNull"] extends true ? never : null);
};

/** @param where The condition after `where`, with a parameter for each `?`; absent for all rows. */
export function plainSelect(columns: Columns, where?: string): string {
  const [first] = Object.values(columns);
  if (first === undefined) throw new Error("a select has at least one column");
  const table = `"${getTableName(first.table)}"`;
  // With the table: SQLite takes an unknown name in quotes for a text, where it stands alone.
  const names = Object.entries(columns).map(
    ([field, column]) => `${table}."${column.name}" as "${field}"`,
  );
  const from = `select ${names.join(", ")} from ${table}`;
  return where === undefined ? from : `${from} where ${where}`;
}

/** The rows that D1 returned for `plainSelect`, decoded in place. */
export function decodeRows<Of extends Columns>(
  columns: Of,
  { results }: Pick<D1Result, "results">,
): RowOf<Of>[] {
  const rows = results as Record<string, unknown>[];
  for (const [field, column] of Object.entries(columns)) {
    if (column.dataType === "string" || column.dataType === "number") continue;
    for (const row of rows) {
      const value = row[field];
      if (value !== null) row[field] = column.mapFromDriverValue(value);
    }
  }
  // As drizzle reads the same columns: each field has its own column's type.
  return rows as RowOf<Of>[];
}

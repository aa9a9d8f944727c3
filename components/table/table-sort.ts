/** One column and a direction, as in the URL: `?sort=createdAt`, `?sort=-createdAt` for descending. */
export interface TableSort<Column extends string = string> {
  readonly column: Column;
  readonly isDescending: boolean;
}

/** Null if absent, and for a column that isn't one of `columns`. */
export function readTableSort<Column extends string>(
  text: string | null | undefined,
  columns: readonly Column[],
): TableSort<Column> | null {
  if (!text) return null;
  const isDescending = text.startsWith("-");
  const name = isDescending ? text.slice(1) : text;
  const column = columns.find((each) => each === name);
  return column === undefined ? null : { column, isDescending };
}

export function writeTableSort({ column, isDescending }: TableSort): string {
  return isDescending ? `-${column}` : column;
}

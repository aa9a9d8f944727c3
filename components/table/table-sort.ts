/** One column and a direction, as in the URL: `?sort=createdAt`, `?sort=-createdAt` for descending. */
export interface TableSort {
  readonly column: string;
  readonly isDescending: boolean;
}

/** Null if absent, and for a column that isn't one of `columns`. */
export function readTableSort(
  text: string | null | undefined,
  columns: readonly string[],
): TableSort | null {
  if (!text) return null;
  const isDescending = text.startsWith("-");
  const column = isDescending ? text.slice(1) : text;
  return columns.includes(column) ? { column, isDescending } : null;
}

export function writeTableSort({ column, isDescending }: TableSort): string {
  return isDescending ? `-${column}` : column;
}

"use client";

import { parseAsString, useQueryState } from "nuqs";
import type { ReactNode } from "react";
import { DataTableHead } from "./data-table-head";
import { readTableSort, writeTableSort } from "./table-sort";

/**
 * The header of a sortable column of a table that the server draws: `?sort=` in the URL, as in `DataTable`. The first
 * click sorts by the largest, the next by the smallest, a third not at all.
 */
export function SortHead({
  name,
  className,
  children,
}: {
  readonly name: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const [sort, setSort] = useQueryState("sort", parseAsString.withOptions({ shallow: false }));
  const [, setPage] = useQueryState("page");
  const sorted = readTableSort(sort, [name]);
  return (
    <DataTableHead
      sort={sorted === null ? false : sorted.isDescending ? "desc" : "asc"}
      onSort={() => {
        setPage(null);
        setSort(
          sorted === null
            ? writeTableSort({ column: name, isDescending: true })
            : sorted.isDescending
              ? writeTableSort({ column: name, isDescending: false })
              : null,
        );
      }}
      isRight
      className={className}
    >
      {children}
    </DataTableHead>
  );
}

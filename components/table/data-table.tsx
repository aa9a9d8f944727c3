"use client";

import {
  type ColumnDef,
  createColumnHelper,
  metaHelper,
  type RowData,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useTransition } from "react";
import { DataTableHead } from "@/components/table/data-table-head";
import { DataTablePager } from "@/components/table/data-table-pager";
import { readTableSort, writeTableSort } from "@/components/table/table-sort";
import { Checkbox } from "@/components/ui/checkbox";
import { Table, TableBody, TableCell, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/utils";

export interface DataTableColumnMeta {
  /** Numbers stand right. */
  readonly align?: "right";
  /** Of the cells. */
  readonly className?: string;
  readonly headClassName?: string;
  /** Where the cell stands on a row's card, where there is little room; else it is left out (`app/globals.css`). */
  readonly card?: "title" | "aside" | "line";
  /** Left out where the list has little room for so many columns. */
  readonly isExtra?: boolean;
  /** Said before the cell on a card, where it does not speak for itself. */
  readonly caption?: string;
}

const EXTRA = "@max-4xl/list:hidden";

const features = tableFeatures({
  rowSelectionFeature,
  rowSortingFeature,
  columnMeta: metaHelper<DataTableColumnMeta>(),
});

export type DataTableColumn<Row extends RowData> = ColumnDef<typeof features, Row, unknown>;

/** Which rows are chosen, by id; true for each of them. */
export type DataTableSelection = RowSelectionState;

/** Makes a table's columns: `const column = dataTableColumns<Key>(); column.accessor("remark", { header: … })`. */
export function dataTableColumns<Row extends RowData>() {
  return createColumnHelper<typeof features, Row>();
}

/**
 * A page of a list. Sorting (`?sort=`) and paging (`?page=`) are in the URL and done by the server, which
 * hands over the rows to show. Columns sort where they have `enableSorting: true`.
 */
export function DataTable<Row extends RowData>({
  label,
  columns,
  rows,
  getRowId,
  selection,
  pager,
  onRowClick,
  empty,
}: {
  /** Accessible name. */
  readonly label: string;
  /** Made once, outside of the component or by `useMemo`. */
  readonly columns: readonly DataTableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly getRowId: (row: Row) => string;
  /** Kept by the caller, so that it outlives a page. */
  readonly selection?: {
    readonly selected: DataTableSelection;
    readonly onChange: (selected: DataTableSelection) => void;
    /** Accessible name of a row's box. */
    readonly rowLabel: (row: Row) => string;
  };
  /** Absent where the list is short, or pages by cursor. */
  readonly pager?: { readonly page: number; readonly pageSize: number; readonly total: number };
  readonly onRowClick?: (row: Row) => void;
  /** Stands in the table when there are no rows. */
  readonly empty: ReactNode;
}) {
  const t = useTranslations("common");
  const [isLoading, startTransition] = useTransition();
  const [sort, setSort] = useQueryState(
    "sort",
    parseAsString.withOptions({ shallow: false, startTransition }),
  );
  const [, setPage] = useQueryState("page");
  const sorted = readTableSort(
    sort,
    columns.flatMap((column) => column.id ?? []),
  );
  const sorting = sorted ? [{ id: sorted.column, desc: sorted.isDescending }] : [];
  const selected = selection?.selected ?? {};
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId,
    manualSorting: true,
    defaultColumn: { enableSorting: false },
    state: { sorting, rowSelection: selected },
    onSortingChange: (update) => {
      const [next] = typeof update === "function" ? update(sorting) : update;
      setPage(null);
      setSort(next ? writeTableSort({ column: next.id, isDescending: next.desc }) : null);
    },
    onRowSelectionChange: (update) => {
      selection?.onChange(typeof update === "function" ? update(selected) : update);
    },
  });

  return (
    <div className="space-y-3">
      <div className="overflow-hidden rounded-lg border">
        <Table
          aria-label={label}
          aria-busy={isLoading}
          className={cn(isLoading && "opacity-60")}
          data-cards
        >
          <TableHeader>
            {table.getHeaderGroups().map((group) => (
              <TableRow key={group.id} className="hover:bg-transparent">
                {selection && (
                  <th scope="col" className="w-10 pl-4 text-left align-middle">
                    <Checkbox
                      aria-label={t("selectPage")}
                      checked={
                        table.getIsAllPageRowsSelected() ||
                        (table.getIsSomePageRowsSelected() && "indeterminate")
                      }
                      onCheckedChange={(value) => table.toggleAllPageRowsSelected(value === true)}
                    />
                  </th>
                )}
                {group.headers.map((header) => (
                  <DataTableHead
                    key={header.id}
                    sort={header.column.getIsSorted()}
                    onSort={
                      header.column.getCanSort() ? () => header.column.toggleSorting() : undefined
                    }
                    isRight={header.column.columnDef.meta?.align === "right"}
                    className={cn(
                      header.column.columnDef.meta?.isExtra && EXTRA,
                      header.column.columnDef.meta?.headClassName,
                    )}
                  >
                    <table.FlexRender header={header} />
                  </DataTableHead>
                ))}
              </TableRow>
            ))}
          </TableHeader>
          <TableBody>
            {rows.length === 0 && (
              <TableRow className="hover:bg-transparent">
                <TableCell
                  colSpan={columns.length + (selection ? 1 : 0)}
                  className="text-muted-foreground h-24 text-center"
                >
                  {empty}
                </TableCell>
              </TableRow>
            )}
            {table.getRowModel().rows.map((row) => (
              <TableRow
                key={row.id}
                data-state={row.getIsSelected() ? "selected" : undefined}
                className={cn(onRowClick && "cursor-pointer")}
                onClick={onRowClick && (() => onRowClick(row.original))}
              >
                {selection && (
                  // A near miss of the box must not open the row.
                  <TableCell
                    className="w-10 pl-4"
                    data-card="box"
                    onClick={(event) => event.stopPropagation()}
                  >
                    <Checkbox
                      aria-label={selection.rowLabel(row.original)}
                      checked={row.getIsSelected()}
                      onCheckedChange={(value) => row.toggleSelected(value === true)}
                    />
                  </TableCell>
                )}
                {row.getAllCells().map((cell) => {
                  const { align, className, card, caption, isExtra } =
                    cell.column.columnDef.meta ?? {};
                  return (
                    <TableCell
                      key={cell.id}
                      data-card={card}
                      data-caption={caption}
                      className={cn(
                        "first:pl-4 last:pr-4",
                        align === "right" && "text-right",
                        isExtra && EXTRA,
                        className,
                      )}
                    >
                      <table.FlexRender cell={cell} />
                    </TableCell>
                  );
                })}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
      {pager && <DataTablePager {...pager} />}
    </div>
  );
}

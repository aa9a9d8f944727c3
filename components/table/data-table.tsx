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
  /** Numbers are right-aligned. */
  readonly align?: "right";
  /** For the cells. */
  readonly className?: string;
  readonly headClassName?: string;
  /** The cell's position on a row's card, if space is limited; without it, the cell is omitted (`app/globals.css`). */
  readonly card?: "title" | "aside" | "line";
  /** Omitted if the list has little room for columns; `wide` and `widest` ones need more room still. */
  readonly isExtra?: true | "wide" | "widest";
  /** Shown before the cell on a card, if it needs an explanation. */
  readonly caption?: string;
}

/** On a card it is visible nevertheless (`app/globals.css`). */
function hiddenIn({ isExtra }: DataTableColumnMeta = {}): string | undefined {
  if (isExtra === undefined) return undefined;
  if (isExtra === "wide") return "@max-[68rem]/list:hidden";
  return isExtra === "widest" ? "@max-7xl/list:hidden" : "@max-4xl/list:hidden";
}

const features = tableFeatures({
  rowSelectionFeature,
  rowSortingFeature,
  columnMeta: metaHelper<DataTableColumnMeta>(),
});

export type DataTableColumn<Row extends RowData> = ColumnDef<typeof features, Row, unknown>;

/** Selected rows by id; true for each of them. */
export type DataTableSelection = RowSelectionState;

/** Creates a table's columns: `const column = dataTableColumns<Key>(); column.accessor("remark", { header: … })`. */
export function dataTableColumns<Row extends RowData>() {
  return createColumnHelper<typeof features, Row>();
}

/**
 * A page of a list. Sorting (`?sort=`) and paging (`?page=`) are in the URL and done by the server, which provides the
 * rows to show. Columns are sortable with `enableSorting: true`.
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
  /** Created once, outside of the component or by `useMemo`. */
  readonly columns: readonly DataTableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly getRowId: (row: Row) => string;
  /** Kept by the caller, so that it outlives a page. */
  readonly selection?: {
    readonly selected: DataTableSelection;
    readonly onChange: (selected: DataTableSelection) => void;
    /** Accessible name of a row's checkbox. */
    readonly rowLabel: (row: Row) => string;
  };
  /** Absent if the list is short, or uses a cursor. */
  readonly pager?: { readonly page: number; readonly pageSize: number; readonly total: number };
  readonly onRowClick?: (row: Row) => void;
  /** Shown in the table if there are no rows. */
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
                      hiddenIn(header.column.columnDef.meta),
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
                  // A click that just misses the checkbox must not open the row.
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
                  const { align, className, card, caption } = cell.column.columnDef.meta ?? {};
                  return (
                    <TableCell
                      key={cell.id}
                      data-card={card}
                      data-caption={caption}
                      className={cn(
                        "first:pl-4 last:pr-4",
                        align === "right" && "text-right",
                        hiddenIn(cell.column.columnDef.meta),
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

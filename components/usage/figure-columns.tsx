import { type DataTableColumn, dataTableColumns } from "@/components/table/data-table";
import { FigureCell } from "@/components/usage/figure-cell";
import type { FiguresById } from "@/lib/manage/usage/read-today-figures";
import type { FigureOrder } from "@/lib/usage/figures/figure-order";

/** Where there is little room, the figures that matter less go first. */
const MINOR: ReadonlySet<FigureOrder> = new Set(["limited", "p50"]);

/** Sortable columns of today's figures, named like the server's orders. */
export function figureColumns<
  Row extends { readonly id: string },
  Figure extends FigureOrder,
>(table: {
  readonly names: readonly Figure[];
  readonly t: (name: `column.today.${Figure}` | `column.todayHelp.${Figure}`) => string;
  /** By the row's id. */
  readonly figures: FiguresById;
  /** The requests that a figure is made of; null if they can't be listed. */
  readonly hrefOf: (name: Figure, id: string) => `/requests?${string}` | null;
}): readonly DataTableColumn<Row>[] {
  const { names, t, figures, hrefOf } = table;
  const column = dataTableColumns<Row>();
  return names.map((name) =>
    column.accessor((row): unknown => figures[row.id]?.[name], {
      id: name,
      enableSorting: true,
      sortDescFirst: true,
      header: () => <span title={t(`column.todayHelp.${name}`)}>{t(`column.today.${name}`)}</span>,
      meta: {
        align: "right",
        className: "tabular-nums",
        isExtra: MINOR.has(name) ? "wide" : true,
        ...(name === "requests" && {
          card: "line" as const,
          caption: t(`column.today.${name}`),
        }),
      },
      cell: ({ row: { original: row } }) => (
        <FigureCell figures={figures[row.id]} name={name} href={hrefOf(name, row.id)} />
      ),
    }),
  );
}

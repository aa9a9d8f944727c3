import { UNKNOWN } from "@/components/format";
import { requestsHref } from "@/components/requests/requests-href";
import { StateBadge } from "@/components/state-badge";
import { type DataTableColumn, dataTableColumns } from "@/components/table/data-table";
import { LastUse } from "@/components/time/last-use";
import { RelativeTime } from "@/components/time/relative-time";
import { figureColumns } from "@/components/usage/figure-columns";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import type { FiguresById } from "@/lib/manage/usage/read-today-figures";
import { FIGURE_ORDERS, type FigureOrder } from "@/lib/usage/figures/figure-order";
import { Serves } from "../groups/serves";
import { KeyReason } from "../sheet/key-reason";
import { SuspectMark } from "../sheet/suspect-mark";
import { ModelNames } from "./model-names";

const column = dataTableColumns<ProviderKeyView>();

type ColumnName =
  | "added"
  | "domain"
  | "key"
  | "lastUsed"
  | "models"
  | "priority"
  | "remark"
  | "serves"
  | "state"
  | "weight"
  | `today.${FigureOrder}`
  | `todayHelp.${FigureOrder}`;

/** The columns of a provider's keys. Sortable ones are named like the server's orders. */
export function keyColumns({
  t,
  openLabel,
  onOpen,
  withGroups,
  figures,
  sinceMs,
}: {
  readonly t: (name: `column.${ColumnName}`) => string;
  readonly openLabel: (masked: string) => string;
  readonly onOpen: (id: string) => void;
  /** Whether there are groups that keys may serve. */
  readonly withGroups: boolean;
  /** Today's, by the key's id; null if the reader may not see them. */
  readonly figures: FiguresById | null;
  /** When today began, in epoch milliseconds. */
  readonly sinceMs: number;
}): readonly DataTableColumn<ProviderKeyView>[] {
  return [
    column.display({
      id: "key",
      header: t("column.key"),
      meta: { card: "title" },
      cell: ({ row: { original: key } }) => (
        <button
          type="button"
          data-opens
          aria-label={openLabel(key.masked)}
          className="focus-visible:ring-ring/50 rounded-sm font-mono text-[13px] outline-none hover:underline focus-visible:ring-[3px]"
          onClick={(event) => {
            // Otherwise the row would open it a second time.
            event.stopPropagation();
            onOpen(key.id);
          }}
        >
          {key.masked}
        </button>
      ),
    }),
    column.accessor((key): unknown => key.state, {
      id: "status",
      enableSorting: true,
      header: t("column.state"),
      meta: { card: "aside" },
      cell: ({ row: { original: key } }) => (
        <div className="space-y-0.5">
          <StateBadge state={key.state} untilMs={key.cooldowns[0]?.untilMs} />
          {key.suspicion !== null && (
            <div>
              <SuspectMark />
            </div>
          )}
          <KeyReason view={key} />
        </div>
      ),
    }),
    column.accessor((key): unknown => key.remark, {
      id: "remark",
      enableSorting: true,
      header: t("column.remark"),
      meta: { card: "line" },
      cell: ({ row: { original: key } }) =>
        key.remark === null ? (
          <Nothing />
        ) : (
          <span className="block max-w-48 truncate" title={key.remark}>
            {key.remark}
          </span>
        ),
    }),
    column.accessor((key): unknown => key.weight, {
      id: "weight",
      enableSorting: true,
      header: t("column.weight"),
      meta: { align: "right", isExtra: true },
      cell: ({ row: { original: key } }) => key.weight,
    }),
    column.accessor((key): unknown => key.priority, {
      id: "priority",
      enableSorting: true,
      header: t("column.priority"),
      meta: { align: "right", isExtra: true },
      cell: ({ row: { original: key } }) => key.priority,
    }),
    column.accessor((key): unknown => key.quotaDomain, {
      id: "quotaDomain",
      enableSorting: true,
      header: t("column.domain"),
      // Right-aligned numbers precede it.
      meta: { className: "pl-6", headClassName: "pl-6", isExtra: "widest" },
      cell: ({ row: { original: key } }) =>
        key.quotaDomain === null ? (
          <Nothing />
        ) : (
          <span className="block max-w-32 truncate font-mono text-[13px]" title={key.quotaDomain}>
            {key.quotaDomain}
          </span>
        ),
    }),
    ...(withGroups
      ? [
          column.display({
            id: "serves",
            header: t("column.serves"),
            meta: { card: "line", caption: t("column.serves") },
            cell: ({ row: { original: key } }) => (
              <span className="max-w-40 truncate sm:block">
                <Serves groups={key.groups} />
              </span>
            ),
          }),
        ]
      : []),
    column.display({
      id: "models",
      header: t("column.models"),
      meta: { isExtra: "widest" },
      cell: ({ row: { original: key } }) => <ModelNames models={key.models} />,
    }),
    column.accessor((key): unknown => key.createdAtMs, {
      id: "created",
      enableSorting: true,
      header: t("column.added"),
      meta: { isExtra: "widest" },
      cell: ({ row: { original: key } }) => (
        <div className="text-muted-foreground">
          <RelativeTime ms={key.createdAtMs} />
          {key.addedBy && (
            <p className="max-w-32 truncate text-xs" title={key.addedBy}>
              {key.addedBy}
            </p>
          )}
        </div>
      ),
    }),
    ...(figures === null
      ? []
      : figureColumns<ProviderKeyView, FigureOrder>({
          ...{ names: FIGURE_ORDERS, t, figures },
          hrefOf: (name, id) => (name === "requests" ? requestsHref({ key: id, sinceMs }) : null),
        })),
    column.accessor((key): unknown => key.lastUsedAtMs, {
      id: "lastUsed",
      enableSorting: true,
      header: t("column.lastUsed"),
      meta: {
        align: "right",
        className: "text-muted-foreground",
        card: "line",
        caption: t("column.lastUsed"),
      },
      cell: ({ row: { original: key } }) => <LastUse ms={key.lastUsedAtMs} />,
    }),
  ];
}

function Nothing() {
  return (
    <span data-nothing className="text-muted-foreground">
      {UNKNOWN}
    </span>
  );
}

"use client";

import dynamic from "next/dynamic";
import { useFormatter, useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import type { ProviderChoice } from "@/components/provider-choice";
import { DataTable, dataTableColumns } from "@/components/table/data-table";
import { LastUse } from "@/components/time/last-use";
import { useNow } from "@/components/time/use-now";
import { LazyTokenMenu } from "@/components/tokens/lazy-token-menu";
import type { TokenDialogKind } from "@/components/tokens/token-dialog";
import { TokenLimits } from "@/components/tokens/token-limits";
import { TokenScopes } from "@/components/tokens/token-scopes";
import { tokenState } from "@/components/tokens/token-state";
import { TokenStateBadge } from "@/components/tokens/token-state-badge";
import { callerFigureHref } from "@/components/usage/caller-figure-href";
import { figureColumns } from "@/components/usage/figure-columns";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import type { TokenUse } from "@/lib/manage/tokens/read-token-use";
import type { FiguresById } from "@/lib/manage/usage/read-today-figures";
import { CALLER_FIGURES, type CallerFigure } from "@/lib/usage/figures/figure-order";

const TokenDialog = dynamic(
  () => import("@/components/tokens/token-dialog").then((module) => module.TokenDialog),
  { ssr: false },
);

const column = dataTableColumns<AccessTokenItem>();

/** A page of access tokens, and what can be done with each. */
export function TokenTable({
  tokens,
  use,
  providers,
  isAdmin,
  withOwners = isAdmin,
  mayChange,
  today,
}: {
  readonly tokens: readonly AccessTokenItem[];
  /** By token id; tokens without limits may be left out. */
  readonly use: Readonly<Record<string, TokenUse>>;
  readonly providers: readonly ProviderChoice[];
  readonly isAdmin: boolean;
  /** Whether tokens of several owners are among them. */
  readonly withOwners?: boolean;
  readonly mayChange: boolean;
  /** Figures of the day, the start of which is `sinceMs`; sortable if there is a `pager` or the list begins with the newest. */
  readonly today?: {
    readonly figures: FiguresById;
    readonly sinceMs: number;
    /** Of a list that is sorted by a figure. */
    readonly pager: {
      readonly page: number;
      readonly pageSize: number;
      readonly total: number;
    } | null;
  };
}) {
  const t = useTranslations("tokens");
  const [open, setOpen] = useState<{ kind: TokenDialogKind; token: AccessTokenItem } | null>(null);
  const columns = useMemo(() => {
    const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
    return [
      column.display({
        id: "name",
        header: t("column.name"),
        meta: { card: "title" },
        cell: ({ row: { original: token } }) => (
          <div className="max-w-56">
            <Link
              data-opens
              href={`/tokens/${token.id}`}
              prefetch={false}
              className="block truncate font-medium underline-offset-4 hover:underline"
              title={token.name}
            >
              {token.name}
            </Link>
            <div className="text-muted-foreground truncate font-mono text-xs">{token.masked}</div>
          </div>
        ),
      }),
      column.display({
        id: "state",
        header: t("column.state"),
        meta: { card: "aside" },
        cell: ({ row }) => <State token={row.original} />,
      }),
      column.display({
        id: "scopes",
        header: t("column.scopes"),
        meta: { isExtra: today === undefined ? true : "widest" },
        cell: ({ row }) => <TokenScopes token={row.original} labels={labels} />,
      }),
      ...(withOwners
        ? [
            column.display({
              id: "owner",
              header: t("column.owner"),
              meta: { card: "line" },
              cell: ({ row }) => row.original.owner?.name ?? t("ownerTeam"),
            }),
          ]
        : []),
      column.display({
        id: "limits",
        header: t("column.limits"),
        meta: { card: "line" },
        cell: ({ row }) => <TokenLimits token={row.original} use={use[row.original.id]} />,
      }),
      ...(today === undefined
        ? []
        : figureColumns<AccessTokenItem, CallerFigure>({
            ...{ names: CALLER_FIGURES, t, figures: today.figures },
            hrefOf: (name, token) => callerFigureHref(name, { token }, today.sinceMs),
          })),
      column.display({
        id: "lastUsed",
        header: t("column.lastUsed"),
        cell: ({ row }) => <LastUse ms={row.original.lastUsedAt} />,
      }),
      column.display({
        id: "expires",
        header: t("column.expires"),
        meta: { isExtra: today === undefined ? true : "wide" },
        cell: ({ row }) => <Expiry ms={row.original.expiresAt} />,
      }),
      ...(mayChange
        ? [
            column.display({
              id: "menu",
              header: () => <span className="sr-only">{t("column.menu")}</span>,
              cell: ({ row }) => (
                <Menu
                  token={row.original}
                  onOpen={(kind) => setOpen({ kind, token: row.original })}
                />
              ),
              meta: { align: "right", card: "aside" },
            }),
          ]
        : []),
    ];
  }, [t, use, providers, withOwners, mayChange, today]);

  return (
    <>
      <DataTable
        label={t("title")}
        columns={columns}
        rows={tokens}
        getRowId={({ id }) => id}
        {...(today?.pager && { pager: today.pager })}
        empty={t("noMatch")}
      />
      {open && (
        <TokenDialog
          {...open}
          providers={providers}
          isAdmin={isAdmin}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function State({ token }: { readonly token: AccessTokenItem }) {
  return <TokenStateBadge state={tokenState(token, useNow())} expiresAt={token.expiresAt} />;
}

function Menu({
  token,
  onOpen,
}: {
  readonly token: AccessTokenItem;
  readonly onOpen: (kind: TokenDialogKind) => void;
}) {
  return <LazyTokenMenu token={token} state={tokenState(token, useNow())} onOpen={onOpen} />;
}

function Expiry({ ms }: { readonly ms: number | null }) {
  const t = useTranslations("tokens");
  const format = useFormatter();
  if (ms === null) return <span title={t("neverExpires")}>{UNKNOWN}</span>;
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={format.dateTime(ms, { dateStyle: "medium", timeStyle: "long" })}
    >
      {format.dateTime(ms, { dateStyle: "medium" })}
    </time>
  );
}

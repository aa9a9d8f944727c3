"use client";

import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useMemo, useState, useTransition } from "react";
import { DataTable, type DataTableSelection } from "@/components/table/data-table";
import type { ProviderKeyView } from "@/lib/manage/keys/provider-key-view";
import type { ProviderKeyDetail } from "@/lib/manage/keys/read-provider-key";
import type { ProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import type { FiguresById } from "@/lib/manage/usage/read-today-figures";
import { useKeyGroups } from "../groups/key-groups";
import type { KeyLimitsInUse } from "../limits/key-limits";
import type { ChosenKeys, KeyFilter } from "../types";
import { keyColumns } from "./key-columns";

const BulkBar = dynamic(() => import("../bulk/bulk-bar").then(({ BulkBar }) => BulkBar), {
  ssr: false,
});
const KeySheet = dynamic(() => import("../sheet/key-sheet").then(({ KeySheet }) => KeySheet), {
  ssr: false,
});

/** A provider's keys as a table, what can be done to many of them, and one of them next to it. */
export function KeyBrowser({
  keys,
  filter,
  label,
  isAdmin,
  canCheck,
  detail,
  limits,
  inUse,
}: {
  readonly keys: {
    readonly items: readonly ProviderKeyView[];
    readonly total: number;
    readonly page: number;
    readonly pageSize: number;
    readonly figures: FiguresById | null;
    readonly sinceMs: number;
  };
  readonly filter: KeyFilter;
  /** The provider's name. */
  readonly label: string;
  readonly isAdmin: boolean;
  readonly canCheck: boolean;
  /** The key in `?key=`; null for none, or one that is gone. */
  readonly detail: ProviderKeyDetail | null;
  readonly limits: ProviderLimits;
  /** Of the key in `?key=`. */
  readonly inUse: KeyLimitsInUse;
}) {
  const t = useTranslations("keys");
  const { figures, sinceMs } = keys;
  const withGroups = useKeyGroups().length > 0;
  const [isOpening, startTransition] = useTransition();
  const [openId, setOpenId] = useQueryState(
    "key",
    parseAsString.withOptions({ shallow: false, history: "push", startTransition }),
  );
  const [selected, setSelected] = useState<DataTableSelection>({});
  /**
   * The filter all of whose keys are selected, including those on other pages; null while keys are selected one by one.
   */
  const [allOf, setAllOf] = useState<string | null>(null);
  const filterName = JSON.stringify(filter);
  const isAll = allOf === filterName;
  const columns = useMemo(
    () =>
      keyColumns({
        t,
        openLabel: (masked) => t("openKey", { masked }),
        onOpen: setOpenId,
        withGroups,
        figures,
        sinceMs,
      }),
    [t, setOpenId, withGroups, figures, sinceMs],
  );
  const everyRow = () => Object.fromEntries(keys.items.map(({ id }) => [id, true as const]));
  const chosenIds = Object.keys(selected).filter((id) => selected[id]);
  const chosen: ChosenKeys = isAll
    ? { target: { filter }, count: keys.total }
    : { target: { ids: chosenIds }, count: chosenIds.length };

  function clear() {
    setSelected({});
    setAllOf(null);
  }

  return (
    <>
      <DataTable
        label={t("table", { provider: label })}
        columns={columns}
        rows={keys.items}
        getRowId={(key) => key.id}
        pager={keys}
        onRowClick={(key) => setOpenId(key.id)}
        empty={t("empty.filtered")}
        {...(isAdmin && {
          selection: {
            selected: isAll ? everyRow() : selected,
            onChange: (next: DataTableSelection) => {
              setAllOf(null);
              setSelected(next);
            },
            rowLabel: (key: ProviderKeyView) => t("selectKey", { masked: key.masked }),
          },
        })}
      />
      {chosen.count > 0 && (
        <BulkBar
          chosen={chosen}
          filter={filter}
          label={label}
          canCheck={canCheck}
          onSelectAll={isAll || chosen.count >= keys.total ? null : () => setAllOf(filterName)}
          total={keys.total}
          onClear={clear}
        />
      )}
      {openId !== null && (
        <KeySheet
          label={label}
          detail={detail?.key.id === openId ? detail : null}
          limits={limits}
          inUse={inUse}
          isLoading={isOpening}
          isAdmin={isAdmin}
          canCheck={canCheck}
          onClose={() => setOpenId(null)}
        />
      )}
    </>
  );
}

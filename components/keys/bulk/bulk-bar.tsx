"use client";

import { X } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { ChosenKeys, KeyFilter } from "../types";
import { DeleteKeysButton } from "./delete-keys-button";
import { useKeyChanges } from "./use-key-changes";

const SetKeysDialog = dynamic(
  () => import("./set-keys-dialog").then(({ SetKeysDialog }) => SetKeysDialog),
  { ssr: false },
);
const BulkLimitsDialog = dynamic(
  () => import("./bulk-limits-dialog").then(({ BulkLimitsDialog }) => BulkLimitsDialog),
  { ssr: false },
);
const CheckKeysDialog = dynamic(
  () => import("../table/check-keys-dialog").then(({ CheckKeysDialog }) => CheckKeysDialog),
  { ssr: false },
);

const CHANGES = ["disable", "enable", "unblock", "end-cooldowns"] as const;

/** What can be done to the selected keys. */
export function BulkBar({
  chosen,
  filter,
  label,
  canCheck,
  total,
  onSelectAll,
  onClear,
}: {
  readonly chosen: ChosenKeys;
  readonly filter: KeyFilter;
  readonly label: string;
  readonly canCheck: boolean;
  /** Keys that match the filter. */
  readonly total: number;
  /** Null if all are already selected. */
  readonly onSelectAll: (() => void) | null;
  readonly onClear: () => void;
}) {
  const t = useTranslations("keys.bulk");
  const { change, isBusy } = useKeyChanges();
  const [dialog, setDialog] = useState<"set" | "limits" | "check" | null>(null);
  return (
    <section
      aria-label={t("label")}
      className="bg-background sticky bottom-4 z-20 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border p-2 pl-4 shadow-lg"
    >
      <div className="flex items-center gap-2">
        <span aria-live="polite" data-figure className="font-medium whitespace-nowrap">
          {t("selected", { count: chosen.count })}
        </span>
        {onSelectAll && (
          <Button variant="link" size="sm" className="px-1" onClick={onSelectAll}>
            {t("selectAll", { count: total })}
          </Button>
        )}
        <Button variant="ghost" size="icon-sm" aria-label={t("clear")} onClick={onClear}>
          <X aria-hidden />
        </Button>
      </div>
      <div className="flex flex-wrap gap-1.5 sm:ml-auto">
        {CHANGES.map((kind) => (
          <Button
            key={kind}
            variant="outline"
            size="sm"
            disabled={isBusy}
            onClick={() => change(chosen.target, { kind })}
          >
            {t(kind)}
          </Button>
        ))}
        <Button variant="outline" size="sm" disabled={isBusy} onClick={() => setDialog("set")}>
          {t("set")}
        </Button>
        <Button variant="outline" size="sm" disabled={isBusy} onClick={() => setDialog("limits")}>
          {t("limits")}
        </Button>
        {canCheck && (
          <Button variant="outline" size="sm" disabled={isBusy} onClick={() => setDialog("check")}>
            {t("check")}
          </Button>
        )}
        <DeleteKeysButton chosen={chosen} label={label} onDeleted={onClear} />
      </div>
      {dialog === "set" && <SetKeysDialog chosen={chosen} onClose={() => setDialog(null)} />}
      {dialog === "limits" && <BulkLimitsDialog chosen={chosen} onClose={() => setDialog(null)} />}
      {dialog === "check" && (
        <CheckKeysDialog
          ids={"ids" in chosen.target ? chosen.target.ids : null}
          filter={filter}
          count={chosen.count}
          label={label}
          onClose={() => setDialog(null)}
        />
      )}
    </section>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { CheckResults } from "../check-results";
import type { KeyFilter } from "../types";
import { useKeyChecks } from "../use-key-checks";

/** Checks keys with the provider's free call, in batches, and counts the results. */
export function CheckKeysDialog({
  ids,
  filter,
  count,
  label,
  onClose,
}: {
  /** Null for all that match the filter. */
  readonly ids: readonly string[] | null;
  readonly filter: KeyFilter;
  readonly count: number;
  readonly label: string;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys.check");
  const { phase, total, tally, run, stop } = useKeyChecks(ids, filter, count);
  const isRunning = phase.kind === "running";
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && !isRunning && onClose()}>
      <DialogContent showCloseButton={!isRunning}>
        <DialogHeader>
          <DialogTitle>{t("title", { count: total, provider: label })}</DialogTitle>
          <DialogDescription>{t("description", { provider: label })}</DialogDescription>
        </DialogHeader>
        {phase.kind !== "asking" && <CheckResults phase={phase} total={total} tally={tally} />}
        <DialogFooter>
          {phase.kind === "asking" && (
            <Button onClick={run}>{t("button", { count: total })}</Button>
          )}
          {isRunning && (
            <Button variant="outline" onClick={stop}>
              {t("cancel")}
            </Button>
          )}
          {(phase.kind === "done" || phase.kind === "stopped") && (
            <Button variant="outline" onClick={onClose}>
              {t("close")}
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

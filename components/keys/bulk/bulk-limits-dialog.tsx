"use client";

import { useTranslations } from "next-intl";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { LimitsForm } from "../limits/limits-form";
import type { ChosenKeys } from "../types";
import { useKeyChanges } from "./use-key-changes";

/** One rule for every model, to be filled in. */
const START = [{ model: "*", rpm: null, tpm: null, dailyRequests: null }];

/** Gives the same limits to each of the selected keys. */
export function BulkLimitsDialog({
  chosen: { target, count },
  onClose,
}: {
  readonly chosen: ChosenKeys;
  readonly onClose: () => void;
}) {
  const t = useTranslations("keys");
  const { change, isBusy } = useKeyChanges();
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto">
        <DialogHeader>
          <DialogTitle>{t("limits.bulkTitle", { count })}</DialogTitle>
          <DialogDescription>{t("limits.bulkDescription")}</DialogDescription>
        </DialogHeader>
        <LimitsForm
          rules={START}
          submitLabel={t("set.submit", { count })}
          isBusy={isBusy}
          onSave={async (rules) => {
            if (await change(target, { kind: "set", settings: { limits: rules } })) onClose();
          }}
        />
      </DialogContent>
    </Dialog>
  );
}

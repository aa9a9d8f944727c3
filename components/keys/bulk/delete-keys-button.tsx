"use client";

import { useTranslations } from "next-intl";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import type { ChosenKeys } from "../types";
import { useKeyChanges } from "./use-key-changes";

/** Deletes the selected keys, after saying how many. */
export function DeleteKeysButton({
  chosen: { target, count },
  label,
  onDeleted,
}: {
  readonly chosen: ChosenKeys;
  readonly label: string;
  readonly onDeleted: () => void;
}) {
  const t = useTranslations("keys");
  const { remove } = useKeyChanges();
  return (
    <ConfirmDialog
      trigger={
        <Button variant="outline" size="sm" className="text-destructive">
          {t("bulk.delete")}
        </Button>
      }
      title={t("confirmDelete.title", { count, provider: label })}
      description={t("confirmDelete.description")}
      confirmLabel={t("confirmDelete.action", { count })}
      onConfirm={async () => {
        const isDone = await remove(target);
        if (isDone) onDeleted();
        return isDone;
      }}
    />
  );
}

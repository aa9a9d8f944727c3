"use client";

import { useTranslations } from "next-intl";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { useKeyChanges } from "../bulk/use-key-changes";

/** Deletes a provider's blocked keys. */
export function DeleteBlockedButton({
  provider,
  label,
  count,
}: {
  readonly provider: string;
  readonly label: string;
  readonly count: number;
}) {
  const t = useTranslations("keys");
  const { remove } = useKeyChanges();
  return (
    <ConfirmDialog
      trigger={
        <Button variant="outline" size="sm">
          {t("deleteBlocked")}
        </Button>
      }
      title={t("confirmDelete.titleBlocked", { count, provider: label })}
      description={t("confirmDelete.description")}
      confirmLabel={t("confirmDelete.action", { count })}
      onConfirm={() => remove({ filter: { provider, status: "blocked" } })}
    />
  );
}

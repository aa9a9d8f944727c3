"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { rebuild } from "@/app/(portal)/tokens/budgets/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";

/** Recounts the budgets, after explaining the consequences. */
export function RebuildBudgets() {
  const t = useTranslations("budgets.rebuild");
  const router = useRouter();

  async function confirm(): Promise<boolean> {
    const result = await answered(() => rebuild(undefined));
    if (result === null) return false;
    if (!result.ok) {
      toast.error(t("failed"));
      return false;
    }
    const { fromLog, fromRollups, corrected } = result.data;
    if (fromLog + fromRollups === 0) toast.info(t("none"));
    else toast.success(t("done", { fromLog, fromRollups, corrected }));
    router.refresh();
    return true;
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="outline" size="sm">
          {t("open")}
        </Button>
      }
      title={t("title")}
      description={t("description")}
      confirmLabel={t("submit")}
      variant="default"
      onConfirm={confirm}
    />
  );
}

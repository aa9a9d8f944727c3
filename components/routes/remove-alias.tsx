"use client";

import { Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { removeAlias } from "@/app/(portal)/routes/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";

export function RemoveAlias({ name }: { readonly name: string }) {
  const t = useTranslations("routes");

  async function remove(): Promise<boolean> {
    const answer = await answered(() => removeAlias({ name }));
    if (answer === null) return false;
    if (answer.ok) toast(t("removal.done", { name }));
    else toast.error(t("failed.title"), { description: t(`failed.${answer.code}`) });
    return answer.ok;
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="icon-sm" aria-label={t("removeOf", { name })}>
          <Trash2 aria-hidden />
        </Button>
      }
      title={t("removal.title", { name })}
      description={t("removal.description", { name })}
      confirmLabel={t("removal.confirm")}
      onConfirm={remove}
    />
  );
}

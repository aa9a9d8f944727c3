"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { removeGroup } from "@/app/(portal)/team/groups/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";

/** Deletes a group that is empty; otherwise says what it still has. */
export function RemoveGroup({
  id,
  name,
  keys,
  tokens,
}: {
  readonly id: string;
  readonly name: string;
  readonly keys: number;
  readonly tokens: number;
}) {
  const t = useTranslations("groups");
  const router = useRouter();

  async function confirm(): Promise<boolean> {
    const result = await answered(() => removeGroup({ id }));
    if (result === null) return false;
    if (!result.ok) {
      toast.error(result.code === "conflict" ? t("remove.refused") : t("failed"));
      return false;
    }
    toast.success(t("remove.done", { name }));
    router.replace("/team/groups");
    return true;
  }

  const isEmpty = keys + tokens === 0;
  return (
    <ConfirmDialog
      trigger={
        <Button variant="outline" className="text-destructive">
          <Trash2 aria-hidden />
          {t("remove.open")}
        </Button>
      }
      title={t("remove.title", { name })}
      description={isEmpty ? t("remove.description") : t("remove.blocked", { keys, tokens })}
      confirmLabel={isEmpty ? t("remove.submit") : null}
      onConfirm={confirm}
    />
  );
}

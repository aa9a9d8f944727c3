"use client";

import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { takeInviteBack } from "@/app/(portal)/team/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";

export function RevokeInvite({
  id,
  name,
}: {
  readonly id: string;
  /** The invited person. */
  readonly name: string;
}) {
  const t = useTranslations("team");
  const router = useRouter();

  async function confirm(): Promise<boolean> {
    const result = await answered(() => takeInviteBack({ id }));
    if (result === null) return false;
    if (result.ok) toast.success(t("revoke.done"));
    else toast.error(result.code === "not_found" ? t("revoke.gone") : t("failed"));
    router.refresh();
    return true;
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="icon-sm" aria-label={t("revoke.label", { name })}>
          <X aria-hidden />
        </Button>
      }
      title={t("revoke.title", { name })}
      description={t("revoke.description")}
      confirmLabel={t("revoke.submit")}
      onConfirm={confirm}
    />
  );
}

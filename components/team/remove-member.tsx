"use client";

import { UserMinus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { remove } from "@/app/(portal)/team/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";

export function RemoveMember({
  id,
  name,
  email,
  tokenCount,
}: {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** The member's access tokens, which are revoked too. */
  readonly tokenCount: number;
}) {
  const t = useTranslations("team");
  const router = useRouter();

  async function confirm(): Promise<boolean> {
    const result = await answered(() => remove({ id }));
    if (result === null) return false;
    if (result.ok) {
      toast.success(t("remove.done", { name }));
      router.refresh();
    } else {
      toast.error(result.code === "conflict" ? t("lastAdmin", { name }) : t("failed"));
    }
    return result.ok;
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="icon-sm" aria-label={t("remove.label", { name })}>
          <UserMinus aria-hidden />
        </Button>
      }
      title={t("remove.title", { name })}
      description={t("remove.description", { email, count: tokenCount })}
      confirmLabel={t("remove.submit")}
      onConfirm={confirm}
    />
  );
}

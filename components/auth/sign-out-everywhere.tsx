"use client";

import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { endAllSessions } from "@/app/(portal)/account/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";

export function SignOutEverywhere() {
  const t = useTranslations("auth");

  async function signOut() {
    // On success, the browser is sent to the login page and there is no result.
    const result = await answered(() => endAllSessions(undefined));
    if (result === null) return;
    if (result && !result.ok) toast.error(t("failed"));
  }

  return (
    <ConfirmDialog
      trigger={<Button variant="outline">{t("account.signOutEverywhere")}</Button>}
      title={t("account.signOutTitle")}
      description={t("account.signOutDescription")}
      confirmLabel={t("account.signOutEverywhere")}
      onConfirm={signOut}
    />
  );
}

"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTransition } from "react";
import { toast } from "sonner";
import { revokeToken } from "@/app/(portal)/tokens/actions";
import { answered } from "@/components/answered";
import { useFailureWords } from "@/components/tokens/use-failure-words";
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";

/** Asks for confirmation before a token is revoked permanently. */
export function RevokeTokenDialog({
  token,
  onClose,
}: {
  readonly token: AccessTokenItem;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens.revoke");
  const common = useTranslations("common");
  const router = useRouter();
  const failureWords = useFailureWords();
  const [isRunning, startTransition] = useTransition();

  function revoke() {
    startTransition(async () => {
      const result = await answered(() => revokeToken({ id: token.id }));
      if (result === null) return;
      if (result.ok) toast.success(t("done", { name: token.name }));
      else toast.error(failureWords(result));
      router.refresh();
      onClose();
    });
  }

  return (
    <AlertDialog open onOpenChange={(isOpen) => !isOpen && !isRunning && onClose()}>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle className="break-words">
            {t("title", { name: token.name })}
          </AlertDialogTitle>
          <AlertDialogDescription>
            {t("description", { masked: token.masked })}
          </AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          <AlertDialogCancel disabled={isRunning}>{common("cancel")}</AlertDialogCancel>
          <Button variant="destructive" disabled={isRunning} onClick={revoke}>
            {t("submit")}
          </Button>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { ClientSnippets } from "@/components/snippets/client-snippets";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";

/** The snippets of a token whose text is no longer known. */
export function SnippetsDialog({
  token,
  onClose,
}: {
  readonly token: AccessTokenItem;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens.snippets");
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-xl">
        <DialogHeader>
          <DialogTitle className="leading-normal break-words">
            {t("title", { name: token.name })}
          </DialogTitle>
          <DialogDescription>{t("description", { masked: token.masked })}</DialogDescription>
        </DialogHeader>
        <ClientSnippets token="YOUR_TOKEN" scope={token} />
      </DialogContent>
    </Dialog>
  );
}

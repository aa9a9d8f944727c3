"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/copy-button";
import { ClientSnippets } from "@/components/snippets/client-snippets";
import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import type { ModelScope } from "@/lib/snippets/example-model";

/** A token's text, which is shown only now, and how to use it. Part of a dialog. */
export function TokenShown({
  name,
  token,
  scope,
  note,
  onClose,
}: {
  readonly name: string;
  readonly token: string;
  /** What it may use; null for a token for the admin API. */
  readonly scope: ModelScope | null;
  /** Further information, such as how long the previous token works. */
  readonly note?: ReactNode;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens.shown");
  return (
    <>
      <DialogHeader>
        <DialogTitle className="leading-normal break-words">{t("title", { name })}</DialogTitle>
        <DialogDescription>{t("description")}</DialogDescription>
      </DialogHeader>
      <div className="bg-muted/50 flex items-center gap-3 rounded-lg border py-2 pr-2 pl-4">
        <code data-testid="token" className="min-w-0 flex-1 font-mono text-[13px] break-all">
          {token}
        </code>
        <CopyButton value={token} label={t("copy")} />
      </div>
      {note && <p className="text-muted-foreground text-sm">{note}</p>}
      {scope === null ? (
        <p className="text-muted-foreground text-sm">{t("adminApi")}</p>
      ) : (
        <ClientSnippets token={token} scope={scope} />
      )}
      <DialogFooter>
        <Button onClick={onClose}>{t("done")}</Button>
      </DialogFooter>
    </>
  );
}

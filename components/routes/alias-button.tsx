"use client";

import { Pencil, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import type { ModelAliasItem } from "@/lib/manage/providers/list-model-aliases";

const AliasDialog = dynamic(async () => (await import("./alias-dialog")).AliasDialog, {
  ssr: false,
});

/**
 * Opens the form for a new alias (as `?new=true` does), or for an existing one. The form is loaded on demand.
 */
export function AliasButton({
  alias,
  providers,
}: {
  /** Null for a new one. */
  readonly alias: ModelAliasItem | null;
  readonly providers: readonly ProviderChoice[];
}) {
  const t = useTranslations("routes");
  const [isNewOpen, setIsNewOpen] = useQueryState("new", parseAsBoolean.withDefault(false));
  const [isEditOpen, setIsEditOpen] = useState(false);
  const isOpen = alias === null ? isNewOpen : isEditOpen;
  const [wasOpened, setWasOpened] = useState(false);
  if (isOpen && !wasOpened) setWasOpened(true);

  function setIsOpen(isOpen: boolean) {
    if (alias === null) void setIsNewOpen(isOpen || null);
    else setIsEditOpen(isOpen);
  }

  const open = () => setIsOpen(true);

  return (
    <>
      {alias === null ? (
        <Button size="sm" onClick={open}>
          <Plus aria-hidden />
          {t("add")}
        </Button>
      ) : (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t("editOf", { name: alias.name })}
          onClick={open}
        >
          <Pencil aria-hidden />
        </Button>
      )}
      {wasOpened && (
        <AliasDialog alias={alias} providers={providers} isOpen={isOpen} onOpenChange={setIsOpen} />
      )}
    </>
  );
}

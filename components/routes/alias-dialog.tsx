"use client";

import { useTranslations } from "next-intl";
import type { ProviderChoice } from "@/components/provider-choice";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import type { ModelAliasItem } from "@/lib/manage/providers/list-model-aliases";
import { AliasForm } from "./alias-form";

/** The form for an alias, over the page. */
export function AliasDialog({
  alias,
  providers,
  isOpen,
  onOpenChange,
}: {
  /** Null for a new one. */
  readonly alias: ModelAliasItem | null;
  readonly providers: readonly ProviderChoice[];
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("routes.dialog");
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-2xl">
        <DialogHeader>
          <DialogTitle>
            {alias === null ? t("addTitle") : t("editTitle", { name: alias.name })}
          </DialogTitle>
          <DialogDescription>{t("description")}</DialogDescription>
        </DialogHeader>
        <AliasForm alias={alias} providers={providers} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

"use client";

import { useTranslations } from "next-intl";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import type { CustomProviderItem } from "@/lib/manage/list-custom-providers";
import { CustomProviderForm } from "./custom-provider-form";

/** The form for a custom provider, over the page. */
export function CustomProviderDialog({
  provider,
  allowPrivate,
  isOpen,
  onOpenChange,
}: {
  /** Null for a new one. */
  readonly provider: CustomProviderItem | null;
  readonly allowPrivate: boolean;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("settings.providers.dialog");
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto">
        <DialogHeader>
          <DialogTitle>
            {provider === null ? t("addTitle") : t("editTitle", { name: provider.label })}
          </DialogTitle>
          <DialogDescription>{t("description")}</DialogDescription>
        </DialogHeader>
        <CustomProviderForm
          provider={provider}
          allowPrivate={allowPrivate}
          onDone={() => onOpenChange(false)}
        />
      </DialogContent>
    </Dialog>
  );
}

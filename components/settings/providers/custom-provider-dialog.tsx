"use client";

import { useTranslations } from "next-intl";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import type { AddCustomProviderInput } from "@/lib/manage/providers/custom-provider-schema";
import type { CustomProviderItem } from "@/lib/manage/providers/list-custom-providers";
import { CustomProviderForm } from "./custom-provider-form";

/** The form for a custom provider, over the page. */
export function CustomProviderDialog({
  provider,
  proposal,
  allowPrivate,
  isOpen,
  onOpenChange,
  onSaved,
}: {
  /** Null for a new one. */
  readonly provider: CustomProviderItem | null;
  /** Initial values for a new one. */
  readonly proposal?: AddCustomProviderInput;
  readonly allowPrivate: boolean;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onSaved?: () => void;
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
          {...(proposal && { proposal })}
          allowPrivate={allowPrivate}
          onDone={() => {
            onOpenChange(false);
            onSaved?.();
          }}
        />
      </DialogContent>
    </Dialog>
  );
}

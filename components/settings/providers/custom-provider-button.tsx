"use client";

import { Pencil, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { CustomProviderItem } from "@/lib/manage/providers/list-custom-providers";

const CustomProviderDialog = dynamic(
  async () => (await import("./custom-provider-dialog")).CustomProviderDialog,
  { ssr: false },
);

/** Opens the form for a new provider, or for an existing one. The form is loaded on demand. */
export function CustomProviderButton({
  provider,
  allowPrivate,
}: {
  /** Null for a new one. */
  readonly provider: CustomProviderItem | null;
  readonly allowPrivate: boolean;
}) {
  const t = useTranslations("settings.providers");
  const [isOpen, setIsOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);

  function open() {
    setWasOpened(true);
    setIsOpen(true);
  }

  return (
    <>
      {provider === null ? (
        <Button size="sm" onClick={open}>
          <Plus aria-hidden />
          {t("add")}
        </Button>
      ) : (
        <Button
          variant="ghost"
          size="icon"
          className="size-8"
          aria-label={t("editOf", { name: provider.label })}
          onClick={open}
        >
          <Pencil aria-hidden />
        </Button>
      )}
      {wasOpened && (
        <CustomProviderDialog
          provider={provider}
          allowPrivate={allowPrivate}
          isOpen={isOpen}
          onOpenChange={setIsOpen}
        />
      )}
    </>
  );
}

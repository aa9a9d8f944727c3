"use client";

import { useTranslations } from "next-intl";
import { Brand } from "@/components/shell/brand";
import { NavigationList } from "@/components/shell/navigation-list";
import { Sheet, SheetContent, SheetDescription, SheetTitle } from "@/components/ui/sheet";
import type { Right } from "@/lib/auth/member";

/** The pages, in a sheet from the left. */
export function PhoneSheet({
  role,
  isOpen,
  onOpenChange,
}: {
  readonly role: Right;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("shell");
  return (
    <Sheet open={isOpen} onOpenChange={onOpenChange}>
      <SheetContent side="left" className="w-64 gap-5 p-3">
        <SheetTitle className="sr-only">{t("navigation")}</SheetTitle>
        <SheetDescription className="sr-only">{t("description")}</SheetDescription>
        <Brand />
        <NavigationList role={role} onFollow={() => onOpenChange(false)} />
      </SheetContent>
    </Sheet>
  );
}

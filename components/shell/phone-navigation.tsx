"use client";

import { Menu } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Brand } from "@/components/shell/brand";
import { NavigationList } from "@/components/shell/navigation-list";
import { Button } from "@/components/ui/button";
import {
  Sheet,
  SheetContent,
  SheetDescription,
  SheetTitle,
  SheetTrigger,
} from "@/components/ui/sheet";
import type { Role } from "@/lib/auth/member";

/** The pages behind a button, where there is no room for the sidebar. */
export function PhoneNavigation({ role }: { readonly role: Role }) {
  const t = useTranslations("shell");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Sheet open={isOpen} onOpenChange={setIsOpen}>
      <SheetTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("openNavigation")} className="md:hidden">
          <Menu aria-hidden />
        </Button>
      </SheetTrigger>
      <SheetContent side="left" className="w-64 gap-5 p-3">
        <SheetTitle className="sr-only">{t("navigation")}</SheetTitle>
        <SheetDescription className="sr-only">{t("description")}</SheetDescription>
        <Brand />
        <NavigationList role={role} onFollow={() => setIsOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}

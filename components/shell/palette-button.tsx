"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import type { Right } from "@/lib/auth/member";

/** Most visits never open it. */
const CommandPalette = dynamic(
  () => import("@/components/shell/command-palette").then((module) => module.CommandPalette),
  { ssr: false },
);

/** Opens the palette; Ctrl-K, or Cmd-K, does so anywhere. */
export function PaletteButton({ role }: { readonly role: Right }) {
  const t = useTranslations("shell");
  const [isOpen, setIsOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  if (isOpen && !wasOpened) setWasOpened(true);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setIsOpen((before) => !before);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <>
      <Button
        variant="outline"
        size="sm"
        className="text-muted-foreground gap-2 font-normal shadow-none max-sm:size-8 max-sm:p-0 sm:w-52 sm:justify-start"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setIsOpen(true)}
      >
        <Search aria-hidden />
        <span className="max-sm:sr-only">{t("search")}</span>
        <Kbd aria-hidden className="ml-auto max-sm:hidden">
          Ctrl K
        </Kbd>
      </Button>
      {wasOpened && <CommandPalette role={role} isOpen={isOpen} onOpenChange={setIsOpen} />}
    </>
  );
}

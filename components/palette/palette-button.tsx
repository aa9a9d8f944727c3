"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useState, useSyncExternalStore } from "react";
import { useShortcuts } from "@/components/palette/use-shortcuts";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import type { Right } from "@/lib/auth/member";

/** Most visits never open it. */
const CommandPalette = dynamic(
  () => import("@/components/palette/command-palette").then((module) => module.CommandPalette),
  { ssr: false },
);

const ShortcutList = dynamic(
  () => import("@/components/palette/shortcut-list").then((module) => module.ShortcutList),
  { ssr: false },
);

type Opened = "palette" | "shortcuts";

/** Opens the palette, and listens to the portal's shortcuts. */
export function PaletteButton({ role }: { readonly role: Right }) {
  const t = useTranslations("shell");
  const modifier = useModifier();
  const [opened, setOpened] = useState<Opened | null>(null);
  /** What was opened stays mounted, to fade out. */
  const [wasOpened, setWasOpened] = useState<ReadonlySet<Opened>>(new Set());
  if (opened !== null && !wasOpened.has(opened)) setWasOpened(new Set([...wasOpened, opened]));

  useShortcuts(role, {
    onPalette: () => setOpened((before) => (before === "palette" ? null : "palette")),
    onHelp: () => setOpened("shortcuts"),
  });

  return (
    <>
      <Button
        variant="outline"
        size="sm"
        className="text-muted-foreground gap-2 font-normal shadow-none max-sm:size-10 max-sm:p-0 sm:w-52 sm:justify-start"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpened("palette")}
      >
        <Search aria-hidden />
        <span className="max-sm:sr-only">{t("search")}</span>
        <Kbd aria-hidden className="ml-auto max-sm:hidden">
          {modifier} K
        </Kbd>
      </Button>
      {wasOpened.has("palette") && (
        <CommandPalette
          role={role}
          isOpen={opened === "palette"}
          onOpenChange={(isOpen) => setOpened(isOpen ? "palette" : null)}
          onShortcuts={() => setOpened("shortcuts")}
        />
      )}
      {wasOpened.has("shortcuts") && (
        <ShortcutList
          role={role}
          isOpen={opened === "shortcuts"}
          onOpenChange={(isOpen) => setOpened(isOpen ? "shortcuts" : null)}
        />
      )}
    </>
  );
}

/** The key's name on this system; the server doesn't know it. */
function useModifier(): string {
  const isApple = useSyncExternalStore(
    () => () => {},
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
  return isApple ? "⌘" : "Ctrl";
}

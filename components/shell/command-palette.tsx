"use client";

import { KeyRound, Ticket } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { navigationFor } from "@/components/shell/navigation";
import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import type { Role } from "@/lib/auth/member";
import type { PaletteTargets } from "@/lib/manage/list-palette-targets";

const NOTHING: PaletteTargets = { providers: [], tokens: [] };

/** Any page, provider or access token, found by typing. Targets are asked for each time it opens. */
export function CommandPalette({
  role,
  isOpen,
  onOpenChange,
}: {
  readonly role: Role;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("shell");
  const router = useRouter();
  const { targets, hasFailed } = usePaletteTargets(isOpen);

  function go(href: string) {
    onOpenChange(false);
    router.push(href);
  }

  return (
    <CommandDialog
      open={isOpen}
      onOpenChange={onOpenChange}
      title={t("palette.title")}
      description={t("palette.description")}
      showCloseButton={false}
      className="top-[20%] translate-y-0"
    >
      <CommandInput placeholder={t("palette.placeholder")} />
      <CommandList className="max-h-96">
        <CommandEmpty>{t("palette.empty")}</CommandEmpty>
        <CommandGroup heading={t("palette.pages")}>
          {navigationFor(role)
            .flatMap(({ entries }) => entries)
            .map(({ area, href, icon: Icon }) => (
              <CommandItem
                key={href}
                value={`page ${href}`}
                keywords={[t(`areas.${area}`)]}
                onSelect={() => go(href)}
              >
                <Icon aria-hidden />
                {t(`areas.${area}`)}
              </CommandItem>
            ))}
        </CommandGroup>
        {targets.providers.length > 0 && (
          <CommandGroup heading={t("palette.providers")}>
            {targets.providers.map(({ slug, label }) => (
              <CommandItem
                key={slug}
                value={`provider ${slug}`}
                keywords={[label]}
                onSelect={() => go(`/keys/${slug}`)}
              >
                <KeyRound aria-hidden />
                {label}
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {targets.tokens.length > 0 && (
          <CommandGroup heading={t("palette.tokens")}>
            {targets.tokens.map(({ id, name, masked }) => (
              <CommandItem
                key={id}
                value={`token ${id}`}
                keywords={[name, masked]}
                onSelect={() => go(`/tokens?q=${encodeURIComponent(name)}`)}
              >
                <Ticket aria-hidden />
                <span className="truncate">{name}</span>
                <span className="text-muted-foreground ml-auto font-mono text-xs">{masked}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {hasFailed && (
          <p role="alert" className="text-muted-foreground px-4 py-3">
            {t("palette.failed")}
          </p>
        )}
      </CommandList>
    </CommandDialog>
  );
}

function usePaletteTargets(isOpen: boolean) {
  const [targets, setTargets] = useState(NOTHING);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const leaving = new AbortController();
    readTargets(leaving.signal).then(
      (read) => {
        setTargets(read);
        setHasFailed(false);
      },
      () => setHasFailed(!leaving.signal.aborted),
    );
    return () => leaving.abort();
  }, [isOpen]);
  return { targets, hasFailed };
}

async function readTargets(signal: AbortSignal): Promise<PaletteTargets> {
  const response = await fetch("/palette", { signal, redirect: "error" });
  if (!response.ok) throw new Error(`palette: ${response.status}`);
  return response.json();
}

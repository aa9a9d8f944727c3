"use client";

import { BookOpen, KeyRound, Ticket } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { navigationFor } from "@/components/shell/navigation";
import type { PaletteAnswer } from "@/components/shell/palette-answer";
import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import type { Right } from "@/lib/auth/member";

const NOTHING: PaletteAnswer = { providers: [], tokens: [], help: [] };

/** Finds any page, provider, access token or help topic by typing. */
export function CommandPalette({
  role,
  isOpen,
  onOpenChange,
}: {
  readonly role: Right;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("shell");
  const router = useRouter();

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
      <PaletteContent role={role} go={go} />
    </CommandDialog>
  );
}

/** Rendered only while the palette is open, so that it begins empty and fetches its targets each time. */
function PaletteContent({
  role,
  go,
}: {
  readonly role: Right;
  readonly go: (href: string) => void;
}) {
  const t = useTranslations("shell");
  const { targets, hasFailed } = usePaletteTargets();
  const [search, setSearch] = useState("");
  const help = helpFor(targets, search);
  return (
    <>
      <CommandInput
        placeholder={t("palette.placeholder")}
        value={search}
        onValueChange={setSearch}
      />
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
        {help.length > 0 && (
          <CommandGroup heading={t("palette.help")}>
            {help.map(({ title, href }) => (
              <CommandItem
                key={href}
                value={`help ${href}`}
                keywords={[title]}
                onSelect={() => go(href)}
              >
                <BookOpen aria-hidden />
                {title}
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
    </>
  );
}

/** Topics whose titles contain the words: fuzzy matching would match every sentence. */
function helpFor({ help }: PaletteAnswer, search: string) {
  const words = search.trim().toLowerCase();
  return words === "" ? [] : help.filter(({ title }) => title.toLowerCase().includes(words));
}

function usePaletteTargets() {
  const [targets, setTargets] = useState(NOTHING);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    readTargets(leaving.signal).then(setTargets, () => setHasFailed(!leaving.signal.aborted));
    return () => leaving.abort();
  }, []);
  return { targets, hasFailed };
}

async function readTargets(signal: AbortSignal): Promise<PaletteAnswer> {
  const response = await fetch("/palette", { signal, redirect: "error" });
  if (!response.ok) throw new Error(`palette: ${response.status}`);
  return response.json();
}

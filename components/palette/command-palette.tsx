"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useMemo, useState } from "react";
import {
  foundTargets,
  ownTargets,
  requestTargets,
  type Target,
  type TokenChange,
  teamTargets,
  tokenTargets,
} from "@/components/palette/palette-targets";
import { rank } from "@/components/palette/rank";
import { recentTargets, rememberTarget } from "@/components/palette/recent-targets";
import { usePaletteAnswer, usePaletteFinds } from "@/components/palette/use-palette-answer";
import { useSetTokenStatus } from "@/components/palette/use-set-token-status";
import {
  Command,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import type { Right } from "@/lib/auth/member";

/** Further ones are found by typing more. */
const SHOWN_MAX = 40;
const RECENT_SHOWN = 6;

/** Finds pages, what the team has, and help by typing, and does what is done most. */
export function CommandPalette({
  role,
  isOpen,
  onOpenChange,
  onShortcuts,
}: {
  readonly role: Right;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Shows the list of shortcuts. */
  readonly onShortcuts: () => void;
}) {
  const t = useTranslations("shell.palette");
  /** Counts openings: one that is opened while it still fades out starts over, too. */
  const [opening, setOpening] = useState({ isOpen, count: 0 });
  if (opening.isOpen !== isOpen) setOpening({ isOpen, count: opening.count + (isOpen ? 1 : 0) });
  return (
    <Dialog open={isOpen} onOpenChange={onOpenChange}>
      <DialogContent
        showCloseButton={false}
        className="top-4 translate-y-0 overflow-hidden p-0 sm:top-[15%] sm:max-w-xl"
      >
        <DialogHeader className="sr-only">
          <DialogTitle>{t("title")}</DialogTitle>
          <DialogDescription>{t("description")}</DialogDescription>
        </DialogHeader>
        <PaletteContent
          key={opening.count}
          role={role}
          close={() => onOpenChange(false)}
          onShortcuts={onShortcuts}
        />
      </DialogContent>
    </Dialog>
  );
}

/** Rendered only while the palette is open, so that it begins empty and fetches its targets each time. */
function PaletteContent({
  role,
  close,
  onShortcuts,
}: {
  readonly role: Right;
  readonly close: () => void;
  readonly onShortcuts: () => void;
}) {
  const t = useTranslations("shell");
  const router = useRouter();
  const { setTheme } = useTheme();
  const setTokenStatus = useSetTokenStatus();
  const { answer, hasFailed } = usePaletteAnswer();
  const [query, setQuery] = useState("");
  /** What is done to the token that is chosen next; null in the palette's first list. */
  const [change, setChange] = useState<TokenChange | null>(null);
  const [recent] = useState(recentTargets);
  const finds = usePaletteFinds(change === null ? query : "");
  const own = useMemo(() => ownTargets(t, role), [t, role]);
  const all = useMemo(() => [...own, ...teamTargets(answer, role)], [own, answer, role]);
  const isBlank = query.trim() === "";
  const found = useMemo(() => {
    if (change !== null) {
      const tokens = tokenTargets(answer, change);
      return isBlank ? tokens : rank(tokens, query, recent);
    }
    if (isBlank) return [];
    // What is typed in full comes first; what the server found contains the query.
    const known = rank(all, query, recent);
    return [...requestTargets(query), ...known, ...foundTargets(finds)];
  }, [all, answer, change, finds, isBlank, query, recent]);

  function choose({ id, effect }: Target) {
    if (effect.kind !== "token") rememberTarget(id);
    if (effect.kind === "choose") {
      setChange(effect.what);
      setQuery("");
      return;
    }
    close();
    if (effect.kind === "open") router.push(effect.href);
    else if (effect.kind === "theme") setTheme(effect.theme);
    else if (effect.kind === "shortcuts") onShortcuts();
    else void setTokenStatus(effect.id, effect.what);
  }

  const item = (target: Target) => (
    <PaletteItem key={target.id} target={target} onSelect={() => choose(target)} />
  );
  const lately = recent
    .flatMap((id) => all.find((target) => target.id === id) ?? [])
    .slice(0, RECENT_SHOWN);
  const isFirst = change === null && isBlank;
  return (
    <Command shouldFilter={false} label={t("palette.title")}>
      <CommandInput
        placeholder={change === null ? t("palette.placeholder") : t(`palette.choose.${change}`)}
        value={query}
        onValueChange={setQuery}
        onKeyDown={(event) => {
          if (event.key === "Backspace" && query === "") setChange(null);
        }}
      />
      <CommandList className="max-h-[min(26rem,60dvh)]">
        {isFirst && (
          <>
            {lately.length > 0 && (
              <CommandGroup heading={t("palette.recent")}>{lately.map(item)}</CommandGroup>
            )}
            {(["page", "action"] as const).map((kind) => (
              <CommandGroup key={kind} heading={t(`palette.groups.${kind}`)}>
                {own.filter((target) => target.kind === kind && !lately.includes(target)).map(item)}
              </CommandGroup>
            ))}
          </>
        )}
        {found.length > 0 && <CommandGroup>{found.slice(0, SHOWN_MAX).map(item)}</CommandGroup>}
        {!isFirst && found.length === 0 && (
          <p role="status" className="py-6 text-center text-sm">
            {t(change !== null && isBlank ? "palette.noToken" : "palette.empty")}
          </p>
        )}
        {hasFailed && (
          <p role="alert" className="text-muted-foreground px-4 py-3">
            {t("palette.failed")}
          </p>
        )}
      </CommandList>
    </Command>
  );
}

function PaletteItem({
  target: { id, kind, label, detail, icon: Icon },
  onSelect,
}: {
  readonly target: Target;
  readonly onSelect: () => void;
}) {
  const t = useTranslations("shell.palette.kinds");
  return (
    <CommandItem value={id} onSelect={onSelect} className="min-h-10 gap-2.5">
      <Icon aria-hidden />
      <span className="truncate">{label}</span>
      {detail !== null && (
        <span className="text-muted-foreground min-w-0 truncate text-xs">{detail}</span>
      )}
      <span aria-hidden className="text-muted-foreground ml-auto shrink-0 pl-2 text-xs">
        {t(kind)}
      </span>
    </CommandItem>
  );
}

"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef } from "react";
import { nextRow, readShortcut } from "@/components/palette/shortcuts";
import { areSingleKeysOn } from "@/components/palette/single-keys";
import { navigationFor } from "@/components/shell/navigation";
import type { Right } from "@/lib/auth/member";

/** Acts on the shortcuts' keys, unless something is typed into or a dialog is open. */
export function useShortcuts(
  role: Right,
  { onPalette, onHelp }: { readonly onPalette: () => void; readonly onHelp: () => void },
): void {
  const router = useRouter();
  const startedMs = useRef<number | null>(null);

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const read = readShortcut(event, startedMs.current, event.timeStamp);
    if (read.shortcut?.kind === "palette") {
      startedMs.current = null;
      event.preventDefault();
      onPalette();
      return;
    }
    if (event.defaultPrevented || isTaken(event.target) || !areSingleKeysOn()) return;
    startedMs.current = read.startedMs;
    const { shortcut } = read;
    if (shortcut === null) return;
    event.preventDefault();
    if (shortcut.kind === "help") onHelp();
    else if (shortcut.kind === "search") searchPage(onPalette);
    else if (shortcut.kind === "move") moveFocus(shortcut.by);
    else if (shortcut.kind === "go" && mayOpen(role, shortcut.href)) router.push(shortcut.href);
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function mayOpen(role: Right, href: string): boolean {
  return navigationFor(role).some(({ entries }) => entries.some((entry) => entry.href === href));
}

/** Fields, menus and dialogs use letters themselves. */
function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") !== null)
    return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role=combobox], [role=listbox]") !== null)
  );
}

/** The page's own search field; the palette if it has none. */
function searchPage(onPalette: () => void): void {
  const field = document.querySelector<HTMLInputElement>("main input[type=search]");
  if (field === null) onPalette();
  else field.focus();
}

/** What opens a row: its link that says so, or its first link or button. */
const OPENS = "[data-opens], a[href], button:not([role=checkbox])";

function moveFocus(by: 1 | -1): void {
  const rows = [...document.querySelectorAll("main tbody tr")].flatMap(
    (row) =>
      row.querySelector<HTMLElement>("[data-opens]") ?? row.querySelector<HTMLElement>(OPENS) ?? [],
  );
  const at = rows.findIndex((each) => each.closest("tr")?.contains(document.activeElement));
  const next = rows[nextRow(at, by, rows.length)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

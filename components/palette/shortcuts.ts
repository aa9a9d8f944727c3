/**
 * The keys that act anywhere in the portal while nothing is typed into.
 * @module
 */

/** Where `g` and a second key lead; only to what the navigation lists. */
export const DESTINATIONS: Readonly<Record<string, string>> = {
  o: "/",
  k: "/keys",
  u: "/usage",
  r: "/requests",
  t: "/tokens",
  a: "/routes",
  p: "/playground",
  m: "/team",
  l: "/audit",
  s: "/settings",
  h: "/help",
};

/** How long `g` waits for the second key. */
export const SEQUENCE_MS = 1_500;

export type Shortcut =
  | { readonly kind: "palette" | "search" | "help" }
  /** To the next or previous row of the page's list. */
  | { readonly kind: "move"; readonly by: 1 | -1 }
  | { readonly kind: "go"; readonly href: string };

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key means, and whether the next one belongs to it. */
export interface Reading {
  readonly shortcut: Shortcut | null;
  /** When `g` was pressed, if the next key completes it; in milliseconds. Null for none. */
  readonly startedMs: number | null;
}

/** @param startedMs From the reading before. */
export function readShortcut(pressed: Pressed, startedMs: number | null, nowMs: number): Reading {
  const { key, ctrlKey, metaKey, altKey } = pressed;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k")
    return only({ kind: "palette" });
  if (ctrlKey || metaKey || altKey) return NONE;
  if (startedMs !== null && nowMs - startedMs <= SEQUENCE_MS) {
    const href = Object.hasOwn(DESTINATIONS, key) ? DESTINATIONS[key] : undefined;
    return href === undefined ? NONE : only({ kind: "go", href });
  }
  switch (key) {
    case "g":
      return { shortcut: null, startedMs: nowMs };
    case "/":
      return only({ kind: "search" });
    case "?":
      return only({ kind: "help" });
    case "j":
      return only({ kind: "move", by: 1 });
    case "k":
      return only({ kind: "move", by: -1 });
    default:
      return NONE;
  }
}

const NONE: Reading = { shortcut: null, startedMs: null };

function only(shortcut: Shortcut): Reading {
  return { shortcut, startedMs: null };
}

/** Which of `count` rows comes next; stays at the ends. @param at -1 while none is current. */
export function nextRow(at: number, by: 1 | -1, count: number): number {
  if (count === 0) return -1;
  if (at < 0) return by === 1 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + by));
}

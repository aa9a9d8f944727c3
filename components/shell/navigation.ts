/**
 * The pages of the portal, as listed in the sidebar and the palette.
 * @module
 */
import {
  BookOpen,
  ChartColumn,
  KeyRound,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  Route,
  ScrollText,
  Settings,
  Ticket,
  Users,
} from "lucide-react";
import type { Messages } from "@/i18n/messages";
import { type Right, roleAllows } from "@/lib/auth/member";

export interface NavigationEntry {
  /** The name of its text in the `shell` messages. */
  readonly area: keyof Messages["shell"]["areas"];
  readonly href: string;
  readonly icon: LucideIcon;
  /** The least right to open it. */
  readonly role: Right;
  /** Those with this right find it in another area, and not in the list. */
  readonly unless?: Right;
}

export interface NavigationGroup {
  /** The name of its text in the `shell` messages; null for the first, which has none. */
  readonly name: keyof Messages["shell"]["groups"] | null;
  readonly entries: readonly NavigationEntry[];
}

const groups: readonly NavigationGroup[] = [
  {
    name: null,
    entries: [
      { area: "overview", href: "/", icon: LayoutDashboard, role: "viewer" },
      { area: "keys", href: "/keys", icon: KeyRound, role: "viewer" },
      { area: "usage", href: "/usage", icon: ChartColumn, role: "viewer" },
      { area: "requests", href: "/requests", icon: ListTree, role: "viewer" },
      { area: "tokens", href: "/tokens", icon: Ticket, role: "viewer" },
      { area: "routes", href: "/routes", icon: Route, role: "viewer" },
      { area: "playground", href: "/playground", icon: MessagesSquare, role: "member" },
    ],
  },
  {
    name: "manage",
    entries: [
      { area: "team", href: "/team", icon: Users, role: "admin" },
      { area: "groups", href: "/team/groups", icon: Users, role: "groupAdmin", unless: "admin" },
      { area: "audit", href: "/audit", icon: ScrollText, role: "admin" },
      { area: "settings", href: "/settings", icon: Settings, role: "admin" },
      { area: "help", href: "/help", icon: BookOpen, role: "viewer" },
    ],
  },
];

/** What a member may open; empty groups are left out. */
export function navigationFor(right: Right): readonly NavigationGroup[] {
  return groups
    .map(({ name, entries }) => ({
      name,
      entries: entries.filter(
        ({ role, unless }) =>
          roleAllows(right, role) && (unless === undefined || !roleAllows(right, unless)),
      ),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** The page to which a path belongs, of the listed ones; undefined for others. */
export function navigationEntryOf(path: string, listed = groups): NavigationEntry | undefined {
  return listed
    .flatMap(({ entries }) => entries)
    .filter(({ href }) => path === href || (href !== "/" && path.startsWith(`${href}/`)))
    .reduce<NavigationEntry | undefined>(
      (longest, entry) => (entry.href.length > (longest?.href.length ?? 0) ? entry : longest),
      undefined,
    );
}

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
import { type Role, roleAllows } from "@/lib/auth/member";

export interface NavigationEntry {
  /** The name of its text in the `shell` messages. */
  readonly area: keyof Messages["shell"]["areas"];
  readonly href: string;
  readonly icon: LucideIcon;
  /** The minimum role that may open it. */
  readonly role: Role;
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
      { area: "audit", href: "/audit", icon: ScrollText, role: "admin" },
      { area: "settings", href: "/settings", icon: Settings, role: "admin" },
      { area: "help", href: "/help", icon: BookOpen, role: "viewer" },
    ],
  },
];

/** What a member may open; empty groups are left out. */
export function navigationFor(role: Role): readonly NavigationGroup[] {
  return groups
    .map(({ name, entries }) => ({
      name,
      entries: entries.filter((entry) => roleAllows(role, entry.role)),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** The page to which a path belongs; undefined for unlisted ones. */
export function navigationEntryOf(path: string): NavigationEntry | undefined {
  return groups
    .flatMap(({ entries }) => entries)
    .find(({ href }) => path === href || (href !== "/" && path.startsWith(`${href}/`)));
}

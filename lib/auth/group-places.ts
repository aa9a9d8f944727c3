/**
 * Which groups here a directory's groups give: `OIDC_GROUPS`, such as `search-team=search;search-leads=search:admin`.
 * @module
 */
import type { GroupRole } from "../db/schema/team-schema";
import { claimedGroups } from "./group-roles";

interface GroupPlace {
  /** The directory's group; `*` is anyone who can sign in at the directory. */
  readonly claimed: string;
  /** A group's name or id. */
  readonly group: string;
  readonly role: GroupRole;
}

/**
 * For each group that the directory decides about, by its name or id: the member's role in it, null for none. What it
 * doesn't name stays as admins of the team set it.
 */
export type GroupPlaces = ReadonlyMap<string, GroupRole | null>;

const ADMIN = /\s*:\s*admin$/;

/** Null for an entry that can't be read. A directory's group may contain `=`; a name here that does is given by its id. */
export function parseGroupPlace(entry: string): GroupPlace | null {
  const split = entry.lastIndexOf("=");
  const claimed = entry.slice(0, Math.max(0, split)).trim();
  const text = entry.slice(split + 1).trim();
  const group = text.replace(ADMIN, "");
  if (claimed === "" || group === "") return null;
  return { claimed, group, role: group === text ? "member" : "admin" };
}

/** @param claim Names as a list, or one. @returns Null if the directory decides about no group. */
export function placesOf(text: string | undefined, claim: unknown): GroupPlaces | null {
  const claimed = new Set(claimedGroups(claim));
  const places = new Map<string, GroupRole | null>();
  for (const entry of (text ?? "").split(";")) {
    const place = parseGroupPlace(entry);
    if (place === null) continue;
    const { group, role } = place;
    const known = places.get(group) ?? null;
    const isIn = place.claimed === "*" || claimed.has(place.claimed);
    places.set(group, known === "admin" || !isIn ? known : role);
  }
  return places.size === 0 ? null : places;
}

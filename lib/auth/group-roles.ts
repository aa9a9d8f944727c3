/**
 * Which role a directory's groups give: `OIDC_ROLES`, such as `admins=admin;engineering=member;*=viewer`.
 * @module
 */
import { ROLES, type Role, roleAllows } from "./member";

/** By the group's name; `*` is anyone who can sign in at the directory. */
export type GroupRoles = ReadonlyMap<string, Role>;

/** Null if the text is empty; invalid entries give no role to anyone. */
export function parseGroupRoles(text: string | undefined): GroupRoles | null {
  const entries = (text ?? "").split(";").map((entry) => entry.trim());
  if (entries.every((entry) => entry === "")) return null;
  return new Map(
    entries.flatMap((entry): [string, Role][] => {
      // A group's name may contain `=`, as in `CN=admins,DC=example`.
      const split = entry.lastIndexOf("=");
      const role = ROLES.find((each) => each === entry.slice(split + 1).trim());
      const group = entry.slice(0, Math.max(0, split)).trim();
      return role === undefined || group === "" ? [] : [[group, role]];
    }),
  );
}

/** The highest role that the groups give; null for none. @param claim Names as a list, or one. */
export function roleOfGroups(roles: GroupRoles, claim: unknown): Role | null {
  let highest: Role | null = roles.get("*") ?? null;
  for (const group of claimedGroups(claim)) {
    // The wildcard is no name: a group called `*` gives what everyone has.
    const role = roles.get(group);
    if (role !== undefined && (highest === null || roleAllows(role, highest))) highest = role;
  }
  return highest;
}

/** The names in a claim. @param claim Names as a list, or one. */
export function claimedGroups(claim: unknown): readonly string[] {
  const groups = typeof claim === "string" ? [claim] : Array.isArray(claim) ? claim : [];
  return groups.filter((group) => typeof group === "string");
}

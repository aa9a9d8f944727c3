import type { Role } from "../db/schema/team-schema";

export type { Role };

/** A signed-in member, in their current state. */
export interface Member {
  /** `us_…` */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly image: string | null;
  readonly role: Role;
  /** The browser of this session, see `known-browser.ts`; null if unknown. */
  readonly browserId: string | null;
}

export const ROLES: readonly Role[] = ["admin", "member", "viewer"];

/** What someone may do: `groupAdmin` is a member who is an admin of a group, and tends what is that group's. */
export type Right = Role | "groupAdmin";

const RANK: Readonly<Record<Right, number>> = { viewer: 0, member: 1, groupAdmin: 2, admin: 3 };

/** Whether someone has the rights of `least`: viewer < member < groupAdmin < admin. */
export function roleAllows(right: Right, least: Right): boolean {
  return RANK[right] >= RANK[least];
}

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

const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Whether a role includes the rights of `least`: viewer < member < admin. */
export function roleAllows(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

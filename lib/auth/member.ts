import type { Role } from "../db/schema/team-schema";

export type { Role };

/** A person who is signed in, as the store knows them now. */
export interface Member {
  /** `us_…` */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly image: string | null;
  readonly role: Role;
  /** The browser that this session is of, see `known-browser.ts`; null where it is not known. */
  readonly browserId: string | null;
}

export const ROLES: readonly Role[] = ["admin", "member", "viewer"];

const RANK: Readonly<Record<Role, number>> = { viewer: 0, member: 1, admin: 2 };

/** Whether a role may do what `least` may: viewer < member < admin. */
export function roleAllows(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

import type { TokenReach } from "../db/access-tokens";
import type { Role } from "../db/team-schema";

export type { TokenReach };

/** Which access tokens a member of the team may see and change: admins all, others their own. */
export function tokenReach({ id, role }: { readonly id: string; readonly role: Role }): TokenReach {
  return role === "admin" ? "everyone" : { ownerId: id };
}

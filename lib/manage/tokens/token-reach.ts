import type { Role } from "../../db/schema/team-schema";
import { getAccessToken, type TokenReach } from "../../db/tokens/access-tokens";
import type { ManageContext } from "../manage-context";

export type { TokenReach };

/**
 * The access tokens that a member may see and change: all for admins of the team; otherwise their own, and if they aren't
 * only a viewer, those of the groups of which they are an admin. What a group's admin may do is decided here, and by the
 * store when it reads: someone who no longer is one reaches nothing from then on.
 */
export function tokenReach({ id, role }: { readonly id: string; readonly role: Role }): TokenReach {
  if (role === "admin") return "everyone";
  return role === "member" ? { ownerId: id, withGroups: true } : { ownerId: id };
}

/** Whether a member may see what a token was used for: of their own tokens, and those that they manage. */
export async function reachesToken(
  { db }: ManageContext,
  member: { readonly id: string; readonly role: Role },
  tokenId: string | null,
): Promise<boolean> {
  if (tokenId === null) return false;
  return (await getAccessToken(db, tokenReach(member), tokenId)) !== undefined;
}

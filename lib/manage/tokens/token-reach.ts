import type { Role } from "../../db/schema/team-schema";
import type { TokenReach } from "../../db/tokens/access-tokens";
import { ManageError } from "../manage-error";

export type { TokenReach };

/** Which access tokens a member of the team may see and change: admins all, others their own. */
export function tokenReach({ id, role }: { readonly id: string; readonly role: Role }): TokenReach {
  return role === "admin" ? "everyone" : { ownerId: id };
}

/**
 * Who will own a token that a member makes: the member, or (null) the team.
 * @throws {ManageError} `invalid_input` if one who is no admin wants it to be the team's.
 */
export function newTokenOwner(
  { id, role }: { readonly id: string; readonly role: Role },
  wanted: "me" | "team",
): string | null {
  if (wanted === "me") return id;
  if (role === "admin") return null;
  throw new ManageError("invalid_input", "only admins make tokens of the team", [
    { path: "owner", message: "only admins make tokens of the team" },
  ]);
}

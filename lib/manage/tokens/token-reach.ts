import type { Role } from "../../db/schema/team-schema";
import type { TokenReach } from "../../db/tokens/access-tokens";
import { ManageError } from "../manage-error";

export type { TokenReach };

/** The access tokens that a member may see and change: all for admins, otherwise their own. */
export function tokenReach({ id, role }: { readonly id: string; readonly role: Role }): TokenReach {
  return role === "admin" ? "everyone" : { ownerId: id };
}

/**
 * The owner of a token that a member creates: the member, or (null) the team.
 * @throws {ManageError} `invalid_input` if someone other than an admin wants a team token.
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

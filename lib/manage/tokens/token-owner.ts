import { rootCause } from "../../db/root-cause";
import { type ListedMember, listMembers } from "../../db/team/members";
import type { TokenReach } from "../../db/tokens/access-tokens";
import { OWNER_GONE } from "../../db/tokens/token-owners";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** Who can have tokens, to choose from. */
export interface OwnerChoice {
  readonly id: string;
  readonly name: string;
}

/** Members who may have tokens, by name. */
export async function listOwnerChoices({ db }: ManageContext): Promise<readonly OwnerChoice[]> {
  return ownersAmong(await listMembers(db));
}

/** Those of the members who may have tokens, by name. */
export function ownersAmong(
  members: readonly Pick<ListedMember, "id" | "name" | "role">[],
): readonly OwnerChoice[] {
  return members
    .filter(({ role }) => role !== "viewer")
    .map(({ id, name }) => ({ id, name }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

/**
 * Checks that a token may get this owner: everyone on the team who isn't a viewer, or the team (null), if an admin says
 * so; otherwise only the caller.
 * @throws {ManageError} `invalid_input`.
 */
export async function assertMayOwn(
  { db }: ManageContext,
  reach: TokenReach,
  ownerId: string | null,
): Promise<void> {
  if (reach !== "everyone") {
    if (ownerId === reach.ownerId) return;
    throw wrongOwner("only admins choose a token's owner");
  }
  if (ownerId === null) return;
  const [member] = await listMembers(db, ownerId);
  if (member === undefined) throw wrongOwner("no such member");
  if (member.role === "viewer") throw wrongOwner("viewers have no tokens");
}

/**
 * Runs a change whose transaction ends with `assertOwner`.
 * @throws {ManageError} `conflict` if the owner was removed or became a viewer in the meantime.
 */
export async function withOwner<Result>(changing: Promise<Result>): Promise<Result> {
  try {
    return await changing;
  } catch (error) {
    if (!String(rootCause(error)).includes(OWNER_GONE)) throw error;
    throw new ManageError("conflict", "the owner was removed or became a viewer in the meantime");
  }
}

function wrongOwner(message: string): ManageError {
  return new ManageError("invalid_input", message, [{ path: "owner", message }]);
}

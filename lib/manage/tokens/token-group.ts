import { findGroupRole } from "../../db/team/groups";
import type { TokenReach } from "../../db/tokens/access-tokens";
import { assertGroups } from "../groups/find-group";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/**
 * Checks that a token may belong to a group: any that exists if an admin says so, otherwise one that its owner is in.
 * @throws {ManageError} `invalid_input`.
 */
export async function assertMayJoin(
  context: ManageContext,
  reach: TokenReach,
  groupId: string,
): Promise<void> {
  await assertGroups(context, [groupId], "group");
  if (reach === "everyone") return;
  if ((await findGroupRole(context.db, groupId, reach.ownerId)) !== undefined) return;
  const message = "only members of the group have tokens in it";
  throw new ManageError("invalid_input", message, [{ path: "group", message }]);
}

/**
 * Checks that a token without a group gets one, or keeps its own: what it used belongs to the group.
 * @throws {ManageError} `conflict`.
 */
export function assertJoinsOnce(current: string | null, wanted: string | null | undefined): void {
  if (wanted === undefined || wanted === current || current === null) return;
  const message =
    "a token stays in its group, because what it used is the group's: create another token";
  throw new ManageError("conflict", message, [{ path: "group", message }]);
}

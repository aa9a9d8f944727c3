import { hasWrongGroups } from "../../db/team/groups";
import { ManageError } from "../manage-error";

/**
 * Runs a change whose transaction ends with `ASSERT_GROUPS`.
 * @throws {ManageError} `conflict` if keys of one quota domain would serve different groups, or a member is no longer in
 * the group that a token would join.
 */
export async function withGroups<Result>(changing: Promise<Result>): Promise<Result> {
  try {
    return await changing;
  } catch (error) {
    if (!hasWrongGroups(error)) throw error;
    const message =
      "keys of one quota domain must serve the same groups, and every group must exist, with the token's owner in it: change all keys of the domain at once";
    throw new ManageError("conflict", message, [{ path: "groups", message }]);
  }
}

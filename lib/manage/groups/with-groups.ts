import { hasWrongGroups } from "../../db/team/groups";
import { ManageError } from "../manage-error";

/**
 * Runs a change whose transaction ends with `ASSERT_GROUPS`.
 * @throws {ManageError} `conflict` if keys of one quota domain would serve different groups.
 */
export async function withGroups<Result>(changing: Promise<Result>): Promise<Result> {
  try {
    return await changing;
  } catch (error) {
    if (!hasWrongGroups(error)) throw error;
    const message =
      "keys of one quota domain must serve the same groups, and every group must exist: change all keys of the domain at once";
    throw new ManageError("conflict", message, [{ path: "groups", message }]);
  }
}

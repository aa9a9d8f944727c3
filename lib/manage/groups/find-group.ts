import { type ListedGroup, listGroupNames, listGroups } from "../../db/team/groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** @throws {ManageError} `not_found`. */
export async function findGroup({ db }: ManageContext, id: string): Promise<ListedGroup> {
  const [group] = await listGroups(db, id);
  if (group === undefined) throw new ManageError("not_found", "no such group");
  return group;
}

/**
 * Checks that groups exist.
 * @param path Where the input names them.
 * @throws {ManageError} `invalid_input` that says which one doesn't.
 */
export async function assertGroups(
  { db }: ManageContext,
  ids: readonly string[],
  path: string,
): Promise<void> {
  if (ids.length === 0) return;
  const known = new Set((await listGroupNames(db)).map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown === undefined) return;
  const message = `there is no group ${JSON.stringify(unknown)}`;
  throw new ManageError("invalid_input", message, [{ path, message }]);
}

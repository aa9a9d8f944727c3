import { listGroupsOf } from "../../db/team/group-parts";
import type { ManageContext } from "../manage-context";
import type { UsageReader } from "../usage/usage-scope";

/** A group by name. */
export interface GroupChoice {
  readonly id: string;
  readonly name: string;
}

/** The groups that a reader may name, sorted by name: an admin all of them, anyone else those they are in. */
export function listGroupChoices(
  { db }: ManageContext,
  { id, role }: UsageReader,
): Promise<readonly GroupChoice[]> {
  return listGroupsOf(db, role === "admin" ? null : id);
}

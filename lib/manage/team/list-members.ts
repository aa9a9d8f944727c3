import { type ListedMember, listMembers as readMembers } from "../../db/team/members";
import type { ManageContext } from "../manage-context";

export type { ListedMember };

/** Everyone on the team, in the order they joined. */
export async function listMembers({ db }: ManageContext): Promise<readonly ListedMember[]> {
  return readMembers(db);
}

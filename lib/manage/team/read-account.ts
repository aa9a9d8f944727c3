import { type ListedMember, listMembers } from "../../db/team/members";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** The acting member's own row. @throws {ManageError} `not_found` if it no longer exists. */
export async function readAccount({ db, actor }: ManageContext): Promise<ListedMember> {
  const [account] = await listMembers(db, actor.id);
  if (account === undefined) throw new ManageError("not_found", "there is no such member");
  return account;
}

import { type ListedMember, listMembers } from "../../db/team/members";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** @throws {ManageError} `not_found` */
export async function readMember({ db }: ManageContext, id: string): Promise<ListedMember> {
  const [member] = await listMembers(db, id);
  if (member === undefined) throw new ManageError("not_found", "there is no such member");
  return member;
}

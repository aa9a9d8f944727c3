import type { UserRow } from "../../db/schema/team-schema";
import { findUserById } from "../../db/team/users";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** @throws {ManageError} `not_found` */
export async function findMember({ db }: ManageContext, id: string): Promise<UserRow> {
  const user = await findUserById(db, id);
  if (user === undefined) throw new ManageError("not_found", "there is no such member");
  return user;
}

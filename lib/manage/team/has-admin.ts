import { hasAdmin as readHasAdmin } from "../../db/team/users";
import type { ManageContext } from "../manage-context";

/** Whether the team has its first admin; until then, the set-up page is open. */
export async function hasAdmin({ db }: Pick<ManageContext, "db">): Promise<boolean> {
  return readHasAdmin(db);
}

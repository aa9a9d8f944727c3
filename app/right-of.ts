import { type Member, type Right, roleAllows } from "@/lib/auth/member";
import { listTendedGroups } from "@/lib/manage/groups/group-access";
import type { ManageContext } from "@/lib/manage/manage-context";

/** A member's role, or `groupAdmin` for a member who is an admin of a group. Reads the store for members only. */
export async function rightOf(
  context: ManageContext,
  member: Pick<Member, "id" | "role">,
): Promise<Right> {
  if (member.role !== "member") return member.role;
  return (await listTendedGroups(context, member)).length > 0 ? "groupAdmin" : "member";
}

/** Whether a member has at least a right. */
export async function mayUse(
  context: ManageContext,
  member: Pick<Member, "id" | "role">,
  least: Right,
): Promise<boolean> {
  if (roleAllows(member.role, least)) return true;
  return least === "groupAdmin" && roleAllows(await rightOf(context, member), least);
}

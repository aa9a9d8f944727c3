/**
 * What members of the team may do with what belongs to groups. Admins of the team may do everything; a group's admin,
 * a member of the team, tends what is the group's: its tokens (`tokenReach`), its keys, and nothing else.
 * @module
 */
import { listGroupsOf } from "../../db/team/group-parts";
import { findGroupRole } from "../../db/team/groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { UsageReader } from "../usage/usage-scope";
import type { GroupChoice } from "./list-group-choices";

/** The groups to which someone may add keys, sorted by name: an admin of the team all, a group's admin those. */
export async function listTendedGroups(
  { db }: ManageContext,
  { id, role }: UsageReader,
): Promise<readonly GroupChoice[]> {
  if (role === "viewer") return [];
  return role === "admin" ? listGroupsOf(db, null) : listGroupsOf(db, id, "admin");
}

/** @throws {ManageError} `not_found` unless someone is an admin of the team or of this group. */
export async function assertTendsGroup(
  { db }: ManageContext,
  { id, role }: UsageReader,
  groupId: string,
): Promise<void> {
  if (role === "admin") return;
  if (role === "member" && (await findGroupRole(db, groupId, id)) === "admin") return;
  throw new ManageError("not_found", "no such group");
}

/**
 * The groups that new keys may serve; null for any, and for everyone: then the caller isn't restricted to some groups.
 */
export async function ownGroups({
  db,
  shownTo,
}: ManageContext): Promise<ReadonlySet<string> | null> {
  if (shownTo === undefined) return null;
  return new Set((await listGroupsOf(db, shownTo, "admin")).map(({ id }) => id));
}

/**
 * Why keys may not be added for these groups; null if they may.
 * @param own As returned by `ownGroups`.
 */
export function notOwn(
  own: ReadonlySet<string> | null,
  groups: readonly string[] | null,
): string | null {
  if (own === null) return null;
  const isOwn = groups !== null && groups.length > 0 && groups.every((id) => own.has(id));
  return isOwn ? null : "groups: choose groups of which you are an admin";
}

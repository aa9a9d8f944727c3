import type { AuditRow } from "../../db/schema/team-schema";
import { listGroupAudit } from "../../db/team/group-audit";
import type { ManageContext } from "../manage-context";

const CHANGES_MAX = 50;

/**
 * What people did to a group, its tokens and the keys that serve it alone, newest first. From where they did it, only
 * admins of the team see.
 */
export async function listGroupChanges(
  { db, shownTo }: ManageContext,
  groupId: string,
): Promise<readonly AuditRow[]> {
  const entries = await listGroupAudit(db, groupId, CHANGES_MAX);
  if (shownTo === undefined) return entries;
  return entries.map((entry) => ({ ...entry, ip: null, userAgent: null }));
}

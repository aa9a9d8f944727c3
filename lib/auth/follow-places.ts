import type { Database } from "../db/open-database";
import type { UserRow } from "../db/schema/team-schema";
import { type Actor, auditChange } from "../db/team/audit-log";
import {
  deleteGroupMember,
  listGroupNames,
  listGroupRoles,
  putGroupMember,
} from "../db/team/groups";
import type { GroupPlaces } from "./group-places";

/** Gives a member the places in groups that a directory gives, and takes those that it no longer gives. */
export async function followPlaces(
  db: Database,
  { id: userId, email }: Pick<UserRow, "id" | "email">,
  places: GroupPlaces,
  { provider, from }: { readonly provider: string; readonly from: Pick<Actor, "ip" | "userAgent"> },
  nowMs: number,
): Promise<void> {
  const [groups, roles] = await Promise.all([listGroupNames(db), listGroupRoles(db, userId)]);
  const actor = { kind: "user", id: userId, name: email, ...from } as const;
  for (const { id: groupId, name } of groups) {
    const wanted = places.has(groupId) ? places.get(groupId) : places.get(name);
    const known = roles.get(groupId);
    if (wanted === undefined || wanted === (known ?? null)) continue;
    const subject = { kind: "group", id: groupId, name };
    const before = known === undefined ? undefined : { member: email, role: known };
    if (wanted !== null) {
      const after = { member: email, role: wanted, by: provider };
      const entry = { action: "group.put-member", subject, before, after };
      await putGroupMember(db, groupId, userId, wanted, auditChange(actor, entry, nowMs), nowMs);
      continue;
    }
    const entry = { action: "group.remove-member", subject, before, after: { by: provider } };
    const revoked = {
      action: "access-token.revoke",
      subject: { kind: "access-token", id: null, name: email },
      after: { group: groupId },
    };
    await deleteGroupMember(db, {
      ...{ groupId, userId, nowMs },
      audit: auditChange(actor, entry, nowMs),
      tokenAudit: auditChange(actor, revoked, nowMs),
    });
  }
}

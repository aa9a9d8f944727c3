import { auditChange } from "../../db/team/audit-log";
import { deleteGroupMember, putGroupMember as writeMember } from "../../db/team/groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findMember } from "../team/find-member";
import { findGroup } from "./find-group";
import type { PutGroupMemberInput } from "./group-schemas";

/**
 * Adds a member of the team to a group, changes their role in it, or removes them from it, which revokes their tokens
 * of the group.
 * @throws {ManageError} `not_found`.
 */
export async function putGroupMember(
  context: ManageContext,
  id: string,
  { userId, role }: PutGroupMemberInput,
): Promise<{ readonly revokedTokens: number }> {
  const { db, actor, nowMs } = context;
  const group = await findGroup(context, id);
  const { email } = await findMember(context, userId);
  const known = group.members.find((member) => member.id === userId);
  if (known?.role === (role ?? undefined)) return { revokedTokens: 0 };
  const atMs = nowMs();
  const subject = { kind: "group", id, name: group.name };
  const before = known === undefined ? undefined : { member: email, role: known.role };
  if (role === null) {
    const entry = { action: "group.remove-member", subject, before };
    const revoked = {
      action: "access-token.revoke",
      subject: { kind: "access-token", id: null, name: email },
      after: { group: id },
    };
    return {
      revokedTokens: await deleteGroupMember(db, {
        ...{ groupId: id, userId, nowMs: atMs },
        audit: auditChange(actor, entry, atMs),
        tokenAudit: auditChange(actor, revoked, atMs),
      }),
    };
  }
  const entry = { action: "group.put-member", subject, before, after: { member: email, role } };
  const audit = auditChange(actor, entry, atMs);
  if (await writeMember(db, id, userId, role, audit, atMs)) return { revokedTokens: 0 };
  throw new ManageError("not_found", "no such group, or no such member");
}

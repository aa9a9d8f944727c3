import { hashPassword } from "../../crypto/hash-password";
import { auditChange } from "../../db/team/audit-log";
import { NEXT_SESSION_VERSION, updateMember } from "../../db/team/members";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { confirmPassword } from "./confirm-password";
import { findMember } from "./find-member";
import type { ChangePasswordInput } from "./team-schemas";

/**
 * Sets another password for the acting member and ends all sessions, including this one. A member who has only signed
 * in through another service has no current password to confirm.
 * @throws {ManageError} As `confirmPassword`, on `currentPassword`.
 */
export async function changePassword(
  context: ManageContext,
  { currentPassword, newPassword }: ChangePasswordInput,
): Promise<void> {
  const { db, nowMs, actor } = context;
  const { passwordHash } = await findMember(context, actor.id);
  if (passwordHash !== null) {
    if (currentPassword === undefined) {
      const issue = { path: "currentPassword", message: "the current password is needed" };
      throw new ManageError("invalid_input", issue.message, [issue]);
    }
    await confirmPassword(context, currentPassword, "currentPassword");
  }
  const changes = {
    passwordHash: await hashPassword(newPassword),
    sessionVersion: NEXT_SESSION_VERSION,
  };
  const atMs = nowMs();
  const subject = { kind: "member", id: actor.id, name: actor.name };
  const audit = auditChange(actor, { action: "member.change-password", subject }, atMs);
  await updateMember(db, actor.id, changes, atMs, audit);
}

import { auditChange } from "../../db/team/audit-log";
import { deleteOpenInvite, findInvite } from "../../db/team/invites";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** Revokes an invitation. @throws {ManageError} `not_found` if there is none, or it was accepted. */
export async function revokeInvite(
  { db, nowMs, actor }: ManageContext,
  { id }: { readonly id: string },
): Promise<void> {
  const invite = await findInvite(db, id);
  if (invite !== undefined) {
    const { role, email, expiresAtMs } = invite;
    const subject = { kind: "invitation", id, name: email ?? `anyone, as ${role}` };
    const entry = { action: "invitation.revoke", subject, before: { role, email, expiresAtMs } };
    if (await deleteOpenInvite(db, id, auditChange(actor, entry, nowMs()))) return;
  }
  throw new ManageError("not_found", "there is no such open invitation");
}

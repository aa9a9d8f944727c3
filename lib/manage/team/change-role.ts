import { auditChange } from "../../db/team/audit-log";
import { updateRole } from "../../db/team/members";
import { tokensEnd } from "../../db/tokens/tokens-end";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findMember } from "./find-member";
import type { ChangeRoleInput } from "./team-schemas";

/**
 * Changes a member's role. A former admin's open invitations are deleted; if a member becomes a viewer, their access
 * tokens are revoked.
 * @throws {ManageError} `not_found`; `conflict` for the last admin, or if the role was changed in the meantime.
 */
export async function changeRole(
  context: ManageContext,
  { id, role }: ChangeRoleInput,
): Promise<void> {
  const { db, nowMs, actor } = context;
  const user = await findMember(context, id);
  if (user.role === role) return;
  const atMs = nowMs();
  const entry = {
    action: "member.change-role",
    subject: { kind: "member", id, name: user.email },
    before: { role: user.role },
    after: { role },
  };
  const isDone = await updateRole(db, {
    id,
    from: user.role,
    to: role,
    nowMs: atMs,
    audit: auditChange(actor, entry, atMs),
    tokenAudit: auditChange(actor, tokensEnd(user.email), atMs),
  });
  if (isDone) return;
  const message =
    user.role === "admin"
      ? "this is the last admin: make someone else an admin first"
      : "the role was changed by someone else just now";
  throw new ManageError("conflict", message);
}

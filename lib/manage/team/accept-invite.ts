import { hashPassword } from "../../crypto/hash-password";
import { hashToken } from "../../crypto/hash-token";
import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { acceptInvite as writeAcceptance } from "../../db/team/invites";
import { findUserByEmail } from "../../db/team/users";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findInvite } from "./find-invite";
import type { AcceptInviteInput } from "./team-schemas";

/**
 * Creates a member from an invitation link. The audit log entry is the new member's own.
 * @throws {ManageError} `not_found` if the invitation is unknown, used or expired; `conflict` if the address already
 * belongs to a member; `invalid_input` if the invitation is for another address.
 */
export async function acceptInvite(
  { db, nowMs, actor }: ManageContext,
  { token, name, email, password }: AcceptInviteInput,
): Promise<{ readonly id: string }> {
  const invite = await findInvite({ db, nowMs }, token);
  if (invite === null) throw new ManageError("not_found", "this invitation is not valid any more");
  if (invite.email !== null && invite.email !== email) {
    const issue = { path: "email", message: `this invitation is for ${invite.email}` };
    throw new ManageError("invalid_input", issue.message, [issue]);
  }
  const passwordHash = await hashPassword(password);
  const atMs = nowMs();
  const id = newRowId("us", atMs);
  const subject = { kind: "member", id, name: email };
  const entry = { action: "member.join", subject, after: { name, role: invite.role } };
  const audit = auditChange({ ...actor, kind: "user", id, name: email }, entry, atMs);
  const user = { id, email, name, image: null, passwordHash, createdAtMs: atMs };
  if (await writeAcceptance(db, await hashToken(token), user, null, audit)) return { id };
  if (await findUserByEmail(db, email)) {
    const issue = { path: "email", message: `${email} is a member already` };
    throw new ManageError("conflict", issue.message, [issue]);
  }
  throw new ManageError("not_found", "this invitation is not valid any more");
}

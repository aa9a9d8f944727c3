import { auditChange } from "../../db/team/audit-log";
import { deleteMember } from "../../db/team/members";
import { tokensEnd } from "../../db/tokens/tokens-end";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findMember } from "./find-member";

/**
 * Removes a member, with their sessions, access tokens, linked accounts and open invitations.
 * @throws {ManageError} `not_found`; `conflict` for the last admin.
 */
export async function removeMember(
  context: ManageContext,
  { id }: { readonly id: string },
): Promise<{ readonly revokedTokens: number }> {
  const { db, nowMs, actor } = context;
  const { email, name, role } = await findMember(context, id);
  const atMs = nowMs();
  const subject = { kind: "member", id, name: email };
  const entry = { action: "member.remove", subject, before: { name, role } };
  const revokedTokens = await deleteMember(db, {
    id,
    nowMs: atMs,
    audit: auditChange(actor, entry, atMs),
    tokenAudit: auditChange(actor, tokensEnd(email), atMs),
  });
  if (revokedTokens !== null) return { revokedTokens };
  await findMember(context, id);
  throw new ManageError("conflict", "this is the last admin: make someone else an admin first");
}

import { auditChange } from "../../db/team/audit-log";
import { deleteMember } from "../../db/team/members";
import { tokensEnd, tokensMove } from "../../db/tokens/tokens-end";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { assertMayOwn, withOwner } from "../tokens/token-owner";
import { findMember } from "./find-member";
import type { RemoveMemberInput } from "./team-schemas";

/**
 * Removes a member, with their sessions, access tokens, linked accounts and open invitations.
 * @param input.tokensTo Who gets the access tokens, which then go on working: null for the team. Absent: no one.
 * @throws {ManageError} `not_found`; `conflict` for the last admin; `invalid_input` for someone who can't have tokens.
 */
export async function removeMember(
  context: ManageContext,
  { id, tokensTo }: RemoveMemberInput,
): Promise<{ readonly revokedTokens: number; readonly transferredTokens: number }> {
  const { db, nowMs, actor } = context;
  const { email, name, role } = await findMember(context, id);
  if (tokensTo === id) throw new ManageError("invalid_input", "the member is being removed");
  if (tokensTo !== undefined) await assertMayOwn(context, "everyone", tokensTo);
  const atMs = nowMs();
  const subject = { kind: "member", id, name: email };
  const entry = { action: "member.remove", subject, before: { name, role } };
  const removal = deleteMember(db, {
    id,
    nowMs: atMs,
    audit: auditChange(actor, entry, atMs),
    heirId: tokensTo,
    heirAudit: auditChange(actor, tokensMove(email, tokensTo ?? null), atMs),
    tokenAudit: auditChange(actor, tokensEnd(email), atMs),
  });
  const tokens = await withOwner(removal);
  if (tokens !== null) {
    return { revokedTokens: tokens.revoked, transferredTokens: tokens.transferred };
  }
  await findMember(context, id);
  throw new ManageError("conflict", "this is the last admin: make someone else an admin first");
}

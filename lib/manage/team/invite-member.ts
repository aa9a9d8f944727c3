import { hashToken } from "../../crypto/hash-token";
import { newLinkSecret } from "../../crypto/new-link-secret";
import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { insertInvite } from "../../db/team/invites";
import { findUserByEmail } from "../../db/team/users";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { InviteMemberInput } from "./team-schemas";

const DAY_MS = 24 * 3_600_000;

export interface CreatedInvite {
  readonly id: string;
  /** The end of the link `/invite/{token}`; not shown again, because the store only has its hash. */
  readonly token: string;
  readonly expiresAtMs: number;
}

/** @throws {ManageError} `conflict` if the address already belongs to a member. */
export async function inviteMember(
  { db, nowMs, actor }: ManageContext,
  { role, email = null, expiresInDays }: InviteMemberInput,
): Promise<CreatedInvite> {
  if (email !== null && (await findUserByEmail(db, email))) {
    throw new ManageError("conflict", `${email} is a member already`);
  }
  const token = newLinkSecret();
  const createdAtMs = nowMs();
  const expiresAtMs = createdAtMs + expiresInDays * DAY_MS;
  const id = newRowId("iv", createdAtMs);
  const tokenHash = await hashToken(token);
  const subject = { kind: "invitation", id, name: email ?? `anyone, as ${role}` };
  const entry = { action: "invitation.create", subject, after: { role, email, expiresAtMs } };
  await insertInvite(
    db,
    { id, tokenHash, role, email, createdBy: actor.id, createdAtMs, expiresAtMs },
    auditChange(actor, entry, createdAtMs),
  );
  return { id, token, expiresAtMs };
}

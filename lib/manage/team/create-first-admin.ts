import { hashPassword } from "../../crypto/hash-password";
import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { insertFirstAdmin } from "../../db/team/members";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { CreateFirstAdminInput } from "./team-schemas";

/**
 * Creates the team's first admin. The caller checks whether the visitor may do that (see `lib/auth/may-set-up.ts`).
 * @throws {ManageError} `conflict` if there already is an admin; of two simultaneous attempts, one gets this.
 */
export async function createFirstAdmin(
  { db, nowMs, actor }: ManageContext,
  { name, email, password }: Omit<CreateFirstAdminInput, "secret">,
): Promise<{ readonly id: string }> {
  const passwordHash = await hashPassword(password);
  const atMs = nowMs();
  const id = newRowId("us", atMs);
  const user = { id, email, name, image: null, passwordHash, createdAtMs: atMs };
  const subject = { kind: "member", id, name: email };
  const entry = { action: "member.set-up", subject, after: { name, email, role: "admin" } };
  if (await insertFirstAdmin(db, user, auditChange(actor, entry, atMs))) return { id };
  throw new ManageError("conflict", "there is an admin already");
}

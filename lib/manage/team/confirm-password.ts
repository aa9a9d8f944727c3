import { verifyPassword } from "../../crypto/hash-password";
import { beginAttempt, clearAttempts } from "../../db/team/login-attempts";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findMember } from "./find-member";

/**
 * Asks the acting member for the password again, before actions for which an unattended screen must not be enough.
 * Wrong ones count like those at sign-in, for the signed-in browser.
 * @throws {ManageError} `invalid_input` on `field` for a wrong password; `conflict` while locked out, or without a
 * password to confirm (`not_configured`).
 */
export async function confirmPassword(
  context: ManageContext,
  password: string,
  field: string,
): Promise<void> {
  const { db, nowMs, actor } = context;
  const { email, passwordHash } = await findMember(context, actor.id);
  if (passwordHash === null) throw new ManageError("not_configured", "set a password first");
  const visitor = { account: email, ip: actor.ip, browserId: context.browserId ?? null };
  const attempt = await beginAttempt(db, visitor, nowMs());
  if (!attempt.allowed) {
    const seconds = Math.ceil(attempt.retryAfterMs / 1_000);
    throw new ManageError("conflict", `too many wrong passwords: wait ${seconds} s`);
  }
  if (!(await verifyPassword(password, passwordHash))) {
    const issue = { path: field, message: "this is not your password" };
    throw new ManageError("invalid_input", issue.message, [issue]);
  }
  await clearAttempts(db, visitor, nowMs());
}

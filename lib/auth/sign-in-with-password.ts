/**
 * Signs in with email address and password. The response and the time it takes are the same whether or not the account
 * exists.
 * @module
 */
import { hashPassword, needsRehash, verifyPassword } from "../crypto/hash-password";
import type { Database } from "../db/open-database";
import type { UserRow } from "../db/schema/team-schema";
import { runBatch } from "../db/state/state-version";
import { type Actor, auditEvent } from "../db/team/audit-log";
import { beginAttempt, clearAttempts } from "../db/team/login-attempts";
import { findUserByEmail, updatePasswordHash } from "../db/team/users";
import { accountOf } from "./account-address";

export interface PasswordSignIn {
  readonly email: string;
  readonly password: string;
  /** See `whereFrom`. */
  readonly from: Pick<Actor, "ip" | "userAgent">;
  /** See `readKnownBrowser`. */
  readonly browserId: string | null;
}

export type PasswordVerdict =
  | { readonly kind: "ok"; readonly user: UserRow }
  /** Wrong password, or no such account, without saying which. */
  | { readonly kind: "wrong" }
  | { readonly kind: "slowed"; readonly retryAfterMs: number };

/** Consecutive failures at which the audit log gets an entry; then at each doubling. */
const BURST = 5;

export async function signInWithPassword(
  db: Database,
  { email, password, from, browserId }: PasswordSignIn,
  nowMs: number,
): Promise<PasswordVerdict> {
  const account = accountOf(email);
  const visitor = { account, ip: from.ip, browserId };
  const attempt = await beginAttempt(db, visitor, nowMs);
  if (!attempt.allowed) return { kind: "slowed", retryAfterMs: attempt.retryAfterMs };

  const user = await findUserByEmail(db, account);
  const hash = user?.passwordHash ?? null;
  const isRight = await verifyPassword(password, hash);
  if (!isRight || user === undefined) {
    if (isBurst(attempt.failures)) {
      await runBatch(db, [burstEntry(user, attempt.failures, from, nowMs)]);
    }
    return { kind: "wrong" };
  }
  await clearAttempts(db, visitor, nowMs);
  if (hash !== null && needsRehash(hash)) {
    await updatePasswordHash(db, user.id, { from: hash, to: await hashPassword(password) }, nowMs);
  }
  return { kind: "ok", user };
}

function isBurst(failures: number): boolean {
  return failures >= BURST && Number.isInteger(Math.log2(failures / BURST));
}

function burstEntry(
  user: UserRow | undefined,
  failures: number,
  from: PasswordSignIn["from"],
  nowMs: number,
) {
  const actor: Actor = { kind: "system", id: "system", name: "system", ...from };
  // What was typed as an address may be a password in the wrong field: only known ones are recorded.
  const subject = { kind: "member", id: user?.id ?? null, name: user?.email ?? "–" };
  const entry = { action: "member.sign-in-failed", subject, after: { failures } };
  return auditEvent(actor, entry, nowMs);
}

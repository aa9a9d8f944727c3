/**
 * The common start of tests of the team's verbs.
 * @module
 */
import { sql } from "drizzle-orm";
import { newRowId } from "../../lib/db/new-row-id";
import { type AuditRow, auditLog, type Role, users } from "../../lib/db/schema/team-schema";
import type { Actor } from "../../lib/db/team/audit-log";
import { ManageError } from "../../lib/manage/manage-error";
import { db, emptyStore } from "./test-store";

export async function emptyTeam(): Promise<void> {
  await emptyStore();
  await db.batch([
    db.run(sql`delete from users`),
    db.run(sql`delete from accounts`),
    db.run(sql`delete from invites`),
    db.run(sql`delete from login_attempts`),
    db.run(sql`delete from sessions`),
    db.run(sql`delete from saved_views`),
    db.run(sql`delete from audit_log`),
  ]);
}

/** Adds a user without a password; returns the actor for that user. */
export async function storeUser(
  email: string,
  role: Role,
  passwordHash: string | null = null,
): Promise<Actor> {
  const atMs = Date.now();
  const id = newRowId("us", atMs);
  const user = { id, email, role, passwordHash, createdAtMs: atMs, updatedAtMs: atMs };
  await db.insert(users).values({ ...user, name: email.split("@")[0] ?? email });
  return { kind: "user", id, name: email, ip: "192.0.2.1", userAgent: "test" };
}

/** The log, oldest first. */
export async function auditEntries(): Promise<AuditRow[]> {
  return db.select().from(auditLog).orderBy(sql`rowid`);
}

export async function auditActions(): Promise<string[]> {
  return (await auditEntries()).map(({ action }) => action);
}

/** The code with which a verb rejects. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.catch((error: unknown) => error);
  if (outcome instanceof ManageError) return outcome.code;
  throw new Error(`expected a refusal, but got ${String(outcome)}`);
}

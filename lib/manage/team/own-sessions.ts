/**
 * The browsers in which a member is signed in.
 * @module
 */
import { hashToken } from "../../crypto/hash-token";
import { auditChange } from "../../db/team/audit-log";
import { deleteOwnSession, listOwnSessions as readSessions } from "../../db/team/own-sessions";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

export interface SessionItem {
  /** Names the session without being a part of its cookie. */
  readonly handle: string;
  /** Whether this browser began it. */
  readonly isThisBrowser: boolean;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Null if not known any more. */
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Those of the acting member, the newest first. */
export async function listOwnSessions({
  db,
  nowMs,
  actor,
  browserId = null,
}: ManageContext): Promise<readonly SessionItem[]> {
  const rows = await readSessions(db, actor.id, nowMs());
  return Promise.all(
    rows.map(async ({ id, browserId: began, ...row }) => ({
      ...row,
      handle: await handleOf(id),
      isThisBrowser: began === browserId,
    })),
  );
}

/** Signs the acting member out of one of their browsers. @throws {ManageError} `not_found` if it is over. */
export async function endOwnSession(
  { db, nowMs, actor }: ManageContext,
  { handle }: { readonly handle: string },
): Promise<void> {
  const atMs = nowMs();
  for (const { id, ip, userAgent } of await readSessions(db, actor.id, atMs)) {
    if ((await handleOf(id)) !== handle) continue;
    const subject = { kind: "member", id: actor.id, name: actor.name };
    const entry = { action: "member.end-session", subject, before: { ip, userAgent } };
    const session = { id, userId: actor.id };
    if (await deleteOwnSession(db, session, auditChange(actor, entry, atMs))) return;
  }
  throw new ManageError("not_found", "there is no such session any more");
}

/** The id is 256 random bits, so its hash gives nothing away. */
async function handleOf(id: string): Promise<string> {
  return (await hashToken(id)).slice(0, 32);
}

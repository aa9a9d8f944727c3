import { auditChange } from "../../db/team/audit-log";
import { NEXT_SESSION_VERSION, updateMember } from "../../db/team/members";
import type { ManageContext } from "../manage-context";

/** Ends all sessions of the acting member, including this one. */
export async function signOutEverywhere({ db, nowMs, actor }: ManageContext): Promise<void> {
  const atMs = nowMs();
  const subject = { kind: "member", id: actor.id, name: actor.name };
  const audit = auditChange(actor, { action: "member.sign-out-everywhere", subject }, atMs);
  await updateMember(db, actor.id, { sessionVersion: NEXT_SESSION_VERSION }, atMs, audit);
}

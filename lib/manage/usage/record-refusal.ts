import { runBatch } from "../../db/state/state-version";
import { auditEvent } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";

/** Records that a member called an action that requires a higher right. */
export async function recordRefusal(
  { db, actor, nowMs }: ManageContext,
  /** Where the call was sent. */
  path: string,
  /** The least right for it. */
  right: string,
): Promise<void> {
  const subject = { kind: "page", id: null, name: path.slice(0, 200) };
  const entry = { action: "page.refuse-action", subject, after: { needs: right } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
}

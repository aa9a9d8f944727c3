import type { Role } from "../../db/schema/team-schema";
import { runBatch } from "../../db/state/state-version";
import { auditEvent } from "../../db/team/audit-log";
import type { ManageContext } from "../manage-context";

/** Records that a member called an action that requires a higher role. */
export async function recordRefusal(
  { db, actor, nowMs }: ManageContext,
  /** Where the call was sent. */
  path: string,
  /** The minimum role for it. */
  role: Role,
): Promise<void> {
  const subject = { kind: "page", id: null, name: path.slice(0, 200) };
  const entry = { action: "page.refuse-action", subject, after: { needs: role } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
}

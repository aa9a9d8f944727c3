import { runBatch } from "../db/state/state-version";
import { auditOnce, latestSubject } from "../db/team/audit-log";
import type { ManageContext } from "../manage/manage-context";

/** While two versions run side by side, each is noted this often. */
const AGAIN_MS = 3_600_000;

/** Logs that another version runs than before, for the charts. Reads one row if it is the same. */
export async function noteDeployment(
  { db, actor, nowMs }: Pick<ManageContext, "db" | "actor" | "nowMs">,
  version: string,
): Promise<void> {
  const before = await latestSubject(db, "deployment");
  if (before === version) return;
  const entry = {
    action: "deployment.start",
    subject: { kind: "deployment", id: version, name: version },
    // The first one changes nothing.
    ...(before !== null && { before: { version: before }, after: { version } }),
  };
  await runBatch(db, [auditOnce(actor, entry, nowMs(), AGAIN_MS)]);
}

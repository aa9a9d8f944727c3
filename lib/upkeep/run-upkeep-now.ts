import { auditChange } from "../db/audit-log";
import type { UpkeepReport } from "../db/upkeep-schema";
import { ManageError } from "../manage/manage-error";
import { runUpkeep } from "./run-upkeep";
import type { UpkeepContext } from "./upkeep-job";

/**
 * Does all of the upkeep that is due, because a person asks for it.
 * @throws {ManageError} `conflict` while it is under way elsewhere.
 */
export async function runUpkeepNow(context: UpkeepContext): Promise<UpkeepReport> {
  const { actor, nowMs } = context;
  const subject = { kind: "upkeep", id: null, name: "maintenance" };
  const audit = auditChange(actor, { action: "upkeep.run", subject }, nowMs());
  const report = await runUpkeep(context, { startedBy: "person", idleMs: 0, audit });
  if (report === null) throw new ManageError("conflict", "maintenance is under way already");
  return report;
}

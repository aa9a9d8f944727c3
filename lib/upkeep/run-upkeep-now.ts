import type { UpkeepReport } from "../db/schema/upkeep-schema";
import { auditChange } from "../db/team/audit-log";
import { ManageError } from "../manage/manage-error";
import { beginUpkeep, takeAllSteps } from "./run-upkeep";
import type { UpkeepContext } from "./upkeep-job";
import type { UpkeepRun } from "./upkeep-run";

/**
 * Starts a run of everything that is due, at a person's request. Its steps may run elsewhere.
 * @throws {ManageError} `conflict` while one is in progress.
 */
export async function beginUpkeepNow(context: UpkeepContext): Promise<UpkeepRun> {
  const { actor, nowMs } = context;
  const subject = { kind: "upkeep", id: null, name: "maintenance" };
  const audit = auditChange(actor, { action: "upkeep.run", subject }, nowMs());
  const run = await beginUpkeep(context, { startedBy: "person", idleMs: 0, audit }, "all");
  if (run === null) throw new ManageError("conflict", "maintenance is under way already");
  return run;
}

/** The same, run immediately. */
export async function runUpkeepNow(context: UpkeepContext): Promise<UpkeepReport> {
  return takeAllSteps(context, await beginUpkeepNow(context));
}

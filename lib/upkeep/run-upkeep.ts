/**
 * One run of the upkeep, by one isolate at a time.
 *
 * A run that begins by itself does the re-checks, the alerts and one of the other jobs, in turn: with all of them it
 * would come near the free plan's 50 statements an invocation. One that a person asks for does everything.
 * @module
 */
import type { Actor } from "../db/audit-log";
import { rootCause } from "../db/root-cause";
import { finishUpkeep, takeUpkeepLease, type UpkeepClaim } from "../db/upkeep-lease";
import {
  UPKEEP_FIGURES,
  type UpkeepFigures,
  type UpkeepReport,
  type UpkeepTrigger,
} from "../db/upkeep-schema";
import { bindOldSeals } from "./bind-old-seals";
import { compactJournal } from "./compact-journal";
import { deleteOldRecords } from "./delete-old-records";
import { deleteOldUsage } from "./delete-old-usage";
import { deliverAlerts } from "./deliver-alerts";
import { endExpiredTokens } from "./end-expired-tokens";
import { optimize } from "./optimize";
import { raiseBudgetAlerts } from "./raise-budget-alerts";
import { raiseIncidentAlerts } from "./raise-incident-alerts";
import { raiseKeyAlerts } from "./raise-key-alerts";
import { raiseProviderAlerts } from "./raise-provider-alerts";
import { raiseQuotaAlerts } from "./raise-quota-alerts";
import { raiseSchemaAlert } from "./raise-schema-alert";
import { recheckKeys } from "./recheck-keys";
import { refreshModels } from "./refresh-models";
import type { UpkeepContext, UpkeepJob } from "./upkeep-job";

const CHORES: readonly UpkeepJob[] = [
  compactJournal,
  deleteOldUsage,
  deleteOldRecords,
  endExpiredTokens,
  optimize,
  raiseQuotaAlerts,
  refreshModels,
  bindOldSeals,
];

/** Alerts last: what a re-check brings back is no news. */
const ALWAYS: readonly UpkeepJob[] = [
  recheckKeys,
  raiseKeyAlerts,
  raiseIncidentAlerts,
  raiseBudgetAlerts,
  raiseSchemaAlert,
  raiseProviderAlerts,
  deliverAlerts,
];

/** Work after a response has 30 s; no job is begun later than this. */
const BEGIN_WITHIN_MS = 10_000;

/** Who did what nobody asked for. */
export const SYSTEM_ACTOR: Actor = {
  kind: "system",
  id: "system",
  name: "system",
  ip: null,
  userAgent: null,
};

/**
 * Does what is due, if it is this one's turn. A job that fails stops no other.
 * @returns What was done; null if it is not this one's turn.
 */
export async function runUpkeep(
  context: UpkeepContext,
  claim: Omit<UpkeepClaim, "holder">,
): Promise<UpkeepReport | null> {
  const { db, nowMs } = context;
  const holder = crypto.randomUUID();
  const startedAtMs = nowMs();
  const turn = await takeUpkeepLease(db, { ...claim, holder }, startedAtMs);
  if (turn === null) return null;
  let figures: UpkeepFigures = {};
  const failed: string[] = [];
  for (const job of jobsOf(claim.startedBy, turn)) {
    if (nowMs() - startedAtMs > BEGIN_WITHIN_MS) break;
    try {
      figures = addUp(figures, await job.run({ ...context, actor: SYSTEM_ACTOR }));
    } catch (error) {
      failed.push(job.name);
      console.error(`upkeep: ${job.name} failed, tried again later:`, rootCause(error));
    }
  }
  const report = { figures, failed };
  await finishUpkeep(db, holder, report, nowMs());
  return report;
}

/** Several jobs may tell of the same, such as alerts. */
function addUp(figures: UpkeepFigures, more: UpkeepFigures): UpkeepFigures {
  const told = UPKEEP_FIGURES.filter((name) => name in figures || name in more);
  return Object.fromEntries(told.map((name) => [name, (figures[name] ?? 0) + (more[name] ?? 0)]));
}

function jobsOf(startedBy: UpkeepTrigger, turn: number): readonly UpkeepJob[] {
  const at = turn % CHORES.length;
  return [...(startedBy === "person" ? CHORES : CHORES.slice(at, at + 1)), ...ALWAYS];
}

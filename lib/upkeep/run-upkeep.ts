/**
 * One maintenance run, by one isolate at a time, in steps of a job each.
 *
 * In the portal's object each step is a separate alarm (`lib/runtime/upkeep-alarm.ts`), so that a run may take as long
 * as necessary. Without an object all steps run one after the other: an automatic run does the re-checks, the alerts
 * and one of the other jobs, in turn, because all of them would come close to the free plan's 50 statements per
 * invocation. A run that a person starts does everything.
 * @module
 */

import { rootCause } from "../db/root-cause";
import { UPKEEP_FIGURES, type UpkeepFigures, type UpkeepReport } from "../db/schema/upkeep-schema";
import type { Actor } from "../db/team/audit-log";
import type { Settings } from "../db/team/settings";
import {
  finishUpkeep,
  renewUpkeepLease,
  takeUpkeepLease,
  type UpkeepClaim,
} from "../db/upkeep-lease";
import { bindOldSeals } from "./bind-old-seals";
import { compactJournal } from "./compact-journal";
import { countForgottenWork } from "./count-forgotten-work";
import { deleteOldRecords } from "./delete-old-records";
import { deleteOldUsage } from "./delete-old-usage";
import { deliverAlerts } from "./deliver-alerts";
import { digestRollups } from "./digest-rollups";
import { endExpiredTokens } from "./end-expired-tokens";
import { keepQuotaDays } from "./keep-quota-days";
import { optimize } from "./optimize";
import { raiseBudgetAlerts } from "./raise-budget-alerts";
import { raiseIncidentAlerts } from "./raise-incident-alerts";
import { raiseKeyAlerts } from "./raise-key-alerts";
import { raiseProviderAlerts } from "./raise-provider-alerts";
import { raiseQuotaAlerts } from "./raise-quota-alerts";
import { raiseRateAlerts } from "./raise-rate-alerts";
import { raiseSchemaAlert } from "./raise-schema-alert";
import { recheckKeys } from "./recheck-keys";
import { refreshModels } from "./refresh-models";
import { settingsOf, type UpkeepContext, type UpkeepJob } from "./upkeep-job";
import type { UpkeepRun } from "./upkeep-run";

const CHORES: readonly UpkeepJob[] = [
  compactJournal,
  digestRollups,
  deleteOldUsage,
  deleteOldRecords,
  endExpiredTokens,
  optimize,
  keepQuotaDays,
  raiseQuotaAlerts,
  refreshModels,
  bindOldSeals,
  countForgottenWork,
];

/** Alerts last: a key that a re-check recovers needs no alert. */
const ALWAYS: readonly UpkeepJob[] = [
  recheckKeys,
  raiseKeyAlerts,
  raiseIncidentAlerts,
  raiseBudgetAlerts,
  raiseRateAlerts,
  raiseSchemaAlert,
  raiseProviderAlerts,
  deliverAlerts,
];

const JOBS = new Map([...CHORES, ...ALWAYS].map((job) => [job.name, job]));

/** Work after a response has 30 s; no job is started later than this. */
const BEGIN_WITHIN_MS = 10_000;
/** The most steps of one job in a run: the rest follows in the next. */
const MOST_STEPS = 8;
/** How many times a step may be started before it is given up. */
const MOST_TRIES = 3;

/** The actor of automatic changes. */
export const SYSTEM_ACTOR: Actor = {
  kind: "system",
  id: "system",
  name: "system",
  ip: null,
  userAgent: null,
};

/**
 * Does what is due, if it is this one's turn. A job that fails stops no other.
 * @returns What was done; null if it isn't this one's turn.
 */
export async function runUpkeep(
  context: UpkeepContext,
  claim: Omit<UpkeepClaim, "holder">,
): Promise<UpkeepReport | null> {
  const run = await beginUpkeep(context, claim, "one");
  return run === null ? null : takeAllSteps(context, run);
}

/** Without an object: one after the other, each job once, so that the rest follows in the next run. */
export async function takeAllSteps(alone: UpkeepContext, begun: UpkeepRun): Promise<UpkeepReport> {
  const { nowMs } = alone;
  let settings: Promise<Settings> | undefined;
  const teamSettings = () => {
    // After a failed read, the next job tries again.
    settings ??= settingsOf(alone).catch((error: unknown) => {
      settings = undefined;
      throw error;
    });
    return settings;
  };
  const context = { ...alone, teamSettings };
  const startedAtMs = nowMs();
  let run = begun;
  while (run.jobs.length > 0 && nowMs() - startedAtMs <= BEGIN_WITHIN_MS) {
    run = { ...(await takeStep(context, run)), jobs: run.jobs.slice(1) };
  }
  return endUpkeep(context, run);
}

/**
 * @param chores The number of jobs that take turns.
 * @returns Null if it isn't this one's turn.
 */
export async function beginUpkeep(
  { db, nowMs }: UpkeepContext,
  claim: Omit<UpkeepClaim, "holder">,
  chores: "all" | "one" | "roll-up-and-a-chore",
): Promise<UpkeepRun | null> {
  const holder = crypto.randomUUID();
  const turn = await takeUpkeepLease(db, { ...claim, holder }, nowMs());
  if (turn === null) return null;
  const at = turn % CHORES.length;
  const inTurn = chores === "all" ? CHORES : CHORES.slice(at, at + 1);
  const first = chores === "roll-up-and-a-chore" ? [compactJournal, digestRollups] : [];
  const jobs = [...new Set([...first, ...inTurn, ...ALWAYS])].map(({ name }) => name);
  return { holder, jobs, steps: 0, tries: 0, figures: {}, failed: [] };
}

/** Does the next step of a run that has jobs left, whatever its result. */
export async function takeStep(context: UpkeepContext, run: UpkeepRun): Promise<UpkeepRun> {
  const [name = "", ...others] = run.jobs;
  const next = { ...run, jobs: others, steps: 0, tries: 0 };
  const job = JOBS.get(name);
  // From another version's run.
  if (job === undefined) return next;
  try {
    const figures = await job.run({ ...context, actor: SYSTEM_ACTOR });
    const done = { ...next, figures: addUp(run.figures, figures) };
    const isLeft = job.isFull?.(figures) === true && run.steps + 1 < MOST_STEPS;
    return isLeft ? { ...done, jobs: run.jobs, steps: run.steps + 1 } : done;
  } catch (error) {
    console.error(`upkeep: ${name} failed, tried again later:`, rootCause(error));
    return { ...next, failed: [...run.failed, name] };
  }
}

/**
 * Records that a step is about to start, which may kill its isolate: a job that did so three times is skipped.
 * @returns Null if another has taken over.
 */
export async function beginStep(
  { db, nowMs }: UpkeepContext,
  run: UpkeepRun,
): Promise<UpkeepRun | null> {
  if (!(await renewUpkeepLease(db, run.holder, nowMs()))) return null;
  const [name = "", ...others] = run.jobs;
  if (run.tries < MOST_TRIES) return { ...run, tries: run.tries + 1 };
  console.error(`upkeep: ${name} did not end ${MOST_TRIES} times, and is passed over`);
  return { ...run, jobs: others, steps: 0, tries: 1, failed: [...run.failed, name] };
}

export async function endUpkeep(
  { db, nowMs }: UpkeepContext,
  { holder, figures, failed }: UpkeepRun,
): Promise<UpkeepReport> {
  const report = { figures, failed };
  await finishUpkeep(db, holder, report, nowMs());
  return report;
}

/** Several jobs may report the same figure, such as alerts. */
function addUp(figures: UpkeepFigures, more: UpkeepFigures): UpkeepFigures {
  const names = UPKEEP_FIGURES.filter((name) => name in figures || name in more);
  return Object.fromEntries(names.map((name) => [name, (figures[name] ?? 0) + (more[name] ?? 0)]));
}

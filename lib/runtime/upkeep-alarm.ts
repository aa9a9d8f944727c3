/**
 * The upkeep in the portal's object: whoever calls it only sets an alarm, and each alarm takes one step of the run
 * (`lib/upkeep/run-upkeep.ts`) and sets the next while something is left. So neither a request nor cron, which
 * have 10 ms of CPU on the free plan, do more than call; and one step is within the 50 statements and 50
 * subrequests of an invocation.
 * @module
 */
import { rootCause } from "../db/root-cause";
import type { UpkeepTrigger } from "../db/upkeep-schema";
import { compactJournal } from "../upkeep/compact-journal";
import { beginStep, beginUpkeep, endUpkeep, takeStep, type UpkeepRun } from "../upkeep/run-upkeep";
import type { UpkeepContext } from "../upkeep/upkeep-job";

/** What is kept in the object, until it is done. */
const RUN = "upkeep-run";
const CALL = "upkeep-call";
const ROLL_UP = "upkeep-roll-up";

/** After a step that did not end, the next begins so much later. */
const RESUME_MS = 60_000;

/** Who calls for a run, and how old the last one must be for that. */
export interface UpkeepCall {
  readonly startedBy: Exclude<UpkeepTrigger, "person">;
  readonly idleMs: number;
}

/** The parts of an object's storage that are used. */
export type UpkeepStorage = Pick<
  DurableObjectStorage,
  "get" | "put" | "delete" | "getAlarm" | "setAlarm" | "deleteAlarm"
>;

/** Calls for a run, or for nothing but the rolling up of the journal. */
export async function callUpkeep(
  storage: UpkeepStorage,
  call: UpkeepCall | "roll-up",
  nowMs: number,
): Promise<void> {
  if (call === "roll-up") await storage.put(ROLL_UP, true);
  else await storage.put(CALL, call);
  // One that is set belongs to a run under way, which comes to what is called for when it is over.
  if ((await storage.getAlarm()) === null) await storage.setAlarm(nowMs);
}

/**
 * One step. Never rejects, or the platform would repeat it at once.
 * @returns Whether blocked keys came back.
 */
export async function upkeepAlarm(
  storage: UpkeepStorage,
  context: UpkeepContext,
): Promise<boolean> {
  try {
    // First: a step that kills its isolate is followed by another.
    await storage.setAlarm(context.nowMs() + RESUME_MS);
    const run = await step(storage, context);
    const isMore = run !== null || (await storage.get(CALL)) !== undefined;
    if (isMore) await storage.setAlarm(context.nowMs());
    else await storage.deleteAlarm();
    return (run?.figures.revivedKeys ?? 0) > 0;
  } catch (error) {
    console.error("upkeep: a step could not be taken, tried again later:", rootCause(error));
    return false;
  }
}

/** @returns The run as it stands; null where none is under way. */
async function step(storage: UpkeepStorage, context: UpkeepContext): Promise<UpkeepRun | null> {
  if ((await storage.get(ROLL_UP)) !== undefined) {
    await storage.delete(ROLL_UP);
    await compactJournal.run(context);
    return (await storage.get<UpkeepRun>(RUN)) ?? null;
  }
  const run = (await storage.get<UpkeepRun>(RUN)) ?? (await begin(storage, context));
  if (run === null) return null;
  if (run.jobs.length === 0) {
    await endUpkeep(context, run);
    await storage.delete(RUN);
    return null;
  }
  const begun = await beginStep(context, run);
  if (begun === null) {
    await storage.delete(RUN);
    return null;
  }
  await storage.put(RUN, begun);
  if (begun.jobs.length === 0) return begun;
  const next = await takeStep(context, begun);
  await storage.put(RUN, next);
  return next;
}

async function begin(storage: UpkeepStorage, context: UpkeepContext): Promise<UpkeepRun | null> {
  const call = await storage.get<UpkeepCall>(CALL);
  if (call === undefined) return null;
  const run = await beginUpkeep(context, call, "roll-up-and-a-chore");
  await storage.delete(CALL);
  return run;
}

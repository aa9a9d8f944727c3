/**
 * Maintenance in the portal's object: a call only sets an alarm, and each alarm runs one step
 * (`lib/upkeep/run-upkeep.ts`) and sets the next while something is left. So neither a request nor cron, which have 10
 * ms of CPU on the free plan, do more than call; and one step stays within the 50 statements and 50 subrequests of an
 * invocation.
 * @module
 */

import { rootCause } from "../db/root-cause";
import { compactJournal } from "../upkeep/compact-journal";
import { beginStep, beginUpkeep, endUpkeep, takeStep } from "../upkeep/run-upkeep";
import type { UpkeepContext } from "../upkeep/upkeep-job";
import type { UpkeepRun } from "../upkeep/upkeep-run";
import type { UpkeepCall } from "./object-calls";

/** Stored in the object, until it is done. */
const RUN = "upkeep-run";
const CALL = "upkeep-call";
const ROLL_UP = "upkeep-roll-up";

/** The delay after a step that didn't end. */
const RESUME_MS = 60_000;

/** The parts of an object's storage that are used. */
export type UpkeepStorage = Pick<
  DurableObjectStorage,
  "get" | "put" | "delete" | "getAlarm" | "setAlarm" | "deleteAlarm"
>;

/** Requests a run, or only the roll-up of the journal. */
export async function callUpkeep(
  storage: UpkeepStorage,
  call: UpkeepCall | "roll-up",
  nowMs: number,
): Promise<void> {
  if (call === "roll-up") await storage.put(ROLL_UP, true);
  else await storage.put(CALL, call);
  // An existing alarm belongs to a run in progress, which does what is requested when it is over.
  if ((await storage.getAlarm()) === null) await storage.setAlarm(nowMs);
}

/** Continues a run that a person has started. It replaces a stored one. */
export async function continueUpkeep(
  storage: UpkeepStorage,
  run: UpkeepRun,
  nowMs: number,
): Promise<void> {
  await storage.put(RUN, run);
  await storage.setAlarm(nowMs);
}

/**
 * One step. Never rejects, because the platform would repeat it immediately.
 * @returns Whether blocked keys recovered.
 */
export async function upkeepAlarm(
  storage: UpkeepStorage,
  context: UpkeepContext,
): Promise<boolean> {
  try {
    // Comes first: a step that kills its isolate is followed by another.
    await storage.setAlarm(context.nowMs() + RESUME_MS);
    const run = await step(storage, context);
    const left = [await storage.get(RUN), await storage.get(CALL)];
    if (left.some((each) => each !== undefined)) await storage.setAlarm(context.nowMs());
    else await storage.deleteAlarm();
    return (run?.figures.revivedKeys ?? 0) > 0;
  } catch (error) {
    console.error("upkeep: a step could not be taken, tried again later:", rootCause(error));
    return false;
  }
}

/** @returns The run after its step; null if there was none. */
async function step(storage: UpkeepStorage, context: UpkeepContext): Promise<UpkeepRun | null> {
  if ((await storage.get(ROLL_UP)) !== undefined) {
    await storage.delete(ROLL_UP);
    await compactJournal.run(context);
    return null;
  }
  const run = (await storage.get<UpkeepRun>(RUN)) ?? (await begin(storage, context));
  if (run === null) return null;
  if (run.jobs.length === 0) {
    await endUpkeep(context, run);
    await forget(storage, run);
    return null;
  }
  const begun = await beginStep(context, run);
  if (begun === null) {
    await forget(storage, run);
    return null;
  }
  await keep(storage, begun);
  if (begun.jobs.length === 0) return begun;
  const next = await takeStep(context, begun);
  await keep(storage, next);
  return next;
}

/** Stores a run's progress, unless a person's run has replaced it in the meantime. */
async function keep(storage: UpkeepStorage, run: UpkeepRun): Promise<void> {
  const kept = await storage.get<UpkeepRun>(RUN);
  if (kept === undefined || kept.holder === run.holder) await storage.put(RUN, run);
}

async function forget(storage: UpkeepStorage, { holder }: UpkeepRun): Promise<void> {
  const kept = await storage.get<UpkeepRun>(RUN);
  if (kept?.holder === holder) await storage.delete(RUN);
}

async function begin(storage: UpkeepStorage, context: UpkeepContext): Promise<UpkeepRun | null> {
  const call = await storage.get<UpkeepCall>(CALL);
  if (call === undefined) return null;
  const run = await beginUpkeep(context, call, "roll-up-and-a-chore");
  await storage.delete(CALL);
  return run;
}

/**
 * When maintenance runs, and where: in the portal's object, which is only called (`upkeep-alarm.ts`), or in the Worker
 * itself if none is bound. Started by the platform's cron if the deployment has one (Workers), otherwise after
 * responses. Requests start nothing while the last run is younger than twice cron's interval, so no setting has to say
 * which of the two applies, and a deployment whose cron fails is maintained nevertheless.
 * @module
 */
import { openDatabase } from "../db/open-database";
import { rootCause } from "../db/root-cause";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "../env";
import { newRequestId } from "../proxy/new-request-id";
import { noteDeployment } from "../upkeep/note-deployment";
import { runUpkeep, SYSTEM_ACTOR } from "../upkeep/run-upkeep";
import type { UncalledUsage, UpkeepContext } from "../upkeep/upkeep-job";
import { alertSenders } from "./alert-senders";
import { buildVersion } from "./build-version";
import { checkUpstream } from "./check-upstream";
import { isolateProxy } from "./isolate-proxy";
import { refreshModels } from "./known-models";
import type { UpkeepCall } from "./object-calls";
import { platform } from "./platform";
import { portalObject } from "./portal-stub";
import { sharedRecorder, sharedState } from "./shared-state";

/** Cron's interval is 15 minutes (`wrangler.toml`); this is a little less, because cron isn't exact. */
const CRON_IDLE_MS = 10 * 60_000;
const REQUEST_IDLE_MS = 30 * 60_000;
/** How often an isolate checks in the store whether maintenance is due; checking writes nothing. */
const ASK_GAP_MS = 5 * 60_000;
/** How often an isolate calls the object, whose requests have a daily allowance. */
const CALL_GAP_MS = 30 * 60_000;

let nextAskMs = 0;

/** The cron handler. Never rejects. */
export function upkeepByCron(env: Env): Promise<void> {
  return see(env, { startedBy: "cron", idleMs: CRON_IDLE_MS });
}

/** Whether this isolate should start maintenance after this response; true from time to time. */
export function isUpkeepDue(env: Env): boolean {
  const nowMs = platform.nowMs();
  if (nowMs < nextAskMs && nextAskMs - nowMs <= CALL_GAP_MS) return false;
  nextAskMs = nowMs + (env.PORTAL === undefined ? ASK_GAP_MS : CALL_GAP_MS);
  return true;
}

/** Runs once `response` is there, if no one else did recently. Never rejects. */
export async function upkeepAfter(response: Promise<Response>, env: Env): Promise<void> {
  await response.catch(() => {});
  await see(env, { startedBy: "request", idleMs: REQUEST_IDLE_MS });
}

async function see(env: Env, call: UpkeepCall): Promise<void> {
  try {
    await callOrRun(env, call);
    await noteVersion(env);
  } catch (error) {
    console.error("upkeep: could not run, tried again later:", rootCause(error));
  }
}

async function callOrRun(env: Env, call: UpkeepCall): Promise<void> {
  const object = portalObject(env);
  if (object !== null) {
    await object.callUpkeep(call);
    return;
  }
  const report = await runUpkeep(upkeepContext(env), call);
  if (report?.figures.revivedKeys) sharedState(env).expire();
}

/** An isolate never changes its version. */
let isVersionNoted = buildVersion === null;

/** After the isolate's first response, so that a deployment is noted when it begins to serve. */
async function noteVersion(env: Env): Promise<void> {
  if (isVersionNoted || buildVersion === null) return;
  await noteDeployment(upkeepContext(env), buildVersion);
  isVersionNoted = true;
}

export function upkeepContext(env: Env): UpkeepContext {
  return {
    db: openDatabase(env.DB),
    secrets: sealingSecrets(env),
    nowMs: platform.nowMs,
    actor: SYSTEM_ACTOR,
    allowPrivateUpstreams: allowsPrivateUpstreams(env),
    upstream: () => checkUpstream(env, platform.fetch),
    refreshModels: async (bounds) => refreshModels(await isolateProxy(env, platform.fetch), bounds),
    countUsage: (used) => countUsage(env, used),
    ...alertSenders(env),
  };
}

/** Counts usage that no request of this isolate reported. */
export async function countUsage(env: Env, used: readonly UncalledUsage[]): Promise<void> {
  // The settings say by which tags usage is counted.
  await sharedState(env).ready();
  const recorder = sharedRecorder(env);
  for (const each of used) {
    recorder.add({ ...each, id: newRequestId(each.atMs, platform.random()) });
  }
  await recorder.flush();
}

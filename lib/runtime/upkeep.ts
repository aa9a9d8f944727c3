/**
 * When the upkeep runs, and where: in the portal's object, which is only called (`upkeep-alarm.ts`), or where none
 * is bound in the Worker itself. By the platform's clock where the deployment has one (Workers' cron), else after
 * responses. Requests leave it alone while the last run is younger than twice cron's gap, so nothing has to
 * say which of the two a deployment has, and one whose cron fails is looked after all the same.
 * @module
 */
import { openDatabase } from "../db/open-database";
import { rootCause } from "../db/root-cause";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "../env";
import { runUpkeep, SYSTEM_ACTOR } from "../upkeep/run-upkeep";
import type { UpkeepContext } from "../upkeep/upkeep-job";
import { alertSenders } from "./alert-senders";
import { checkUpstream } from "./check-upstream";
import { isolateProxy } from "./isolate-proxy";
import { refreshModels } from "./known-models";
import type { UpkeepCall } from "./object-calls";
import { platform } from "./platform";
import { portalObject } from "./portal-stub";
import { sharedState } from "./shared-state";

/** Cron's gap is 15 minutes (`wrangler.toml`); a little less, since it is not exact. */
const CRON_IDLE_MS = 10 * 60_000;
const REQUEST_IDLE_MS = 30 * 60_000;
/** How often an isolate asks the store whether the upkeep is due; asking writes nothing. */
const ASK_GAP_MS = 5 * 60_000;
/** How often an isolate calls the object: its requests have a daily allowance. */
const CALL_GAP_MS = 30 * 60_000;

let nextAskMs = 0;

/** What cron does. Never rejects. */
export function upkeepByCron(env: Env): Promise<void> {
  return see(env, { startedBy: "cron", idleMs: CRON_IDLE_MS });
}

/** Whether this isolate should see to the upkeep after this response; true now and then. */
export function isUpkeepDue(env: Env): boolean {
  const nowMs = platform.nowMs();
  if (nowMs < nextAskMs && nextAskMs - nowMs <= CALL_GAP_MS) return false;
  nextAskMs = nowMs + (env.PORTAL === undefined ? ASK_GAP_MS : CALL_GAP_MS);
  return true;
}

/** What is done once `response` is there, if nobody else did it lately. Never rejects. */
export async function upkeepAfter(response: Promise<Response>, env: Env): Promise<void> {
  await response.catch(() => {});
  await see(env, { startedBy: "request", idleMs: REQUEST_IDLE_MS });
}

async function see(env: Env, call: UpkeepCall): Promise<void> {
  try {
    const object = portalObject(env);
    if (object !== null) {
      await object.callUpkeep(call);
      return;
    }
    const report = await runUpkeep(upkeepContext(env), call);
    if (report?.figures.revivedKeys) sharedState(env).expire();
  } catch (error) {
    console.error("upkeep: could not run, tried again later:", rootCause(error));
  }
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
    ...alertSenders(env),
  };
}

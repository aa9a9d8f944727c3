/**
 * The state of this isolate, one for everybody in it.
 * @module
 */
import { createIsolateState, type IsolateState } from "../db/isolate-state";
import { openDatabase } from "../db/open-database";
import { UsageRecorder } from "../db/usage-recorder";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "../env";
import { platform } from "./platform";
import { portalObject } from "./portal-stub";

/**
 * On `globalThis`, because the Worker's entry and Next are bundled apart and each has its own copy of
 * this module: a change made through the admin API must reach the proxy beside it. Keyed by the
 * database, so that several environments in one process (tests) stay apart.
 */
const shared = globalThis as {
  oneBalanceStates?: WeakMap<D1Database, IsolateState>;
  oneBalanceRecorders?: WeakMap<D1Database, UsageRecorder>;
};

/** The isolate's state, made at the first call. */
export function sharedState(env: Env): IsolateState {
  shared.oneBalanceStates ??= new WeakMap();
  let state = shared.oneBalanceStates.get(env.DB);
  if (state === undefined) {
    state = createIsolateState({
      db: openDatabase(env.DB),
      secrets: sealingSecrets(env),
      authKey: env.AUTH_KEY ?? "",
      allowPrivateUpstreams: allowsPrivateUpstreams(env),
      nowMs: platform.nowMs,
      random: platform.random,
    });
    shared.oneBalanceStates.set(env.DB, state);
  }
  return state;
}

/** The isolate's recorder of usage, made at the first call. */
export function sharedRecorder(env: Env): UsageRecorder {
  shared.oneBalanceRecorders ??= new WeakMap();
  let recorder = shared.oneBalanceRecorders.get(env.DB);
  if (recorder === undefined) {
    const state = sharedState(env);
    recorder = new UsageRecorder({
      db: openDatabase(env.DB),
      nowMs: platform.nowMs,
      sleep: (ms) => new Promise((resolve) => platform.setTimer(resolve, ms)),
      random: platform.random,
      settings: () => state.settings,
      takeLost: () => state.takeLostEvents(),
      ...(env.PORTAL !== undefined && {
        rollUp: async () => portalObject(env)?.callUpkeep("roll-up"),
      }),
    });
    shared.oneBalanceRecorders.set(env.DB, recorder);
  }
  return recorder;
}

/**
 * The state of this isolate, shared by everything in it.
 * @module
 */

import { newRowId } from "../db/new-row-id";
import { openDatabase } from "../db/open-database";
import { createIsolateState, type IsolateState } from "../db/state/isolate-state";
import { LeaseClient } from "../db/state/lease-client";
import { type SnapshotCache, StateSnapshot } from "../db/state/state-snapshot";
import { D1LeaseRows, StoreLeases } from "../db/state/store-leases";
import { UsageRecorder } from "../db/usage/usage-recorder";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "../env";
import { LeasedLimits } from "../leases/leased-limits";
import type { RequestGaps } from "../leases/request-gaps";
import { objectLeases } from "./object-leases";
import { platform } from "./platform";
import { portalObject } from "./portal-stub";

/**
 * On `globalThis`, because the Worker's entry and Next are bundled separately and each has its own copy of this module:
 * a change made through the admin API must reach the proxy in the same isolate. Keyed by the database, so that several
 * environments in one process (tests) stay separate.
 */
const shared = globalThis as {
  oneBalanceStates?: WeakMap<D1Database, IsolateState>;
  oneBalanceRecorders?: WeakMap<D1Database, UsageRecorder>;
  oneBalanceLeases?: WeakMap<D1Database, LeaseClient>;
};

/** The isolate's state, created at the first call. */
export function sharedState(env: Env): IsolateState {
  shared.oneBalanceStates ??= new WeakMap();
  let state = shared.oneBalanceStates.get(env.DB);
  if (state === undefined) {
    const secrets = sealingSecrets(env);
    const authKey = env.AUTH_KEY ?? "";
    state = createIsolateState({
      db: openDatabase(env.DB),
      secrets,
      authKey,
      snapshot: secrets === null ? null : snapshotOf(env, secrets.current),
      allowPrivateUpstreams: allowsPrivateUpstreams(env),
      nowMs: platform.nowMs,
      random: platform.random,
    });
    shared.oneBalanceStates.set(env.DB, state);
  }
  return state;
}

/**
 * Null without an object: only its id, which is computed here, distinguishes this deployment from another one with the
 * same secrets and another database, such as a preview, whose isolates have the same cache. Node has no such cache.
 */
function snapshotOf({ PORTAL, LEASES }: Env, secret: string): StateSnapshot | null {
  const { caches } = globalThis as { caches?: { default?: SnapshotCache } };
  const id = (PORTAL ?? LEASES)?.idFromName("state-snapshot").toString();
  if (caches?.default === undefined || id === undefined) return null;
  return new StateSnapshot(caches.default, secret, id);
}

/** The isolate's usage recorder, created at the first call. */
export function sharedRecorder(env: Env): UsageRecorder {
  shared.oneBalanceRecorders ??= new WeakMap();
  let recorder = shared.oneBalanceRecorders.get(env.DB);
  if (recorder === undefined) {
    const state = sharedState(env);
    recorder = new UsageRecorder({
      db: openDatabase(env.DB),
      nowMs: platform.nowMs,
      sleep,
      random: platform.random,
      settings: () => state.settings,
      takeLost: () => state.takeLostEvents(),
      leases: sharedLeases(env).leases,
      ...(env.PORTAL !== undefined && {
        rollUp: async () => portalObject(env)?.callUpkeep("roll-up"),
      }),
    });
    shared.oneBalanceRecorders.set(env.DB, recorder);
  }
  return recorder;
}

/** How often a lease for a used-up limit is requested. */
const BY_STORE: RequestGaps = { fullGapMs: 2_000, requestsPerAsk: null };
const BY_OBJECT: RequestGaps = { fullGapMs: 15_000, requestsPerAsk: 50 };

/** The leases of this isolate for limits that isolates share, created at the first call. */
export function sharedLeases(env: Env): LeaseClient {
  shared.oneBalanceLeases ??= new WeakMap();
  let client = shared.oneBalanceLeases.get(env.DB);
  if (client === undefined) {
    const object = objectLeases(env);
    client = new LeaseClient({
      leases: new LeasedLimits(object === null ? BY_STORE : BY_OBJECT),
      isolate: newRowId("is", platform.nowMs()),
      object,
      store: new StoreLeases(new D1LeaseRows(openDatabase(env.DB))),
      nowMs: platform.nowMs,
      setTimer: platform.setTimer,
    });
    shared.oneBalanceLeases.set(env.DB, client);
  }
  return client;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => platform.setTimer(resolve, ms));
}

/**
 * Assembles the proxy for this isolate: settings from the environment, state over D1, the platform's clock, network and
 * randomness. Both entry points use it.
 * @module
 */

import { openDatabase } from "../db/open-database";
import { D1BackgroundWorks } from "../db/state/background-works";
import type { LeaseClient } from "../db/state/lease-client";
import { D1ModelCatalog } from "../db/state/model-lists";
import { D1TokenBudgets } from "../db/tokens/token-budgets";
import type { UsageRecorder } from "../db/usage/usage-recorder";
import type { Env } from "../env";
import { readProxyConfig } from "../proxy/config";
import type { ProxyInstance } from "../proxy/handle-request";
import { newRequestId } from "../proxy/new-request-id";
import type { UsageSink } from "../proxy/ports";
import { streamPlace } from "./objects/stream-object";
import { platform } from "./platform";
import { sharedLeases, sharedRecorder, sharedState } from "./shared-state";
import { type IsolateTraces, sharedTraces } from "./traces";

const proxies = new WeakMap<D1Database, ProxyInstance>();

/** The isolate's proxy, once `isolateProxy` has created it. */
export function knownProxy(env: Env): ProxyInstance | undefined {
  return proxies.get(env.DB);
}

/**
 * The isolate's proxy, created at the first call.
 * @throws {ConfigError} if a variable is invalid.
 */
export async function isolateProxy(
  env: Env,
  fetchUpstream: ProxyInstance["ports"]["fetch"],
): Promise<ProxyInstance> {
  const known = knownProxy(env);
  if (known !== undefined) return known;
  const place = streamPlace(env);
  const proxy: ProxyInstance = {
    config: readProxyConfig(env, await gatewayUrlOfBinding(env)),
    ports: {
      nowMs: platform.nowMs,
      random: platform.random,
      fetch: fetchUpstream,
      setTimer: platform.setTimer,
      newRequestId: () => newRequestId(platform.nowMs(), platform.random()),
      state: sharedState(env),
      usage: usageSink(sharedRecorder(env), sharedLeases(env), sharedTraces(env)),
      traces: sharedTraces(env),
      prices: () => sharedRecorder(env).prices(),
      budgets: new D1TokenBudgets(openDatabase(env.DB), sharedRecorder(env), sharedLeases(env)),
      works: new D1BackgroundWorks(openDatabase(env.DB)),
      ...(place !== undefined && { streamPlace: place }),
    },
    catalog: new D1ModelCatalog(openDatabase(env.DB), platform.nowMs),
  };
  proxies.set(env.DB, proxy);
  return proxy;
}

function usageSink(recorder: UsageRecorder, leases: LeaseClient, traces: IsolateTraces): UsageSink {
  return {
    add: (event) => {
      recorder.add(event);
      if (event.trace !== undefined) traces.add(event);
    },
    flush: () => {
      const writing = recorder.isDue() ? recorder.flush() : null;
      const renewing = leases.afterRequest();
      const tracing = traces.flush();
      if (tracing !== null) return Promise.all([writing, renewing, tracing]).then(() => {});
      if (writing === null || renewing === null) return writing ?? renewing;
      return Promise.all([writing, renewing]).then(() => {});
    },
  };
}

/** The gateway that the `AI` binding names (`AI_GATEWAY`, by default `default`); null without a binding. */
async function gatewayUrlOfBinding(env: Env): Promise<string | null> {
  return (await env.AI?.gateway(env.AI_GATEWAY || "default").getUrl()) ?? null;
}

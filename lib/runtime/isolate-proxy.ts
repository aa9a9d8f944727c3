/**
 * Puts the proxy together for this isolate: settings from the environment, state over D1, the platform's
 * clock, network and randomness. Both doors use it.
 * @module
 */
import { createIsolateState } from "../db/isolate-state";
import { openDatabase } from "../db/open-database";
import { type Env, sealingSecrets } from "../env";
import { readProxyConfig } from "../proxy/config";
import type { Proxy } from "../proxy/handle-request";

export interface IsolateProxy extends Proxy {
  /** Something was changed outside the proxy: the next request asks the store first. */
  expireState(): void;
}

/** Keyed by the database, so that several environments in one process (tests) stay apart. */
const proxies = new WeakMap<D1Database, IsolateProxy>();

/**
 * The isolate's proxy, made at the first call.
 * @throws {ConfigError} if a variable cannot be used.
 */
export async function isolateProxy(
  env: Env,
  fetchUpstream: Proxy["ports"]["fetch"],
): Promise<IsolateProxy> {
  const known = proxies.get(env.DB);
  if (known !== undefined) return known;
  const config = readProxyConfig(env, await gatewayUrlOfBinding(env));
  // Another request may have made it while this one asked the binding.
  const madeMeanwhile = proxies.get(env.DB);
  if (madeMeanwhile !== undefined) return madeMeanwhile;
  const state = createIsolateState({
    db: openDatabase(env.DB),
    secrets: sealingSecrets(env),
    authKey: env.AUTH_KEY ?? "",
    nowMs: Date.now,
    random: Math.random,
  });
  const proxy: IsolateProxy = {
    config,
    ports: {
      nowMs: Date.now,
      random: Math.random,
      fetch: fetchUpstream,
      setTimer: (callback, ms) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      newRequestId: () => crypto.randomUUID(),
      state,
    },
    catalog: new Map(),
    expireState: () => state.expire(),
  };
  proxies.set(env.DB, proxy);
  return proxy;
}

/** The gateway that the `AI` binding names (`AI_GATEWAY`, else `default`); null without a binding. */
async function gatewayUrlOfBinding(env: Env): Promise<string | null> {
  return (await env.AI?.gateway(env.AI_GATEWAY || "default").getUrl()) ?? null;
}

/**
 * The proxy's handler with a scripted upstream and its own clock: hours pass in milliseconds, nothing is random, and no
 * server is started.
 * @module
 */
import type { PoolKey } from "../../lib/pool/types.ts";
import { handleProxyRequest, type ProxyInstance } from "../../lib/proxy/handle-request.ts";
import type { AccessToken, StreamPlace, TraceSource } from "../../lib/proxy/ports.ts";
import { splitProxyPath } from "../../lib/proxy/request/proxy-path.ts";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { MemoryBudgets } from "./memory-budgets.ts";
import { MemoryCatalog } from "./memory-catalog.ts";
import { MemoryState, type MemoryUpstreams } from "./memory-state.ts";
import { MemoryUsage } from "./memory-usage.ts";
import { MemoryWorks } from "./memory-works.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** One call of the upstream. */
export interface UpstreamCall {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The pool's key that was sent, in whatever place; empty if there was none. */
  readonly key: string;
}

export type UpstreamScript = (
  call: UpstreamCall,
  clock: VirtualClock,
) => Response | Promise<Response>;

export interface ScriptedProxyOptions {
  readonly upstream: UpstreamScript;
  /** Key texts by provider. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Keys that serve some groups only. */
  readonly groupKeys?: readonly GroupKeys[];
  /** By the text that callers send. Default: an unrestricted one, `token`. */
  readonly tokens?: ReadonlyMap<string, AccessToken>;
  readonly upstreams?: MemoryUpstreams;
  readonly config?: Partial<ProxyInstance["config"]>;
  /** Models without a known price; all others cost a dollar per million tokens. */
  readonly unpriced?: readonly string[];
  /** Absent: traces go nowhere. */
  readonly traces?: TraceSource;
  /** Shared with other proxies, as isolates share a store. Default: its own. */
  readonly works?: MemoryWorks;
  /** Absent: long streams are converted here. */
  readonly streamPlace?: StreamPlace;
  /** In [0, 1). Default: always 0.5. */
  readonly random?: () => number;
}

export interface GroupKeys {
  readonly provider: string;
  /** Sorted ids. */
  readonly groups: readonly string[];
  readonly texts: readonly string[];
}

export interface ScriptedProxy {
  readonly clock: VirtualClock;
  readonly state: MemoryState;
  readonly usage: MemoryUsage;
  /** Everything that was sent upstream, oldest first. */
  readonly calls: readonly UpstreamCall[];
  /** @param path `/api/…`; the token `token` is sent unless `init` has an `authorization`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  keys(provider: string): readonly PoolKey[];
}

/** An unrestricted token. */
export function unlimitedToken(id: string): AccessToken {
  return { id, name: id, ownerId: null, scopes: null, expiresAtMs: null };
}

export function scriptedProxy(options: ScriptedProxyOptions): ScriptedProxy {
  const clock = new VirtualClock();
  const tokens = options.tokens ?? new Map([["token", unlimitedToken("at_token")]]);
  const state = new MemoryState(tokens, options.upstreams);
  for (const [provider, keys] of Object.entries(options.keys)) state.setKeys(provider, keys);
  const { groupKeys = [] } = options;
  for (const { provider, groups, texts } of groupKeys) state.addGroupKeys(provider, groups, texts);
  const ofGroups = groupKeys.flatMap(({ texts }) => texts);
  const texts = new Set([...Object.values(options.keys).flat(), ...ofGroups]);
  const usage = new MemoryUsage();
  const calls: UpstreamCall[] = [];
  let requests = 0;
  const proxy: ProxyInstance = {
    config: {
      gatewayUrl: "http://gateway.test/v1/account/gateway",
      gatewayToken: null,
      maxAttempts: 10,
      firstByteTimeoutMs: 120_000,
      consecutive429Threshold: 5,
      ...options.config,
    },
    ports: {
      nowMs: () => clock.nowMs,
      random: options.random ?? (() => 0.5),
      fetch: async (url, init) => {
        // Node requires this for a streamed body.
        const request = new Request(url, { ...init, duplex: "half" } as RequestInit);
        const call: UpstreamCall = {
          url: new URL(url),
          method: request.method,
          headers: request.headers,
          body: new Uint8Array(await request.arrayBuffer()),
          key: keyIn(request, texts),
        };
        calls.push(call);
        return options.upstream(call, clock);
      },
      setTimer: (callback, ms) => clock.setTimer(callback, ms),
      newRequestId: () => {
        requests += 1;
        return `req_${requests}`;
      },
      state,
      usage,
      prices: () => loadPriceBook(),
      budgets: new MemoryBudgets(options.unpriced),
      works: options.works ?? new MemoryWorks(),
      ...(options.traces !== undefined && { traces: options.traces }),
      ...(options.streamPlace !== undefined && { streamPlace: options.streamPlace }),
    },
    catalog: new MemoryCatalog(),
  };
  return {
    clock,
    state,
    usage,
    calls,
    fetch(path, init = {}) {
      const url = new URL(`http://one-balance.test${path}`);
      const proxyPath = splitProxyPath(url.pathname);
      if (proxyPath === null) throw new Error(`${path} is not the proxy's`);
      const request = new Request(url, init);
      if (!request.headers.has("authorization"))
        request.headers.set("authorization", "Bearer token");
      return clock.run(handleProxyRequest(request, url, proxyPath, proxy, () => {}));
    },
    keys: (provider) => [...state.pool(provider).keys()],
  };
}

function keyIn(request: Request, texts: ReadonlySet<string>): string {
  const places = [...request.headers.values(), request.url];
  for (const text of texts) if (places.some((place) => place.includes(text))) return text;
  return "";
}

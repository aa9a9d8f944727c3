/** The common list of proxy tests for the handler alone: no server, no store. */
import { handleProxyRequest, type ProxyInstance } from "../../lib/proxy/handle-request.ts";
import { splitProxyPath } from "../../lib/proxy/request/proxy-path.ts";
import { fetchDecoded } from "../../lib/runtime/fetch-decoded.ts";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { DOOR_LIMITED_TOKEN, DOOR_TOKEN, type Door } from "../doors/door.ts";
import { MemoryBudgets } from "../doors/memory-budgets.ts";
import { MemoryCatalog } from "../doors/memory-catalog.ts";
import { MemoryState } from "../doors/memory-state.ts";
import { MemoryUsage } from "../doors/memory-usage.ts";
import { MemoryWorks } from "../doors/memory-works";
import { describeProxy } from "../doors/proxy-list.ts";
import { startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";

async function openHandler(): Promise<Door> {
  const upstream = await startFakeUpstream();
  const state = new MemoryState(
    new Map([
      [DOOR_TOKEN, { id: "at_all", name: "all", ownerId: null, scopes: null, expiresAtMs: null }],
      [
        DOOR_LIMITED_TOKEN,
        {
          id: "at_limited",
          name: "limited",
          ownerId: null,
          scopes: [{ provider: "openai", models: ["gpt-allowed"] }],
          expiresAtMs: null,
        },
      ],
    ]),
  );
  const proxy: ProxyInstance = {
    config: {
      gatewayUrl: upstream.gatewayUrl,
      gatewayToken: null,
      maxAttempts: 10,
      firstByteTimeoutMs: 120_000,
      consecutive429Threshold: 2,
    },
    ports: {
      nowMs: Date.now,
      random: Math.random,
      fetch: fetchDecoded,
      setTimer: (callback, ms) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      newRequestId: () => crypto.randomUUID(),
      state,
      usage: new MemoryUsage(),
      prices: () => loadPriceBook(),
      budgets: new MemoryBudgets(),
      works: new MemoryWorks(),
    },
    catalog: new MemoryCatalog(),
  };
  return {
    upstream,
    token: DOOR_TOKEN,
    limitedToken: DOOR_LIMITED_TOKEN,
    async fetch(path, init) {
      const url = new URL(`http://one-balance.test${path}`);
      const proxyPath = splitProxyPath(url.pathname);
      if (proxyPath === null) throw new Error(`${path} is not the proxy's`);
      return handleProxyRequest(new Request(url, init), url, proxyPath, proxy, () => {});
    },
    setKeys: async (provider, keys) => state.setKeys(provider, keys),
    keyStates: async (provider) =>
      [...state.pool(provider).keys()].map((key) => ({
        status: key.status,
        reason: wordsOf(state, key.id),
        cooldowns: [...key.cooldowns].map(([model, { reason }]) => ({ model, reason })),
      })),
    close: () => upstream.close(),
  };
}

function wordsOf(state: MemoryState, keyId: string): string | null {
  for (const event of state.events.toReversed()) {
    if ("evidence" in event && event.keyId === keyId) return event.evidence.words;
  }
  return null;
}

describeProxy("the handler alone", openHandler);

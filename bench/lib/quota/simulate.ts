/**
 * The real handler and pool against a simulated upstream, in virtual time.
 * @module
 */

import type { UseExchange } from "../../../lib/db/state/use-exchange.ts";
import { KeyPool } from "../../../lib/pool/key-pool.ts";
import { UseBoard } from "../../../lib/pool/peers/use-board.ts";
import { ProviderPools } from "../../../lib/pool/sections/provider-pools.ts";
import type { PoolKey, QuotaLimits, TokenGroup } from "../../../lib/pool/types.ts";
import { handleProxyRequest, type ProxyInstance } from "../../../lib/proxy/handle-request.ts";
import type { AccessToken, ProxyState, StateEvent } from "../../../lib/proxy/ports.ts";
import { splitProxyPath } from "../../../lib/proxy/request/proxy-path.ts";
import { loadPriceBook } from "../../../lib/usage/price.ts";
import { MemoryBudgets } from "../../../tests/doors/memory-budgets.ts";
import { MemoryCatalog } from "../../../tests/doors/memory-catalog.ts";
import { MemoryWorks } from "../../../tests/doors/memory-works.ts";
import { SimUses } from "../isolates/sim-uses.ts";
import { seededRandom } from "./random.ts";
import { Upstream, type UpstreamOptions } from "./upstream.ts";
import { VirtualTime } from "./virtual-time.ts";

export interface Client {
  readonly tokenId: string;
  /** Requests per millisecond. */
  readonly perMs: number;
  /** 1 if absent. */
  readonly weight?: number;
  /** Absent: none. */
  readonly group?: TokenGroup;
}

export interface Scenario {
  readonly seed: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly keys: number;
  /** Keys of one account are consecutive; the pool knows that they belong together. */
  readonly keysOfAccount: number;
  readonly isolates: number;
  /** The part of the requests that the first of them gets, in addition to its even part of the rest; absent: none. */
  readonly toFirst?: number;
  /** Whether they report to each other what they sent; absent: no. */
  readonly isShared?: boolean;
  /** Configured limits of each key; absent: none. */
  readonly limits?: QuotaLimits;
  /** The groups that a key serves, by its number; null, or absent: everyone. */
  readonly groupsOf?: (number: number) => readonly string[] | null;
  readonly clients: readonly Client[];
  readonly upstream: Omit<UpstreamOptions, "accountOf">;
  /** Of the body, in bytes. */
  readonly bodyBytes: number;
  /** Whether clients come back after their Retry-After, once. */
  readonly comesBack?: boolean;
}

export interface ClientResponse {
  readonly tokenId: string;
  readonly status: number;
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly retryAfterMs: number | null;
  readonly attempts: number;
  readonly isSecond: boolean;
}

export interface Outcome {
  readonly responses: readonly ClientResponse[];
  readonly attempts: number;
  readonly acceptedMs: readonly number[];
  readonly answersByKey: ReadonlyMap<string, number>;
  readonly keys: readonly PoolKey[];
  /** Store calls in which isolates exchanged reports. */
  readonly exchanges: number;
}

const PATHS = {
  google: "/api/google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent",
  openai: "/api/openai/chat/completions",
  anthropic: "/api/anthropic/v1/messages",
} as const;
const PROVIDERS = {
  google: "google-ai-studio",
  openai: "openai",
  anthropic: "anthropic",
} as const;

/** How long a change in one isolate takes to reach the others: one flush and one refresh. */
const SHARED_AFTER_MS = [1_000, 3_000] as const;

export async function simulate(scenario: Scenario): Promise<Outcome> {
  const random = seededRandom(scenario.seed);
  const time = new VirtualTime(scenario.startMs);
  const accountOf = (key: string) => {
    const number = Number(key.slice(key.lastIndexOf("-") + 1));
    return String(Math.floor(number / scenario.keysOfAccount));
  };
  const upstream = new Upstream({ ...scenario.upstream, accountOf }, time, random);
  const uses = new SimUses(time, random);
  const isolates = Array.from({ length: scenario.isolates }, (_, index) => {
    const board =
      scenario.isShared === true
        ? new UseBoard(() => `is_${String(index).padStart(3, "0")}`)
        : null;
    return new Isolate(scenario, random, time, board && uses.of(board));
  });
  const share = (event: StateEvent, from: Isolate) => {
    for (const isolate of isolates) {
      if (isolate === from || event.kind !== "key-cooled") continue;
      const [least, most] = SHARED_AFTER_MS;
      time.at(time.nowMs + least + random() * (most - least), () => isolate.takeOver(event));
    }
  };
  const proxies = isolates.map((isolate) => isolate.proxy(time, upstream, random, share));
  const responses: ClientResponse[] = [];
  const style = scenario.upstream.style;
  const body = bodyOf(scenario.bodyBytes);

  const send = async (tokenId: string, isSecond: boolean) => {
    const { toFirst = 0 } = scenario;
    const isFirst = toFirst > 0 && random() < toFirst;
    const proxy = proxies[isFirst ? 0 : Math.floor(random() * proxies.length)];
    if (proxy === undefined) return;
    const url = new URL(`http://one-balance.test${PATHS[style]}`);
    const path = splitProxyPath(url.pathname);
    if (path === null) throw new Error(`${url.pathname} is not the proxy's`);
    const askedMs = time.nowMs;
    const headers = { authorization: `Bearer ${tokenId}`, "content-type": "application/json" };
    const length = { "content-length": String(body.length) };
    const request = new Request(url, { method: "POST", headers: { ...headers, ...length }, body });
    const response = await handleProxyRequest(request, url, path, proxy, () => {});
    const retryAfter = response.headers.get("retry-after");
    responses.push({
      tokenId,
      status: response.status,
      askedMs,
      answeredMs: time.nowMs,
      retryAfterMs: retryAfter === null ? null : Number(retryAfter) * 1000,
      attempts: Number(response.headers.get("x-one-balance-attempts")),
      isSecond,
    });
    if (scenario.comesBack === true && !isSecond && retryAfter !== null) {
      time.at(time.nowMs + Number(retryAfter) * 1000, () => void send(tokenId, true));
    }
  };

  for (const client of scenario.clients) {
    let atMs = scenario.startMs;
    for (;;) {
      atMs += -Math.log(1 - random()) / client.perMs;
      if (atMs > scenario.startMs + scenario.durationMs) break;
      time.at(atMs, () => void send(client.tokenId, false));
    }
  }
  await time.run();
  const [first] = isolates;
  return {
    responses,
    attempts: upstream.attempts,
    acceptedMs: upstream.acceptedMs,
    answersByKey: upstream.answersByKey,
    keys: first === undefined ? [] : [...first.pools.everyKey().keys()],
    exchanges: uses.exchanges,
  };
}

function bodyOf(bytes: number): Uint8Array<ArrayBuffer> {
  const message = { role: "user", content: "" };
  const short = JSON.stringify({ model: "gpt-sim", messages: [message] });
  const content = "x".repeat(Math.max(0, bytes - short.length));
  return new TextEncoder().encode(
    JSON.stringify({ model: "gpt-sim", messages: [{ ...message, content }] }),
  );
}

class Isolate {
  readonly pools: ProviderPools;
  readonly #provider: string;
  readonly #clients: readonly Client[];

  readonly #uses: UseExchange | null;

  constructor(
    scenario: Scenario,
    random: () => number,
    time: VirtualTime,
    sharing: { readonly board: UseBoard; readonly exchange: UseExchange } | null,
  ) {
    const { keys, keysOfAccount, upstream, clients, limits, groupsOf } = scenario;
    this.#uses = sharing?.exchange ?? null;
    this.pools = new ProviderPools((section) => {
      const name = `pool${section}`;
      const pool = new KeyPool(
        random,
        sharing && { board: sharing.board, name, nowMs: () => time.nowMs },
      );
      if (limits !== undefined) {
        pool.setLimits({ provider: [{ ...limits, model: "*" }], domains: new Map() }, "UTC");
      }
      return pool;
    });
    this.#clients = clients;
    this.#provider = PROVIDERS[upstream.style];
    for (let number = 0; number < keys; number += 1) {
      const account = Math.floor(number / keysOfAccount);
      this.pools.of(groupsOf?.(number) ?? null).upsert({
        id: `pk_${number}`,
        provider: this.#provider,
        sealed: `sk-sim-${number}`,
        masked: "",
        status: "active",
        weight: 1,
        priority: 0,
        quotaDomain: keysOfAccount > 1 ? `account-${account}` : null,
        models: null,
        limits: null,
        cooldowns: new Map(),
      });
    }
  }

  takeOver(event: StateEvent): void {
    if (event.kind !== "key-cooled") return;
    for (const pool of this.pools.all()) {
      pool.cool(event.keyId, event.model, event.untilMs, event.evidence.meaning);
    }
  }

  proxy(
    time: VirtualTime,
    upstream: Upstream,
    random: () => number,
    share: (event: StateEvent, from: Isolate) => void,
  ): ProxyInstance {
    let requests = 0;
    const state: ProxyState = {
      isLoaded: true,
      ready: () => null,
      whole: () => null,
      findAccessToken: (text): AccessToken => {
        const client = this.#clients.find(({ tokenId }) => tokenId === text);
        const { weight = 1, group } = client ?? {};
        return {
          ...{ id: text, name: text, ownerId: null, scopes: null, expiresAtMs: null },
          share: { weight, priority: 0 },
          ...(group !== undefined && { group }),
        };
      },
      tagHolders: () => [],
      customProvider: () => undefined,
      customProviders: () => [],
      modelAliases: () => new Map(),
      goesDirect: () => true,
      pool: (_, group) => this.pools.forCaller(group),
      everyKey: () => this.pools.everyKey(),
      openKey: (key) => key.sealed,
      storedThings: () => new Map(),
      record: (event) => share(event, this),
      shareUse: () => void this.#uses?.exchangeIfDue(),
      afterResponse: () => null,
    };
    return {
      config: {
        gatewayUrl: null,
        gatewayToken: null,
        maxAttempts: 10,
        firstByteTimeoutMs: 120_000,
        consecutive429Threshold: 5,
      },
      ports: {
        nowMs: () => time.nowMs,
        random,
        fetch: upstream.fetch,
        setTimer: (callback, ms) => time.at(time.nowMs + ms, callback),
        newRequestId: () => {
          requests += 1;
          return String(requests);
        },
        state,
        usage: { add: () => {}, flush: () => null },
        budgets: new MemoryBudgets(),
        works: new MemoryWorks(),
        prices: () => loadPriceBook(),
      },
      catalog: new MemoryCatalog(),
    };
  }
}

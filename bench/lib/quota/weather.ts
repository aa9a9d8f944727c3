/**
 * Bad weather: the real handler and pool against an upstream that misbehaves, in virtual time, with requests that
 * arrive whether or not the previous ones were answered. The same seed gives the same run.
 * @module
 */
import type { TokenLimits } from "../../../lib/budgets/limit-holder.ts";
import { KeyPool } from "../../../lib/pool/key-pool.ts";
import type { PoolKey } from "../../../lib/pool/types.ts";
import { handleProxyRequest, type ProxyInstance } from "../../../lib/proxy/handle-request.ts";
import type { StateEvent } from "../../../lib/proxy/ports.ts";
import { splitProxyPath } from "../../../lib/proxy/request/proxy-path.ts";
import { loadPriceBook } from "../../../lib/usage/price.ts";
import { MemoryBudgets } from "../../../tests/doors/memory-budgets.ts";
import { MemoryCatalog } from "../../../tests/doors/memory-catalog.ts";
import { MemoryState } from "../../../tests/doors/memory-state.ts";
import { MemoryUsage } from "../../../tests/doors/memory-usage.ts";
import { MemoryWorks } from "../../../tests/doors/memory-works.ts";
import { poolKey } from "./pool-key.ts";
import { seededRandom } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

/** What the upstream does with one request, or with the free check of a key: it is rejected as a request would be. */
export type Reaction =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterMs: number;
    }
  /** The connection breaks. */
  | { readonly kind: "reset"; readonly afterMs: number }
  /** Nothing ever arrives. */
  | { readonly kind: "silence" };

export interface Weather {
  readonly seed: number;
  /** Texts of keys, or of keys with a priority. */
  readonly keys: readonly (string | readonly [text: string, priority: number])[];
  /** Requests per second. */
  readonly perSecond: number;
  readonly seconds: number;
  /** @param atMs Since the beginning. */
  deed(key: string, atMs: number, random: () => number): Reaction;
  /** A provider that speaks OpenAI's API; OpenAI itself if absent. */
  readonly provider?: "perplexity-ai";
  /** Access tokens that take turns; 1 if absent. */
  readonly callers?: number;
  readonly firstByteTimeoutMs?: number;
  /** Limits that each token has; none if absent. */
  readonly limits?: TokenLimits;
  /** `max_tokens` of each request; none if absent. */
  readonly maxTokens?: number;
}

export interface Served {
  /** Since the beginning. */
  readonly askedMs: number;
  readonly tookMs: number;
  readonly status: number;
  readonly attempts: number;
  /** The retry time in the client's response; null if there was none. */
  readonly retryAfterMs: number | null;
}

export interface WeatherOutcome {
  readonly served: readonly Served[];
  /** How many times each key was tried. */
  readonly asked: ReadonlyMap<string, number>;
  /**
   * How many times each key was rejected as invalid, the one met first in front: requests sent before the first
   * rejection was known count as one.
   */
  readonly refused: ReadonlyMap<string, number>;
  /** Free checks of keys, which aren't counted above. */
  readonly checks: number;
  /** When each invalid key was met first, by a request or a check: milliseconds since the beginning. */
  readonly metMs: readonly number[];
  readonly keys: readonly PoolKey[];
  readonly events: readonly StateEvent[];
}

const START_MS = Date.parse("2026-03-10T12:00:00Z");
const MODEL = "gpt-sim";
const MESSAGES = [{ role: "user", content: "ping" }];
/** Read and written in one response. */
export const TOKENS_AN_ANSWER = 15;

export const good = (afterMs: number): Reaction => ({
  kind: "answer",
  status: 200,
  body: {
    object: "chat.completion",
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: TOKENS_AN_ANSWER },
  },
  afterMs,
});

export const refusal = (
  status: number,
  message: string,
  code: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): Reaction => ({
  kind: "answer",
  status,
  body: { error: { message, type: null, param: null, code } },
  headers,
  afterMs: 20,
});

export async function play(weather: Weather): Promise<WeatherOutcome> {
  const { limits, maxTokens, provider = "openai" } = weather;
  const random = seededRandom(weather.seed);
  // A check takes none of the requests' chances.
  const checkRandom = seededRandom(~weather.seed);
  const time = new VirtualTime(START_MS);
  const body = JSON.stringify({
    ...{ model: MODEL, messages: MESSAGES },
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  });
  const tokens = Array.from({ length: weather.callers ?? 1 }, (_, index) => `token-${index}`);
  const state = new MemoryState(
    new Map(
      tokens.map((id) => [
        id,
        {
          ...{ id, name: id, ownerId: null, scopes: null, expiresAtMs: null },
          ...(limits && { limitHolders: [{ kind: "token", id, budgetId: id, limits }] }),
        },
      ]),
    ),
    { direct: [provider] },
  );
  const pool = new KeyPool(random);
  for (const each of weather.keys) {
    const [text, priority] = typeof each === "string" ? [each, 0] : each;
    pool.upsert({ ...poolKey(`pk_${text}`), provider, sealed: text, priority });
  }
  state.setPool(provider, pool);
  const asked = new Map<string, number>();
  const refused = new Map<string, number>();
  const metMs: number[] = [];
  const known = new Map<string, number>();
  const met = new Set<string>();
  let requests = 0;
  let checks = 0;

  const fetch = async (_url: string, init: RequestInit): Promise<Response> => {
    const key = new Headers(init.headers).get("authorization")?.slice("Bearer ".length) ?? "";
    const isCheck = init.method === "GET";
    const deed = weather.deed(key, time.nowMs - START_MS, isCheck ? checkRandom : random);
    if (isCheck) checks += 1;
    else asked.set(key, (asked.get(key) ?? 0) + 1);
    if (deed.kind === "answer" && deed.status === 401 && !met.has(key)) {
      met.add(key);
      metMs.push(time.nowMs - START_MS);
    }
    if (!isCheck && deed.kind === "answer" && deed.status === 401) {
      const knownMs = known.get(key);
      if (knownMs === undefined) {
        known.set(key, time.nowMs + deed.afterMs);
      }
      if (knownMs === undefined || time.nowMs >= knownMs) {
        refused.set(key, (refused.get(key) ?? 0) + 1);
      }
    }
    if (deed.kind === "silence") return new Promise(() => {});
    await time.sleep(deed.afterMs);
    if (deed.kind === "reset") throw new TypeError("connection reset");
    return Response.json(deed.body, { status: deed.status, headers: { ...deed.headers } });
  };
  const proxy: ProxyInstance = {
    config: {
      gatewayUrl: null,
      gatewayToken: null,
      maxAttempts: 10,
      firstByteTimeoutMs: weather.firstByteTimeoutMs ?? 120_000,
      consecutive429Threshold: 5,
    },
    ports: {
      nowMs: () => time.nowMs,
      random,
      fetch,
      setTimer: (callback, ms) => time.at(time.nowMs + ms, callback),
      newRequestId: () => {
        requests += 1;
        return String(requests);
      },
      state,
      usage: new MemoryUsage(),
      budgets: new MemoryBudgets(),
      works: new MemoryWorks(),
      prices: () => loadPriceBook(),
    },
    catalog: new MemoryCatalog(),
  };
  const served: Served[] = [];
  const send = async (token: string) => {
    const url = new URL(`http://one-balance.test/api/${provider}/chat/completions`);
    const path = splitProxyPath(url.pathname);
    if (path === null) return;
    const askedMs = time.nowMs - START_MS;
    const request = new Request(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-length": String(body.length),
      },
      body,
    });
    const response = await handleProxyRequest(request, url, path, proxy, () => {});
    const retryAfter = response.headers.get("retry-after");
    served.push({
      askedMs,
      tookMs: time.nowMs - START_MS - askedMs,
      status: response.status,
      attempts: Number(response.headers.get("x-one-balance-attempts")),
      retryAfterMs: retryAfter === null ? null : Number(retryAfter) * 1_000,
    });
    await response.body?.cancel();
  };
  const gapMs = 1_000 / weather.perSecond;
  for (let index = 0; index * gapMs < weather.seconds * 1_000; index += 1) {
    const token = tokens[index % tokens.length] ?? "";
    time.at(START_MS + index * gapMs, () => void send(token));
  }
  await time.run();
  return { served, asked, refused, checks, metMs, keys: [...pool.keys()], events: state.events };
}

/** The value that a part of them doesn't exceed; 0 for none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

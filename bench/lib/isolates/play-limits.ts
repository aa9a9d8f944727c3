/**
 * One token, one group of tokens or one tag, with limits on several isolates, with a demand above its limits.
 * @module
 */
import type { LimitHolder, TokenLimits } from "../../../lib/budgets/limit-holder.ts";
import { KeyPool } from "../../../lib/pool/key-pool.ts";
import { handleProxyRequest } from "../../../lib/proxy/handle-request.ts";
import type { AccessToken } from "../../../lib/proxy/ports.ts";
import { splitProxyPath } from "../../../lib/proxy/request/proxy-path.ts";
import { NO_LIMITS } from "../../../lib/usage/token-limits.ts";
import { poolKey } from "../quota/pool-key.ts";
import { seededRandom } from "../quota/random.ts";
import { VirtualTime } from "../quota/virtual-time.ts";
import { type Sharing, SimIsolate, TOKEN_NANO_USD } from "./sim-isolate.ts";
import { type Latency, SimStore, type StoreBill } from "./sim-store.ts";

export interface LimitScenario {
  readonly seed: number;
  readonly isolates: number;
  readonly sharing: Sharing;
  readonly limits: Partial<TokenLimits>;
  /** What has them; the tokens (`SHARING_TOKENS`) of a group or with a tag take turns at random. Absent: one token. */
  readonly holder?: "group" | "tag";
  /** Requests per second, at random times. */
  readonly perSecond: number;
  readonly durationMs: number;
  /** This many more arrive at once at the beginning. */
  readonly burst?: number;
  readonly storeLatency?: Latency;
  /** Clients that send one request after the other from the beginning, each this many. */
  readonly loops?: { readonly clients: number; readonly requests: number };
  /** The `max_tokens` of each request; null for none. */
  readonly maxTokens?: number | null;
  /** The tokens of each answer; absent: 50 to `max_tokens`, at random. */
  readonly answerTokens?: number;
  /** The longest that the client waits. */
  readonly maxWaitMs?: number;
  /** Events after this many milliseconds. */
  readonly events?: readonly (readonly [afterMs: number, happens: (store: SimStore) => void])[];
}

/** One request that reached the upstream. */
export interface SentRequest {
  readonly atMs: number;
  readonly endMs: number;
  readonly tokens: number;
}

export interface LimitOutcome {
  readonly startMs: number;
  readonly asked: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly sent: readonly SentRequest[];
  /** From the request to the response for those that were rejected or sent, without the upstream's own time. */
  readonly waitsMs: readonly number[];
  readonly bill: StoreBill;
}

export const START_MS = Date.parse("2026-03-10T12:00:00Z");
const D1_MS: Latency = [10, 60];
const PATH = "/api/openai/v1/chat/completions";
const MAX_TOKENS = 500;
const encoder = new TextEncoder();
const bodyOf = (maxTokens: number | null) =>
  encoder.encode(
    JSON.stringify({
      model: "gpt-sim",
      ...(maxTokens !== null && { max_tokens: maxTokens }),
      messages: [{ role: "user", content: "x".repeat(200) }],
    }),
  );
const PROMPT_TOKENS = 60;
/** The most tokens that a request uses. */
export const MOST_TOKENS = PROMPT_TOKENS + MAX_TOKENS;
const SHARING_TOKENS = 5;
const TAG = "customer=acme";

export async function playLimits(game: LimitScenario): Promise<LimitOutcome> {
  const random = seededRandom(game.seed);
  const time = new VirtualTime(START_MS, 3);
  const store = new SimStore(time, random, game.storeLatency ?? D1_MS);
  const limits = { ...NO_LIMITS, ...game.limits };
  const holder = holderOf(game.holder ?? "token", limits);
  const tokenOf = (text: string): AccessToken => ({
    id: `at_${text}`,
    name: text,
    ownerId: null,
    scopes: null,
    expiresAtMs: null,
    ...(game.maxWaitMs !== undefined && { maxWaitMs: game.maxWaitMs }),
    ...(game.holder === "group" && { group: { id: "gr_one", weight: 1, usesCommonKeys: true } }),
    limitHolders: game.holder === "tag" ? [] : [holder],
  });
  const body = bodyOf(game.maxTokens === undefined ? MAX_TOKENS : game.maxTokens);
  const sent: SentRequest[] = [];
  const fetch = async () => {
    const atMs = time.nowMs;
    const output = game.answerTokens ?? Math.floor(50 + random() * (MAX_TOKENS - 50));
    await time.sleep(300 + random() * 900);
    const usage = {
      prompt_tokens: PROMPT_TOKENS,
      completion_tokens: output,
      total_tokens: PROMPT_TOKENS + output,
    };
    sent.push({ atMs, endMs: time.nowMs, tokens: usage.total_tokens });
    const choices = [
      { index: 0, finish_reason: "stop", message: { role: "assistant", content: "words" } },
    ];
    return Response.json({ object: "chat.completion", model: "gpt-sim", choices, usage });
  };
  const isolates = Array.from({ length: game.isolates }, (_, index) => {
    const pool = new KeyPool(random);
    for (let key = 0; key < 20; key += 1) pool.upsert(poolKey(`pk_${key}`));
    return new SimIsolate({
      ...{ id: `is_${index}`, time, random, store, sharing: game.sharing, pool, fetch },
      tokenOf,
      tagHolders: game.holder === "tag" ? [holder] : [],
      record: () => {},
    });
  });
  const statuses = new Map<number, number>();
  const waitsMs: number[] = [];
  let asked = 0;
  const send = async () => {
    asked += 1;
    const isolate = isolates[Math.floor(random() * isolates.length)];
    if (isolate === undefined) return;
    const caller = game.holder === undefined ? "one" : `t${Math.floor(random() * SHARING_TOKENS)}`;
    const url = new URL(`http://one-balance.test${PATH}`);
    const path = splitProxyPath(url.pathname);
    if (path === null) throw new Error(`${PATH} is not the proxy's`);
    const askedMs = time.nowMs;
    const request = new Request(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${caller}`,
        "content-type": "application/json",
        ...(game.holder === "tag" && { "x-one-balance-tags": TAG }),
      },
      body,
    });
    const response = await handleProxyRequest(request, url, path, isolate.proxy, () => {});
    await response.arrayBuffer();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status !== 200) waitsMs.push(time.nowMs - askedMs);
  };
  for (let count = 0; count < (game.burst ?? 0); count += 1) {
    time.at(START_MS + random() * 50, () => void send());
  }
  for (let atMs = START_MS; game.perSecond > 0; ) {
    atMs += (-Math.log(1 - random()) / game.perSecond) * 1_000;
    if (atMs > START_MS + game.durationMs) break;
    time.at(atMs, () => void send());
  }
  for (let client = 0; client < (game.loops?.clients ?? 0); client += 1) {
    time.at(START_MS, async () => {
      for (let left = game.loops?.requests ?? 0; left > 0; left -= 1) {
        await send();
        await time.sleep(1);
      }
    });
  }
  for (const [afterMs, happens] of game.events ?? []) {
    time.at(START_MS + afterMs, () => happens(store));
  }
  await time.run();
  sent.sort((one, other) => one.atMs - other.atMs);
  return { startMs: START_MS, asked, statuses, sent, waitsMs, bill: store.bill };
}

function holderOf(kind: "token" | "group" | "tag", limits: TokenLimits): LimitHolder {
  if (kind === "token") return { kind, id: "at_one", budgetId: "at_one", limits };
  const [id, name] = kind === "group" ? ["gr_one", "one"] : [`tag:${TAG}`, TAG];
  return { kind, id, name, budgetId: id, limits };
}

/** The maximum of a measure in any minute that begins `fromMs` or more after the start. */
export function mostInAMinute(
  { sent, startMs }: LimitOutcome,
  of: (request: SentRequest) => number,
  fromMs = 0,
): number {
  let most = 0;
  let within = 0;
  let first = 0;
  const counted = sent.filter(({ atMs }) => atMs >= startMs + fromMs);
  for (const request of counted) {
    within += of(request);
    for (;;) {
      const oldest = counted[first];
      if (oldest === undefined || oldest.atMs > request.atMs - 60_000) break;
      within -= of(oldest);
      first += 1;
    }
    most = Math.max(most, within);
  }
  return most;
}

/** The most simultaneous requests at any time `fromMs` or more after the start. */
export function mostAtOnce({ sent, startMs }: LimitOutcome, fromMs = 0): number {
  const changes = sent.flatMap(({ atMs, endMs }) => [
    { atMs, by: 1 },
    { atMs: endMs, by: -1 },
  ]);
  changes.sort((one, other) => one.atMs - other.atMs || one.by - other.by);
  let underWay = 0;
  let most = 0;
  for (const { atMs, by } of changes) {
    underWay += by;
    if (atMs >= startMs + fromMs) most = Math.max(most, underWay);
  }
  return most;
}

/** The total cost of all requests, in 1e-9 US dollars. */
export function costOf({ sent }: LimitOutcome): number {
  return sent.reduce((total, { tokens }) => total + tokens * TOKEN_NANO_USD, 0);
}

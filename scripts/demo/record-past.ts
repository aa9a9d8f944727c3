/**
 * Weeks of usage, written to the store by the proxy's own recorder with its clock set back: priced, counted, logged,
 * compacted and pruned like live requests.
 * @module
 */
import { sql } from "drizzle-orm";
import type { Database } from "../../lib/db/open-database.ts";
import { writeStateEvents } from "../../lib/db/state/write-state-events.ts";
import { DEFAULT_SETTINGS, writeSettings } from "../../lib/db/team/settings.ts";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder.ts";
import { ALIKE } from "../../lib/pool/guard/circuit-breaker.ts";
import { nextMidnightMs } from "../../lib/providers/answers/quota-day.ts";
import { findProvider } from "../../lib/providers/registry.ts";
import { newRequestId } from "../../lib/proxy/new-request-id.ts";
import type { StateEvent } from "../../lib/proxy/ports.ts";
import type { RequestEvent } from "../../lib/usage/request-event.ts";
import { sampleRequests } from "./sample-requests.ts";
import { SAMPLE_TAGS, sampleTags } from "./sample-tags.ts";
import type { SampleTeam } from "./sample-team.ts";
import { SeededRandom } from "./seeded-random.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
/** As many as one flush takes. */
const PORTION = 500;

export interface PastSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** @returns The number of requests. */
export async function recordPast(
  db: Database,
  team: SampleTeam,
  { fromMs, toMs }: PastSpan,
  seed: number,
): Promise<number> {
  const random = new SeededRandom(seed);
  const tagsRandom = new SeededRandom(seed);
  let clockMs = fromMs;
  const tags = { rollUp: SAMPLE_TAGS, limits: [] };
  await writeSettings(
    db,
    { section: "tags", value: tags, version: undefined, audit: sql`select 1` },
    fromMs,
  );
  const recorder = new UsageRecorder({
    db,
    nowMs: () => clockMs,
    sleep: async (ms) => {
      clockMs += ms;
    },
    random: random.next,
    // Written faster than in reality: the daily budget is for the traffic to come.
    settings: () => ({ ...SETTINGS, tags, logging: isLogged(clockMs, toMs) ? LOG_ALL : LOG_NONE }),
  });
  let count = 0;
  let events: StateEvent[] = [];
  const lastUses = new Map<string, StateEvent>();
  const write = async () => {
    await recorder.flush();
    if (events.length > 0) await writeStateEvents(db, events);
    events = [];
  };
  for (const request of sampleRequests(team, random, fromMs, toMs)) {
    clockMs = Math.max(clockMs, request.atMs);
    const own = sampleTags(tagsRandom);
    recorder.add(own === undefined ? request : { ...request, tags: own });
    events.push(...cooldownsAfter(request));
    for (const [id, use] of usesBy(request)) lastUses.set(id, use);
    count += 1;
    if (count % PORTION === 0) await write();
  }
  events.push(...blocksOf(team, toMs), ...incidentOf(team, toMs), ...lastUses.values());
  await write();
  if (recorder.isDue()) throw new Error("the sample requests could not be written");
  return count;
}

const LOG_ALL = DEFAULT_SETTINGS.logging;
const LOG_NONE = { ...LOG_ALL, requests: "none" } as const;
const SETTINGS = { ...DEFAULT_SETTINGS, metering: { dailyRowBudget: 0 } };

/** Older rows would be pruned at once. */
function isLogged(atMs: number, toMs: number): boolean {
  return atMs >= toMs - DEFAULT_SETTINGS.retention.requestLogDays * DAY_MS;
}

/** The blocks of keys that their providers rejected in the last days. */
function blocksOf({ refusedKeyIds }: SampleTeam, toMs: number): StateEvent[] {
  return [...refusedKeyIds.values()].flat().map((keyId, place) => {
    const atMs = toMs - (5 + 9 * place) * HOUR_MS;
    const evidence = {
      meaning: "key_blocked",
      rule: "key_blocked",
      status: 403,
      words: "The account of this key was suspended.",
      requestId: newRequestId(atMs, 0.5),
      model: null,
      atMs,
    } as const;
    return { kind: "key-blocked", keyId, evidence };
  });
}

/** Two days ago a provider rejected valid keys for some minutes. */
function incidentOf({ keyIds }: SampleTeam, toMs: number): StateEvent[] {
  const provider = "anthropic";
  const sinceMs = toMs - 2 * DAY_MS;
  return [
    {
      kind: "incident-seen",
      provider,
      rule: "bad-key",
      meaning: "key_invalid",
      status: 401,
      words: "invalid x-api-key",
      effect: "block",
      keyIds: keyIds.get(provider)?.slice(0, ALIKE) ?? [],
      sinceMs,
      atMs: sinceMs + 4 * MINUTE_MS,
    },
    { kind: "incident-over", provider, atMs: sinceMs + 6 * MINUTE_MS },
  ];
}

/** The key that served a request, and its token. */
function usesBy({ outcome, atMs, tokenId, attempts }: RequestEvent): [string, StateEvent][] {
  const keyId = attempts.at(-1)?.keyId;
  if (outcome !== "ok" || keyId === undefined) return [];
  return [
    [keyId, { kind: "key-used", keyId, atMs }],
    ...(tokenId === null
      ? []
      : [[tokenId, { kind: "token-used", tokenId, atMs }] satisfies [string, StateEvent]]),
  ];
}

/** The cooldowns of keys after a request's rejected attempts. */
function cooldownsAfter({ id, atMs, provider, model, attempts }: RequestEvent): StateEvent[] {
  const quotaZone = (provider === null ? undefined : findProvider(provider))?.quotaDayZone ?? "UTC";
  return attempts.flatMap(({ keyId, afterMs, meaning, rule, status, words }) => {
    if (model === null || (meaning !== "rate_limit_minute" && meaning !== "rate_limit_day")) {
      return [];
    }
    const atAttemptMs = atMs + afterMs;
    const untilMs =
      meaning === "rate_limit_minute"
        ? atAttemptMs + MINUTE_MS
        : nextMidnightMs(quotaZone, atAttemptMs);
    const evidence = {
      meaning,
      rule: rule ?? meaning,
      status,
      words: words ?? "",
      requestId: id,
      model,
      atMs: atAttemptMs,
    };
    return [{ kind: "key-cooled", keyId, model, untilMs, evidence }];
  });
}

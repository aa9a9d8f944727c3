/**
 * Requests as the demo's team may have made them: more by day than by night and on weekdays, more each week, and it is
 * now their afternoon; with the usual limits, faults and people who leave. The same for the same seed.
 * @module
 */
import { newRequestId } from "../../lib/proxy/new-request-id.ts";
import type { AttemptRecord, RequestEvent } from "../../lib/usage/request-event.ts";
import { NO_USAGE, type Usage } from "../../lib/usage/types.ts";
import { type SampleModel, sampleProviders } from "./sample-models.ts";
import type { SampleTeam } from "./sample-team.ts";
import type { SeededRandom } from "./seeded-random.ts";

const HOUR_MS = 3_600_000;
export const PEAK_PER_HOUR = 110;
const TEAM_HOUR_NOW = 15;

interface Choice {
  readonly provider: string;
  readonly model: SampleModel;
  readonly weight: number;
}

const choices: readonly Choice[] = sampleProviders.flatMap(({ slug, models }) =>
  models.map((model) => ({ provider: slug, model, weight: model.weight })),
);

/** From one time to another, in order. */
export function* sampleRequests(
  team: SampleTeam,
  random: SeededRandom,
  fromMs: number,
  toMs: number,
): Generator<RequestEvent> {
  let atMs = fromMs;
  for (;;) {
    atMs += Math.ceil(
      (-Math.log(1 - random.next()) * HOUR_MS) / requestsPerHour(atMs, fromMs, toMs),
    );
    if (atMs >= toMs) return;
    yield sampleRequest(team, random, atMs);
  }
}

function requestsPerHour(atMs: number, fromMs: number, toMs: number): number {
  const date = new Date(atMs);
  // Whenever the demo is started, the last hours are the busiest.
  const hour = ((((atMs - toMs) / HOUR_MS + TEAM_HOUR_NOW) % 24) + 24) % 24;
  const daylight = 0.12 + 0.88 * Math.max(0, Math.sin((Math.PI * (hour - 6)) / 15)) ** 1.5;
  const isWeekend = date.getUTCDay() % 6 === 0;
  const growth = 0.55 + (0.45 * (atMs - fromMs)) / (toMs - fromMs);
  return PEAK_PER_HOUR * daylight * (isWeekend ? 0.5 : 1) * growth;
}

function sampleRequest(team: SampleTeam, random: SeededRandom, atMs: number): RequestEvent {
  const { provider, model } = random.pick(choices);
  const token = random.pick(team.tokens);
  const id = newRequestId(atMs, random.next());
  const event = {
    id,
    atMs,
    provider,
    model: model.name,
    tokenId: token.id,
    userId: token.ownerId,
    errorCode: null,
    isStream: model.form !== "embeddings" && random.chance(0.7),
    gatewayLogId: null,
  };
  if (random.chance(0.004)) return denied(event);
  const keyIds = team.keyIds.get(provider) ?? [];
  const attempts = sampleAttempts(keyIds, provider, model, random);
  const served = attempts.at(-1);
  const firstMs = (served?.afterMs ?? 0) + (served?.tookMs ?? 0);
  // Streams send their headers at once.
  const firstByteMs = event.isStream ? Math.round(firstMs * 0.4) : firstMs;
  const ended = {
    ...event,
    attempts,
    timeToFirstTokenMs: firstMs,
    timeToFirstByteMs: firstByteMs,
    durationMs: firstMs,
  };
  const isLimited = served?.meaning === "rate_limit_minute";
  if (isLimited) {
    const refusal = { outcome: "limited", status: 429, errorCode: "pool_exhausted" } as const;
    return { ...ended, ...refusal, timeToFirstTokenMs: null, timeToFirstByteMs: null, usage: null };
  }
  if (served?.meaning === "client_error") {
    return { ...ended, outcome: "client_error", status: 400, usage: null };
  }
  const usage = sampleUsage(model, random);
  const durationMs = firstMs + Math.round((usage.outputTokens ?? 0) * model.tokenMs);
  if (event.isStream && random.chance(0.03)) {
    return {
      ...ended,
      outcome: "aborted",
      status: 499,
      durationMs: Math.round((firstMs + durationMs) / 2),
      usage: {
        ...usage,
        outputTokens: Math.ceil((usage.outputTokens ?? 0) / 2),
        reasoningTokens: null,
        isEstimate: true,
      },
    };
  }
  return { ...ended, outcome: "ok", status: 200, durationMs, usage };
}

type Refusable = Omit<
  RequestEvent,
  | "outcome"
  | "status"
  | "durationMs"
  | "timeToFirstTokenMs"
  | "timeToFirstByteMs"
  | "attempts"
  | "usage"
>;

function denied(event: Refusable): RequestEvent {
  return {
    ...event,
    model: null,
    tokenId: null,
    userId: null,
    isStream: false,
    outcome: "denied",
    status: 401,
    errorCode: "invalid_access_token",
    durationMs: 1,
    timeToFirstTokenMs: null,
    timeToFirstByteMs: null,
    attempts: [],
    usage: null,
  };
}

const ERRORS = {
  rate_limit_minute: { status: 429, words: "Rate limit reached for requests per minute." },
  rate_limit_day: { status: 429, words: "You exceeded your current quota for today." },
  server_error: { status: 503, words: "The server is overloaded. Please try again later." },
  client_error: { status: 400, words: "This model's maximum context length is 128000 tokens." },
} as const;

function sampleAttempts(
  keyIds: readonly string[],
  provider: string,
  { firstMs }: SampleModel,
  random: SeededRandom,
): readonly AttemptRecord[] {
  const attempts: AttemptRecord[] = [];
  let afterMs = random.between(1, 4);
  for (;;) {
    const keyId = keyIds[random.between(0, keyIds.length - 1)] ?? "";
    const meaning = sampleMeaning(provider, random);
    const tookMs = meaning === "ok" ? random.around(firstMs) : random.around(90);
    const answer = meaning === "ok" ? { status: 200, words: null } : ERRORS[meaning];
    attempts.push({ keyId, afterMs, tookMs, meaning, rule: meaning, ...answer });
    const isEnd = meaning === "ok" || meaning === "client_error" || random.chance(0.03);
    if (isEnd && meaning !== "server_error" && meaning !== "rate_limit_day") return attempts;
    afterMs += tookMs + random.between(1, 3);
  }
}

function sampleMeaning(provider: string, random: SeededRandom): "ok" | keyof typeof ERRORS {
  // Google's free keys have a daily quota.
  if (provider === "google-ai-studio" && random.chance(0.08)) return "rate_limit_day";
  const at = random.next();
  if (at < 0.065) return "rate_limit_minute";
  if (at < 0.08) return "server_error";
  return at < 0.095 ? "client_error" : "ok";
}

function sampleUsage({ form, input, output }: SampleModel, random: SeededRandom): Usage {
  const inputTokens = random.around(input);
  if (form === "embeddings") return { ...NO_USAGE, inputTokens };
  const outputTokens = random.around(output);
  const cached = random.chance(0.35) ? Math.floor(inputTokens * random.next()) : 0;
  const reasoning = random.chance(0.3) ? Math.floor(outputTokens * random.next() * 0.6) : 0;
  return {
    ...NO_USAGE,
    inputTokens,
    outputTokens,
    cachedInputTokens: cached,
    reasoningTokens: reasoning,
  };
}

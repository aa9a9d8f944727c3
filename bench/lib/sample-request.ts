/**
 * Requests as a team makes them: some providers, models and tokens are used much more than others, a model and a key
 * belong to one provider, whose keys take turns, and one request in ten fails at first.
 * @module
 */
import { newRequestId } from "../../lib/proxy/new-request-id.ts";
import type { AttemptRecord, RequestEvent } from "../../lib/usage/request-event.ts";
import { NO_USAGE } from "../../lib/usage/types.ts";
import type { SeededRandom } from "../../scripts/demo/seeded-random.ts";

/** With a share of all keys, and of all requests. The most used one first. */
export const PROVIDERS = [
  { slug: "openai", share: 0.4 },
  { slug: "anthropic", share: 0.25 },
  { slug: "google-ai-studio", share: 0.2 },
  { slug: "groq", share: 0.1 },
  { slug: "mistral", share: 0.05 },
] as const;

const MODELS_OF_EACH = 4;

export interface Traffic {
  /** The most used ones first. */
  readonly tokens: readonly { readonly id: string; readonly userId: string | null }[];
  /** A list for each of `PROVIDERS`. */
  readonly keyIds: readonly (readonly string[])[];
}

export const modelName = (provider: string, model: number) => `${provider}-model-${model}`;

export function sampleRequest(traffic: Traffic, random: SeededRandom, atMs: number): RequestEvent {
  const { slug: provider, keyIds } = random.pick(
    PROVIDERS.map(({ slug, share }, place) => ({
      slug,
      weight: share,
      keyIds: traffic.keyIds[place] ?? [],
    })),
  );
  const model = modelName(provider, rank(random, MODELS_OF_EACH));
  const token = traffic.tokens[rank(random, traffic.tokens.length)];
  const attempt = (meaning: AttemptRecord["meaning"], status: number, words: string | null) => ({
    keyId: keyIds[random.between(0, keyIds.length - 1)] ?? "",
    afterMs: random.between(1, 9),
    tookMs: random.around(400),
    status,
    meaning,
    rule: meaning,
    words,
  });
  const limited = () => attempt("rate_limit_minute", 429, "Rate limit reached for requests.");
  const refused = Array.from({ length: random.chance(0.05) ? random.between(1, 3) : 0 }, limited);
  const firstMs = random.around(400);
  const event = {
    id: newRequestId(atMs, random.next()),
    atMs,
    provider,
    model,
    tokenId: token?.id ?? null,
    userId: token?.userId ?? null,
    errorCode: null,
    durationMs: firstMs + random.around(1_200),
    timeToFirstTokenMs: firstMs,
    timeToFirstByteMs: firstMs,
    isStream: true,
    gatewayLogId: null,
  };
  const fate = random.next();
  if (fate < 0.01) {
    const attempts = [...refused, limited()];
    return { ...event, outcome: "limited", status: 429, attempts, usage: null };
  }
  if (fate < 0.03) {
    const attempts = [...refused, attempt("client_error", 400, "Too many tokens.")];
    return { ...event, outcome: "client_error", status: 400, attempts, usage: null };
  }
  const usage = {
    ...NO_USAGE,
    inputTokens: random.around(900),
    outputTokens: random.around(200),
    cachedInputTokens: random.chance(0.3) ? random.between(1, 400) : 0,
    isEstimate: fate < 0.05,
  };
  const attempts = [...refused, attempt("ok", 200, null)];
  if (fate < 0.05) return { ...event, outcome: "aborted", status: 499, attempts, usage };
  return { ...event, outcome: "ok", status: 200, attempts, usage };
}

/** From 0 to below `count`, with a probability by rank: the second half as often as the first. */
function rank(random: SeededRandom, count: number): number {
  return Math.floor((count + 1) ** random.next()) - 1;
}

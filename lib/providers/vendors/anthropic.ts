/**
 * Anthropic. Facts are from docs.claude.com's API reference, errors, rate limits and OpenAI SDK pages, and from AI
 * Gateway's page on Anthropic.
 * @module
 */

import { allOf, anyOf, coded, says, withStatus } from "../answers/error-matchers";
import { nextMonthMs } from "../answers/quota-day";
import { versionedPath } from "../base-path";
import { asBearer, inHeader } from "../place-key";
import { NEEDS_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { ErrorRule, OutgoingRequest, Provider } from "../types";

const inApiKeyHeader = inHeader("x-api-key");

/** The OpenAI-compatible endpoint and OAuth keys use Bearer, everything else `x-api-key`. */
function placeKey(request: OutgoingRequest, key: string): void {
  const wantsBearer =
    key.startsWith("sk-ant-oat") || request.url.pathname.endsWith("/chat/completions");
  (wantsBearer ? asBearer : inApiKeyHeader)(request, key);
  addVersion(request);
}

/** The API rejects requests that name no version. */
export function addVersion({ headers }: OutgoingRequest): void {
  if (!headers.has("anthropic-version")) headers.set("anthropic-version", "2023-06-01");
}

const errorRules: readonly ErrorRule[] = [
  {
    name: "anthropic-spend-limit",
    meaning: "out_of_credit",
    untilMs: (_facts, nowMs) => nextMonthMs(nowMs),
    matches: coded("enforced_spend_limit_reached"),
  },
  {
    // A limit set by the owner; the message contains the date.
    name: "anthropic-usage-limit",
    meaning: "out_of_credit",
    matches: says(
      /^you have reached your specified api usage limits|^this organization has reached its .*usage limit/i,
    ),
  },
  {
    name: "anthropic-credit",
    meaning: "out_of_credit",
    matches: says(/^your credit balance is too low/i),
  },
  {
    name: "anthropic-organization-disabled",
    meaning: "key_blocked",
    matches: allOf(withStatus(400, 401, 403), says(/^this organization has been disabled/i)),
  },
  {
    name: "anthropic-oauth-not-allowed",
    meaning: "key_blocked",
    matches: allOf(withStatus(401, 403), says(/^oauth authentication is currently not allowed/i)),
  },
  {
    // Without the outer `"type":"error"`: from the edge, about where the request comes from.
    name: "anthropic-edge",
    meaning: "region_denied",
    matches: allOf(withStatus(403), coded("forbidden"), says(/^request not allowed/i)),
  },
  {
    // Long contexts have separate limits and prices: the key's shorter requests are served.
    name: "anthropic-long-context",
    meaning: "rate_limit_minute",
    scope: "none",
    matches: allOf(withStatus(429), says(/\blong[- ]context\b/i)),
  },
  {
    // For accounts that still have one; most windows are minutes.
    name: "anthropic-day-limit",
    meaning: "rate_limit_day",
    matches: allOf(withStatus(429), says(/\bdaily\b|\bper[ -]day\b/i)),
  },
  {
    // The OpenAI-compatible endpoint has the word in `code`.
    name: "anthropic-rate-limit",
    meaning: "rate_limit_minute",
    hasNoDayQuota: true,
    matches: allOf(
      withStatus(429),
      anyOf(coded("rate_limit_error"), says(/acceleration limit|rate limit/i)),
    ),
  },
];

export const anthropic: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "anthropic",
  label: "Anthropic",
  errorFormat: "anthropic",
  usageFormat: "anthropic",
  protocol: "anthropic",
  compatSlug: "anthropic",
  ...versionedPath("https://api.anthropic.com", "v1"),
  placeKey,
  withholds: {
    credentials: { headers: ["x-api-key", "authorization"] },
    accounts: { headers: ["anthropic-workspace-id", "anthropic-organization-id"] },
  },
  model: { body: ["model"] },
  needsModel: NEEDS_MODEL,
  openAiCompatible: { chatCompletions: "v1/chat/completions", models: "v1/models" },
  keyCheck: { method: "GET", path: "v1/models" },
  keyPattern: /^sk-ant-/,
  errorRules,
};

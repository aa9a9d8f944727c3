/**
 * Errors of Google's generative APIs. Facts are from ai.google.dev's rate-limit and troubleshooting pages, google.rpc's
 * error model, and the classification in Google's own gemini-cli.
 * @module
 */

import type { ErrorFacts, ErrorRule } from "../types";
import { allOf, anyOf, coded, says, withStatus } from "./error-matchers";
import { nextMidnightMs, nextMonthMs } from "./quota-day";
import { reportedDurationMs } from "./wait-time";

const HOUR_MS = 3_600_000;

/** `limit: 0` but not `limit: 0.5`, and not the end of `limit: 250000`. */
const ZERO_LIMIT = /limit:\s*0(?!\d|\.\d)/i;

function namesDayQuota({ quotaViolations, message }: ErrorFacts): boolean {
  return (
    // Anywhere in the id: paid ids lack the suffix `-FreeTier`.
    quotaViolations.some(
      ({ quotaId, quotaMetric }) =>
        /PerDay|Daily/i.test(quotaId) || /per_day|daily/i.test(quotaMetric),
    ) || /\bper day\b|\bdaily\b|per_day/i.test(message)
  );
}

/** Searches and maps have separate quotas, which requests without these tools don't use. */
const OF_A_TOOL = /search|grounding|maps/i;

const quotaRules: readonly ErrorRule[] = [
  {
    name: "google-tool-quota",
    meaning: "rate_limit_minute",
    scope: "none",
    matches: ({ status, quotaViolations }) =>
      status === 429 &&
      quotaViolations.length > 0 &&
      quotaViolations.every(({ quotaId, quotaMetric }) =>
        OF_A_TOOL.test(`${quotaId} ${quotaMetric}`),
      ),
  },
  {
    // An old project without any quota left for its region. Waiting has never helped, yet nothing says it is blocked.
    name: "google-dead-project",
    meaning: "key_blocked",
    scope: "model",
    untilMs: (_facts, nowMs) => nowMs + HOUR_MS,
    matches: (facts) =>
      facts.status === 429 &&
      facts.quotaViolations.some(
        ({ quotaId, quotaValue }) => quotaValue === 0 && /PerRegion/.test(quotaId),
      ),
  },
  {
    // The project's tier doesn't include this model. Comes with retry hints that don't help.
    name: "google-zero-limit",
    meaning: "model_denied",
    matches: (facts) =>
      facts.status === 429 &&
      facts.isJson &&
      (ZERO_LIMIT.test(facts.message) ||
        facts.quotaViolations.some(({ quotaValue }) => quotaValue === 0)),
  },
  {
    name: "google-spending-cap",
    meaning: "out_of_credit",
    untilMs: (_facts, nowMs) => nextMonthMs(nowMs),
    matches: allOf(withStatus(402, 403, 429), says(/\bspend(?:ing)? (?:cap|limit)\b/i)),
  },
  {
    name: "google-credit",
    meaning: "out_of_credit",
    matches: anyOf(
      withStatus(402),
      coded("BILLING_DISABLED"),
      allOf(
        withStatus(403, 429),
        says(
          /prepa(?:id|yment) credits?|credits? (?:are|is) depleted|requires billing to be enabled/i,
        ),
      ),
    ),
  },
  {
    name: "google-capacity",
    meaning: "overloaded",
    matches: allOf(
      withStatus(429, 503),
      // Vertex AI's shared quota is documented separately: it is the model's capacity, not the project's.
      anyOf(
        coded("MODEL_CAPACITY_EXHAUSTED", "UNAVAILABLE"),
        says(/no capacity available|overloaded|high demand|error-code-429/i),
      ),
    ),
  },
  {
    // Renews at midnight Pacific time, whatever RetryInfo says ("0s" occurs). Its position in the list doesn't matter.
    name: "google-day-quota",
    meaning: "rate_limit_day",
    untilMs: (_facts, nowMs) => nextMidnightMs("America/Los_Angeles", nowMs),
    matches: (facts) => facts.status === 429 && facts.isJson && namesDayQuota(facts),
  },
  {
    // Code Assist's rolling windows, which do report their end.
    name: "google-long-quota",
    meaning: "rate_limit_day",
    matches: allOf(withStatus(429), coded("QUOTA_EXHAUSTED")),
  },
  {
    // `retryDelay: "68940s"` without a quota's name: no per-minute quota takes hours to renew.
    name: "google-long-wait",
    meaning: "rate_limit_day",
    untilMs: (_facts, nowMs) => nextMidnightMs("America/Los_Angeles", nowMs),
    matches: (facts) =>
      facts.status === 429 && facts.isJson && (reportedDurationMs(facts) ?? 0) > HOUR_MS,
  },
  {
    // Before the common rules: here, "check your plan and billing details" is in every quota message.
    name: "google-minute-quota",
    meaning: "rate_limit_minute",
    matches: withStatus(429),
  },
];

const keyRules: readonly ErrorRule[] = [
  {
    name: "google-key-invalid",
    meaning: "key_invalid",
    matches: anyOf(
      allOf(
        withStatus(400, 401, 403),
        coded(
          "API_KEY_INVALID",
          "ACCESS_TOKEN_EXPIRED",
          "ACCESS_TOKEN_TYPE_UNSUPPORTED",
          "ACCOUNT_STATE_INVALID",
        ),
      ),
      allOf(withStatus(400, 401, 403), says(/^api key (?:not valid|expired|not found|invalid)\b/i)),
    ),
  },
  {
    // Seen for an empty Bearer, so perhaps our own mistake: cooldown and re-check instead of a block.
    name: "google-malformed-key",
    meaning: "key_invalid",
    untilMs: (_facts, nowMs) => nowMs + HOUR_MS / 6,
    matches: allOf(withStatus(400, 401), says(/^(?:missing or )?invalid authorization header/i)),
  },
  {
    // Restricted by the owner (to other APIs, referrers, apps, addresses), or disabled by Google.
    name: "google-key-blocked",
    meaning: "key_blocked",
    matches: allOf(
      withStatus(401, 403),
      anyOf(
        coded(
          "CONSUMER_SUSPENDED",
          "CONSUMER_INVALID",
          "API_KEY_SERVICE_BLOCKED",
          "API_KEY_HTTP_REFERRER_BLOCKED",
          "API_KEY_ANDROID_APP_BLOCKED",
          "API_KEY_IOS_APP_BLOCKED",
          "API_KEY_IP_ADDRESS_BLOCKED",
          "SERVICE_DISABLED",
        ),
        says(
          /reported as leaked|has been suspended|requests from .{0,200} are blocked|^requests to this api .* are blocked|terms of service|has been denied access|has not been used in project .{0,200} or it is disabled/i,
        ),
      ),
    ),
  },
  {
    name: "google-location",
    meaning: "region_denied",
    matches: allOf(
      withStatus(400, 403),
      says(/^user location is not supported|not available in your (?:country|region|location)/i),
    ),
  },
  {
    // Files and caches belong to the project that created them: another key of the pool may belong to that project.
    name: "google-foreign-file",
    meaning: "model_denied",
    scope: "none",
    matches: allOf(
      withStatus(403),
      says(
        /permission to access (?:the )?(?:file|cached ?content|corpus|document|tuned ?model)|^cachedcontent not found/i,
      ),
    ),
  },
  {
    // A key with this error was seen to serve other models.
    name: "google-model-denied",
    meaning: "model_denied",
    matches: anyOf(
      allOf(
        withStatus(403),
        says(
          /^the caller does not have permission|^permission '[^']*' denied on resource|^permission denied on resource/i,
        ),
      ),
      allOf(withStatus(403), coded("IAM_PERMISSION_DENIED")),
      allOf(withStatus(400, 403, 404), says(/^you don't have access to this model/i)),
      allOf(
        withStatus(404),
        says(/^publisher model .* was not found or your project does not have access/i),
      ),
    ),
  },
];

export const googleErrorRules: readonly ErrorRule[] = [...quotaRules, ...keyRules];

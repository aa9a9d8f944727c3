/**
 * What error responses mean for providers without a rule of their own. The first match decides.
 *
 * The message takes precedence over the status, because statuses mislead: a 401 may be an empty account, a 403 a
 * region, a 429 a request too large to ever succeed. A message that says a key is invalid counts only if the status is
 * about credentials, because a 400 or 404 may quote what the caller wrote.
 * @module
 */

import type { ErrorFacts, ErrorRule } from "../types";
import { allOf, anyOf, coded, codeLike, says, withStatus } from "./error-matchers";
import { nextMonthMs } from "./quota-day";
import { shortWaitMs } from "./wait-time";

/** The rule for a request that needs more than its whole quota. */
export const LARGER_THAN_QUOTA = "larger-than-quota";

const credentialStatus = withStatus(401, 403);
const moneyStatus = withStatus(401, 402, 403, 412, 429);

/** `Limit 30000, Requested 30601`: more in one request than the whole quota. */
export function exceedsWholeQuota(facts: ErrorFacts): boolean {
  const [, limit, requested] =
    /\blimit:? ([\d,]+)\b.{0,200}?\brequested:? ~?([\d,]+)/i.exec(facts.message) ?? [];
  return limit !== undefined && requested !== undefined && toNumber(requested) > toNumber(limit);
}

function toNumber(digits: string): number {
  return Number(digits.replaceAll(",", ""));
}

/** Errors about the credential, or about where the request comes from. */
const credentialRules: readonly ErrorRule[] = [
  {
    // Another key may have a valid format, so it is tried; this key isn't at fault for what didn't arrive.
    name: "credential-not-received",
    meaning: "client_error",
    next: "retry",
    matches: allOf(
      credentialStatus,
      anyOf(
        coded("CREDENTIALS_MISSING", "missing_api_key"),
        says(
          /didn't provide an api key|^no (?:cookie )?(?:auth|api key|authorization|credentials)|^missing (?:bearer|authorization|api key|authentication)|header is (?:missing|required)|auth header format should be|api key (?:is )?(?:missing|required)|without established identity/i,
        ),
      ),
    ),
  },
  {
    name: "region",
    meaning: "region_denied",
    matches: allOf(
      withStatus(400, 401, 403, 451),
      anyOf(
        coded("unsupported_country_region_territory", "region_restricted"),
        allOf(
          withStatus(401, 403, 451),
          says(
            /\b(?:country|region|territory|location)\b.{0,40}\b(?:not (?:supported|allowed|available)|unsupported|restricted|blocked|prohibited)|not (?:available|supported|allowed) in your (?:country|region|location)|\bip(?: address)?\b.{0,40}\bnot (?:authori[sz]ed|allowed|permitted)|(?:virtual network|vnet|firewall|private endpoint|network settings)/i,
          ),
        ),
      ),
    ),
  },
  {
    // The key is valid and may do other things: no cooldown, and another key may have the permission.
    name: "missing-scope",
    meaning: "model_denied",
    scope: "none",
    matches: allOf(
      credentialStatus,
      anyOf(
        coded(
          "missing_permissions",
          "insufficient_permissions",
          "insufficient_scope",
          "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        ),
        says(
          /missing (?:the )?(?:required )?(?:scopes?|permissions?)|(?:insufficient|sufficient|required|necessary) (?:permissions?|scopes?)|lacks? (?:the )?(?:required )?(?:permissions?|scopes?)|not have (?:the )?permission to use the specified resource/i,
        ),
      ),
    ),
  },
  {
    name: "account-closed",
    meaning: "key_blocked",
    matches: allOf(
      credentialStatus,
      anyOf(
        coded(
          "account_deactivated",
          "account_suspended",
          "account_disabled",
          "user_deactivated",
          "access_terminated",
          "organization_deactivated",
          "organization_disabled",
          "organization_restricted",
          "key_blocked",
          "api_key_blocked",
        ),
        says(/reported as leaked|(?:key|account)[^.]{0,30} compromised/i),
        // Not if it is about a model: an organization without access to one model isn't closed.
        says(
          /^(?!.*\bmodels?\b).*\b(?:account|organi[sz]ation|workspace|project|team|user|consumer|api[ -]?key)\b[^.]{0,60}\b(?:suspended|deactivated|terminated|banned|blocked|locked|restricted)\b/i,
        ),
        says(/\b(?:account|organi[sz]ation|workspace|team|user)\b[^.]{0,30}\bdisabled\b/i),
      ),
    ),
  },
  {
    name: "bad-key",
    meaning: "key_invalid",
    matches: allOf(
      credentialStatus,
      anyOf(
        coded(
          "invalid_api_key",
          "wrong_api_key",
          "API_KEY_INVALID",
          "invalid_auth",
          "expired_api_key",
          "api_key_expired",
          "revoked_api_key",
          "ACCESS_TOKEN_EXPIRED",
        ),
        says(
          /\b(?:incorrect|invalid|wrong|unknown|expired|revoked|malformed) (?:x-)?(?:api|access|bearer|o?auth\w*)?[ -]?(?:key|token)\b/i,
        ),
        says(/\binvalid credentials?\b/i),
        says(
          /\b(?:api|access|bearer|o?auth\w*)[ -]?(?:key|token)\b(?:(?!\b(?:models?|scopes?|permissions?|access)\b)[^.]){0,50}\b(?:invalid|incorrect|not valid|expired|revoked|not found|does not exist|deleted|disabled|inactive)\b/i,
        ),
      ),
    ),
  },
];

/** Money: balances, credits and spending caps. */
const creditRules: readonly ErrorRule[] = [
  {
    name: "credit-code",
    meaning: "out_of_credit",
    matches: anyOf(
      coded(
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_funds",
        "billing_not_active",
        "billing_error",
        "payment_required",
      ),
      codeLike(
        /^(?:credit|billing|balance)_.*(?:exhausted|exceeded|reached|depleted)$|_(?:spend|usage|billing)_limit_(?:exceeded|reached)$/i,
      ),
    ),
  },
  {
    name: "monthly-allowance",
    meaning: "out_of_credit",
    untilMs: (_facts, nowMs) => nextMonthMs(nowMs),
    matches: allOf(
      withStatus(402, 403, 429),
      says(/\b(?:monthly|per month|next month|this month)\b|\/ ?month\b/i),
    ),
  },
  {
    name: "credit-words",
    meaning: "out_of_credit",
    matches: allOf(
      moneyStatus,
      says(
        /insufficient (?:account )?(?:balance|credits?|funds|quota)|\b(?:credits?|balance|funds)\b[^.]{0,40}\b(?:too low|depleted|exhausted|used up|insufficient|ran out|run out|negative)|\b(?:exhausted|out of|no|not enough|any|more) (?:remaining )?(?:credits?|balance|funds)\b|check your plan and billing|check your billing|\b(?:billing|spend|spending|budget)(?: \w+)? (?:limit|cap)\b|maximum billing|payment (?:method )?(?:is )?required|\b(?:failed|incomplete|unpaid|past[ -]due|failure to pay)\b[^.]{0,30}\b(?:payment|invoices?|bills?)\b|\btop[ -_]?up\b/i,
      ),
    ),
  },
];

/** Quotas over time, and lack of capacity, which isn't a quota. */
const rateRules: readonly ErrorRule[] = [
  {
    // Can never succeed in this key's tier; a key of a higher tier may serve it.
    name: LARGER_THAN_QUOTA,
    meaning: "client_error",
    next: "retry",
    matches: (facts) =>
      withStatus(413, 429)(facts) &&
      (exceedsWholeQuota(facts) ||
        (/^request too large for /i.test(facts.message) &&
          coded("rate_limit_exceeded", "tokens")(facts))),
  },
  {
    name: "no-capacity",
    meaning: "overloaded",
    matches: allOf(
      (facts) => facts.status === 429 || facts.status === 498 || facts.status >= 500,
      anyOf(
        coded(
          "overloaded_error",
          "server_is_overloaded",
          "service_unavailable_error",
          "slow_down",
          "capacity_exceeded",
          "capacity_exhausted",
          // OpenAI, for a request in the cheap tier (flex).
          "resource_unavailable",
          "MODEL_CAPACITY_EXHAUSTED",
          "engine_overloaded",
          "engine_overloaded_error",
          "queue_exceeded",
          "system_busy",
        ),
        says(
          /\boverloaded\b|\b(?:over|at|no|out of|insufficient|exhausted) (?:\w+ )?capacity\b|\bcapacity (?:is )?(?:exceeded|exhausted|reached|unavailable)|\bhigh (?:demand|traffic|load)\b|\b(?:currently|still) loading\b|server is (?:too )?busy/i,
        ),
      ),
    ),
  },
  {
    name: "day-quota",
    meaning: "rate_limit_day",
    matches: allOf(
      withStatus(429),
      anyOf(says(/\bper[ -]?day\b|\bdaily\b|\/ ?day\b|\b[RT]PD\b/i), codeLike(/per_?day|daily/i)),
    ),
  },
  {
    // Available again as soon as another response for the same key ends.
    name: "concurrency",
    meaning: "rate_limit_minute",
    untilMs: (facts, nowMs) => nowMs + (shortWaitMs(facts, nowMs) ?? 5000),
    matches: allOf(
      withStatus(429),
      anyOf(
        says(/\bconcurren(?:t|cy)\b|\bsimultaneous\b|\bin parallel\b/i),
        codeLike(/concurren/i),
      ),
    ),
  },
];

/** Errors about the request rather than the key. */
const requestRules: readonly ErrorRule[] = [
  {
    // OpenAI and Azure send the code; xAI, Anthropic (also at Bedrock and Vertex) and Gemini this message.
    name: "foreign-reasoning",
    meaning: "foreign_reasoning",
    matches: anyOf(
      coded("invalid_encrypted_content"),
      says(
        /^(?:the )?encrypted content\b.{0,300}\bcould not be (?:verified|decrypted)|^could not decrypt the provided encrypted_content|^(?:messages\.\d+\.content\.\d+: )?invalid `?(?:signature|data)`? in `?(?:redacted_)?thinking`? block|^(?:unable to submit request because )?(?:corrupted thought signature|thought signature is (?:not valid|invalid))/i,
      ),
    ),
  },
  {
    // Some send this for models that only this account may not use: a few keys are tried.
    name: "unknown-model",
    meaning: "model_denied",
    asks: 5,
    matches: allOf(withStatus(404), says(/\bmodel\b.{0,120}\bdoes not exist or you(?:r team)?\b/i)),
  },
  {
    name: "no-model-access",
    meaning: "model_denied",
    matches: allOf(
      withStatus(401, 403, 404),
      anyOf(
        allOf(
          withStatus(403),
          coded("model_not_found", "model_not_allowed", "model_access_denied"),
        ),
        says(
          /\b(?:does not|doesn't|do not|don't|not) have access to\b.{0,80}\bmodel|\bmodel\b.{0,120}\bdoes not exist or you(?:r team)?\b|\bmodel\b.{0,80}\b(?:is )?(?:not (?:allowed|permitted|enabled)|blocked)|must be verified to use the model|not allowed to (?:sample|generate|use) |\baccess to (?:the |this )?model\b.{0,60}\b(?:denied|not allowed|restricted)/i,
        ),
      ),
    ),
  },
  {
    name: "moderation",
    meaning: "client_error",
    matches: allOf(
      withStatus(403),
      anyOf(
        coded(
          "content_filter",
          "content_policy_violation",
          "moderation_blocked",
          "content_moderation",
        ),
        says(
          /\bmoderation\b|\bflagged\b|content (?:policy|filter)|\bsafety\b|usage (?:guidelines|polic)/i,
        ),
      ),
    ),
  },
];

/** If no message is known, the status decides. */
const statusRules: readonly ErrorRule[] = [
  {
    name: "unknown-401-403",
    meaning: "key_doubtful",
    matches: ({ status }) => status === 401 || status === 403,
  },
  { name: "status-402", meaning: "out_of_credit", matches: ({ status }) => status === 402 },
  { name: "status-408", meaning: "server_error", matches: ({ status }) => status === 408 },
  { name: "status-429", meaning: "rate_limit_minute", matches: ({ status }) => status === 429 },
  { name: "status-451", meaning: "region_denied", matches: ({ status }) => status === 451 },
  {
    name: "status-503-529",
    meaning: "overloaded",
    matches: ({ status }) => status === 503 || status === 529,
  },
  { name: "status-5xx", meaning: "server_error", matches: ({ status }) => status >= 500 },
  { name: "status-4xx", meaning: "client_error", matches: () => true },
];

export const commonErrorRules: readonly ErrorRule[] = [
  ...credentialRules,
  ...creditRules,
  ...rateRules,
  ...requestRules,
  ...statusRules,
];

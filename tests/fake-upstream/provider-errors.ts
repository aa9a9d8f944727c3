/**
 * The error responses of real providers, with their own messages and envelopes. A provider without an entry responds
 * like OpenAI.
 * @module
 */
import type { RawAnswer } from "./types.ts";

/** What was requested when the error occurred. */
export interface ErrorContext {
  readonly provider: string;
  /** True on OpenAI-compatible paths of a provider with its own API. */
  readonly isOpenAiForm: boolean;
  readonly key: string;
  readonly model: string;
}

export interface ProviderErrors {
  invalid(context: ErrorContext): RawAnswer;
  banned(context: ErrorContext): RawAnswer;
  outOfCredit(context: ErrorContext): RawAnswer;
  region(context: ErrorContext): RawAnswer;
  overloaded(context: ErrorContext): RawAnswer;
  /** A short window is used up and renews after `waitMs`. */
  minuteLimit(context: ErrorContext, waitMs: number): RawAnswer;
  dayLimit(context: ErrorContext): RawAnswer;
  /** A 429 that states neither quota nor wait. */
  bareLimit(context: ErrorContext): RawAnswer;
  /** The request's body isn't the JSON it claims to be. */
  badJson(context: ErrorContext): RawAnswer;
}

export function errorsOf({ provider, isOpenAiForm }: ErrorContext): ProviderErrors {
  switch (provider) {
    case "google-ai-studio":
    case "google":
      return isOpenAiForm ? inArrays(GOOGLE) : GOOGLE;
    case "anthropic":
      return ANTHROPIC;
    case "elevenlabs":
      return ELEVENLABS;
    default:
      return OPENAI;
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): RawAnswer {
  const contentType = "application/json; charset=utf-8";
  return {
    status,
    headers: { "content-type": contentType, ...headers },
    body: JSON.stringify(body),
  };
}

function openAi(
  status: number,
  message: string,
  type: string,
  code: string | null,
  headers: Record<string, string> = {},
): RawAnswer {
  return json(status, { error: { message, type, param: null, code } }, headers);
}

const OPENAI: ProviderErrors = {
  invalid: ({ key }) =>
    openAi(
      401,
      `Incorrect API key provided: ${key.slice(0, 3)}****${key.slice(-4)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
      "invalid_request_error",
      "invalid_api_key",
    ),
  banned: () =>
    openAi(
      401,
      "This key is associated with a deactivated account. If you feel this is an error, contact us through our help center at help.openai.com.",
      "invalid_request_error",
      "account_deactivated",
    ),
  outOfCredit: () =>
    openAi(
      429,
      "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
      "insufficient_quota",
      "insufficient_quota",
    ),
  region: () =>
    openAi(
      403,
      "Country, region, or territory not supported",
      "request_forbidden",
      "unsupported_country_region_territory",
    ),
  overloaded: () =>
    openAi(
      503,
      "That model is currently overloaded with other requests. You can retry your request, or contact us through our help center at help.openai.com if the error persists.",
      "server_error",
      null,
    ),
  minuteLimit: ({ model }, waitMs) =>
    openAi(
      429,
      `Rate limit reached for ${model} in organization org-fake on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in ${waitMs}ms. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      "requests",
      "rate_limit_exceeded",
      {
        "retry-after-ms": String(waitMs),
        "retry-after": String(Math.ceil(waitMs / 1000)),
        "x-ratelimit-limit-requests": "3",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": `${waitMs}ms`,
      },
    ),
  dayLimit: ({ model }) =>
    openAi(
      429,
      `Rate limit reached for ${model} in organization org-fake on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      "requests",
      "rate_limit_exceeded",
    ),
  bareLimit: () => openAi(429, "Too many requests", "rate_limit_error", null),
  badJson: () =>
    openAi(
      400,
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)",
      "invalid_request_error",
      null,
    ),
};

function anthropic(
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): RawAnswer {
  const body = { type: "error", error: { type, message }, request_id: "req_fake0001" };
  return json(status, body, { "request-id": "req_fake0001", ...headers });
}

const ANTHROPIC: ProviderErrors = {
  invalid: () => anthropic(401, "authentication_error", "invalid x-api-key"),
  banned: () => anthropic(400, "invalid_request_error", "This organization has been disabled."),
  outOfCredit: () =>
    anthropic(
      400,
      "invalid_request_error",
      "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    ),
  region: () => json(403, { error: { type: "forbidden", message: "Request not allowed" } }),
  overloaded: () => anthropic(529, "overloaded_error", "Overloaded"),
  minuteLimit: ({ model }, waitMs) =>
    anthropic(
      429,
      "rate_limit_error",
      `This request would exceed your organization's rate limit of 5 requests per minute (org: 00000000-0000-0000-0000-000000000000, model: ${model}). For details, refer to: https://docs.claude.com/en/api/rate-limits.`,
      {
        "retry-after": String(Math.ceil(waitMs / 1000)),
        "anthropic-ratelimit-requests-limit": "5",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": new Date(Date.now() + waitMs).toISOString(),
      },
    ),
  dayLimit: () =>
    anthropic(
      400,
      "invalid_request_error",
      "You have reached your specified API usage limits. You will regain access on 2099-01-01 at 00:00 UTC.",
    ),
  bareLimit: () =>
    anthropic(429, "rate_limit_error", "Number of requests has exceeded your rate limit."),
  badJson: () =>
    anthropic(400, "invalid_request_error", "The request body is not valid JSON: expected value"),
};

function google(code: number, status: string, message: string, details: unknown[] = []): RawAnswer {
  const error = { code, message, status, ...(details.length > 0 && { details }) };
  return json(code, { error });
}

function errorInfo(reason: string, metadata: Record<string, string> = {}): unknown {
  const service = "generativelanguage.googleapis.com";
  const type = "type.googleapis.com/google.rpc.ErrorInfo";
  return { "@type": type, reason, domain: "googleapis.com", metadata: { service, ...metadata } };
}

function quotaDetails(model: string, quotaId: string, retryDelay: string): unknown[] {
  const quotaMetric = "generativelanguage.googleapis.com/generate_content_free_tier_requests";
  const quotaDimensions = { location: "global", model };
  return [
    {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: [{ quotaMetric, quotaId, quotaDimensions, quotaValue: "10" }],
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
  ];
}

const QUOTA_MESSAGE =
  "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.";

const GOOGLE: ProviderErrors = {
  invalid: () =>
    google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
      errorInfo("API_KEY_INVALID"),
    ]),
  // Google repeats the whole key in this one.
  banned: ({ key }) =>
    google(
      403,
      "PERMISSION_DENIED",
      `Permission denied: Consumer 'api_key:${key}' has been suspended.`,
      [
        errorInfo("CONSUMER_SUSPENDED", {
          consumer: "projects/0",
          containerInfo: `api_key:${key}`,
        }),
      ],
    ),
  outOfCredit: () => google(402, "RESOURCE_EXHAUSTED", "Your prepaid credits are depleted."),
  region: () =>
    google(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
  overloaded: () => google(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
  minuteLimit: ({ model }, waitMs) =>
    google(
      429,
      "RESOURCE_EXHAUSTED",
      QUOTA_MESSAGE,
      quotaDetails(
        model,
        "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
        `${waitMs / 1000}s`,
      ),
    ),
  dayLimit: ({ model }) =>
    google(
      429,
      "RESOURCE_EXHAUSTED",
      QUOTA_MESSAGE,
      quotaDetails(model, "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "0s"),
    ),
  bareLimit: () =>
    google(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
  badJson: () =>
    google(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unexpected token."),
};

function elevenLabs(httpStatus: number, status: string, message: string): RawAnswer {
  return json(httpStatus, { detail: { status, message } });
}

const ELEVENLABS: ProviderErrors = {
  ...OPENAI,
  invalid: () => elevenLabs(401, "invalid_api_key", "Invalid API key"),
  banned: () =>
    elevenLabs(
      401,
      "detected_unusual_activity",
      "Unusual activity detected. Free Tier usage disabled. If you are using a proxy/VPN you might need to purchase a Paid Plan to not trigger our abuse detectors.",
    ),
  outOfCredit: () =>
    elevenLabs(
      401,
      "quota_exceeded",
      "This request exceeds your quota of 10000. You have 0 credits remaining.",
    ),
  minuteLimit: () =>
    elevenLabs(429, "too_many_concurrent_requests", "Too many concurrent requests."),
  bareLimit: () => elevenLabs(429, "too_many_concurrent_requests", "Too many concurrent requests."),
};

/** Google's OpenAI-compatible paths wrap an error in an array of one. */
function inArrays(errors: ProviderErrors): ProviderErrors {
  const wrap = (answer: RawAnswer): RawAnswer => ({ ...answer, body: `[${answer.body}]` });
  return {
    invalid: (context) => wrap(errors.invalid(context)),
    banned: (context) => wrap(errors.banned(context)),
    outOfCredit: (context) => wrap(errors.outOfCredit(context)),
    region: (context) => wrap(errors.region(context)),
    overloaded: (context) => wrap(errors.overloaded(context)),
    minuteLimit: (context, waitMs) => wrap(errors.minuteLimit(context, waitMs)),
    dayLimit: (context) => wrap(errors.dayLimit(context)),
    bareLimit: (context) => wrap(errors.bareLimit(context)),
    badJson: (context) => wrap(errors.badJson(context)),
  };
}

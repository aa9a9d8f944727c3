import { type ErrorAnswer, google } from "./error-answer.ts";

const reason = (word: string) => ({
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason: word,
});
const retryInfo = (retryDelay: string) => ({
  "@type": "type.googleapis.com/google.rpc.RetryInfo",
  retryDelay,
});
const quota = (...quotaIds: string[]) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: quotaIds.map((quotaId) => ({ quotaId })),
});
const QUOTA_TEXT = "You exceeded your current quota, please check your plan and billing details.";
const DAY_ID = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
const MINUTE_ID = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";

// biome-ignore format: one answer a line
export const googleAnswers: readonly ErrorAnswer[] = [
  ["google-ai-studio", 429, google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", quota(DAY_ID), retryInfo("0s")), "rate_limit_day", "model pacific-midnight"],
  ["google-ai-studio", 429, google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", quota(MINUTE_ID), retryInfo("0s")), "rate_limit_minute", "model 1"],
  ["google-ai-studio", 429, google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", quota("GenerateContentInputTokensPerModelPerDay-FreeTier"), retryInfo("40s")), "rate_limit_day", "model pacific-midnight"],
  ["google-ai-studio", 429, google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", retryInfo("68940s")), "rate_limit_day", "model pacific-midnight"],
  ["google-ai-studio", 429, google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", quota(MINUTE_ID), retryInfo("900ms")), "rate_limit_minute", "model 1"],
  ["google-ai-studio", 429, JSON.stringify(google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", quota(DAY_ID))).replaceAll('"@type"', '" @type"').replace("},]", "},,]"), "rate_limit_day", "model pacific-midnight"],
  ["google-ai-studio", 429, `{"error":{"code":429,"message":"${QUOTA_TEXT}","details":[{"quotaId":"${DAY_ID}"}, {"retryDelay":"21s"`, "rate_limit_day", "model pacific-midnight"],
  ["google-ai-studio", 429, `{"error":{"code":429,"message":"${QUOTA_TEXT}","details":[{"quotaId":"${MINUTE_ID}"}, {"retryDelay":"21s"`, "rate_limit_minute", "model 21"],
  ["google-ai-studio", 429, google(429, `${QUOTA_TEXT}\n* Quota exceeded for metric: x, limit: 0, model: gemini-3-pro\nPlease retry in 8s.`, "RESOURCE_EXHAUSTED", quota(DAY_ID)), "model_denied", "model usual"],
  ["google-ai-studio", 429, google(429, "Your project has exceeded its monthly spending cap.", "RESOURCE_EXHAUSTED"), "out_of_credit", "key next-month"],
  ["google-ai-studio", 429, google(429, "Your prepayment credits are depleted.", "RESOURCE_EXHAUSTED"), "out_of_credit", "key usual"],
  ["google-cloudcode", 429, google(429, "You have exhausted your capacity on this model. Your quota will reset after 3h20m10s.", "RESOURCE_EXHAUSTED", reason("QUOTA_EXHAUSTED")), "rate_limit_day", `model ${3 * 3600 + 20 * 60 + 10}`],
  ["google-vertex-ai", 429, google(429, "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.", "RESOURCE_EXHAUSTED"), "overloaded", "none"],
  ["google-ai-studio", 400, google(400, "API Key not found. Please pass a valid API key.", "INVALID_ARGUMENT", reason("API_KEY_INVALID")), "key_invalid", "block"],
  ["google-ai-studio", 400, [google(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT")], "key_invalid", "block"],
  ["google-ai-studio", 403, google(403, "Permission denied: Consumer 'projects/0' has been suspended.", "PERMISSION_DENIED", reason("CONSUMER_SUSPENDED")), "key_blocked", "block"],
  ["google-ai-studio", 403, google(403, "Permission denied: Consumer 'api_key:fake' has been suspended.", "PERMISSION_DENIED"), "key_blocked", "block"],
  ["google-ai-studio", 403, google(403, "Requests from referer <empty> are blocked.", "PERMISSION_DENIED", reason("API_KEY_HTTP_REFERRER_BLOCKED")), "key_blocked", "block"],
  ["google-ai-studio", 403, google(403, "Requests from referer <empty> are blocked.", "PERMISSION_DENIED"), "key_blocked", "block"],
  ["google-ai-studio", 403, google(403, "Gemini API has been disabled for this project: violation of the Terms of Service.", "PERMISSION_DENIED"), "key_blocked", "block"],
  ["google-ai-studio", 403, google(403, "Generative Language API has not been used in project 0 before or it is disabled.", "PERMISSION_DENIED", reason("SERVICE_DISABLED")), "key_blocked", "block"],
  ["google-ai-studio", 403, google(403, "Method doesn't allow unregistered callers (callers without established identity).", "PERMISSION_DENIED"), "client_error", "none"],
  ["google-ai-studio", 403, google(403, "You do not have permission to access the File fake or it may not exist.", "PERMISSION_DENIED"), "model_denied", "none"],
  ["google-ai-studio", 403, google(403, "Something never heard of.", "PERMISSION_DENIED"), "key_doubtful", "key usual"],
  ["google-vertex-ai", 401, google(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.", "UNAUTHENTICATED", reason("ACCESS_TOKEN_EXPIRED")), "key_invalid", "block"],
  ["google-vertex-ai", 403, google(403, "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform' (or it may not exist).", "PERMISSION_DENIED", reason("IAM_PERMISSION_DENIED")), "model_denied", "model usual"],
  ["google-ai-studio", 404, google(404, "models/fake is not found for API version v1beta", "NOT_FOUND"), "client_error", "none"],
  ["google-ai-studio", 400, google(400, "The text 'API key not valid' is no valid tool name.", "INVALID_ARGUMENT"), "client_error", "none"],
  ["google-ai-studio", 500, google(500, "An internal error has occurred.", "INTERNAL"), "server_error", "none"],
  ["google-ai-studio", 503, google(503, "The service is currently unavailable.", "UNAVAILABLE"), "overloaded", "none"],
  ["google-ai-studio", 504, google(504, "Deadline expired before operation could complete.", "DEADLINE_EXCEEDED"), "server_error", "none"],
  ["google-ai-studio", 429, "<html><head><title>Sorry...</title></head><body>We're sorry... your computer or network may be sending automated queries.</body></html>", "gateway_limit", "none"],
  ["google-ai-studio", 429, google(429, QUOTA_TEXT, "RESOURCE_EXHAUSTED", quota("GroundingRequestsPerDayPerProject")), "rate_limit_minute", "none"],
];

import { type ErrorAnswer, HOUR, NOW_MS, openAi, UTC_MIDNIGHT } from "./error-answer.ts";

// biome-ignore format: one answer a line
export const openrouterAnswers: readonly ErrorAnswer[] = [
  ["openrouter", 402, openAi("Insufficient credits. Add more using https://openrouter.ai/settings/credits", "402"), "out_of_credit", "key usual"],
  ["openrouter", 402, openAi("This request requires more credits, or fewer max_tokens. You requested up to 100 tokens, but can only afford 0."), "out_of_credit", "key usual"],
  ["openrouter", 402, { error: { message: "Budget held by running requests", code: 402, metadata: { error_type: "in_flight_budget" } } }, "out_of_credit", "key 12", { "retry-after": "12" }],
  ["openrouter", 403, openAi("Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys", "403"), "out_of_credit", "key usual"],
  // 2026-04-28 is a Tuesday: five days and six hours to Monday.
  ["openrouter", 403, openAi("Key limit exceeded (weekly limit).", "403"), "out_of_credit", `key ${5 * 86_400 + UTC_MIDNIGHT}`],
  ["openrouter", 403, { error: { message: "Workspace budget exceeded", code: 403, metadata: { resets_at: "2026-04-29T06:00:00Z" } } }, "out_of_credit", `key ${12 * HOUR}`],
  ["openrouter", 403, { error: { message: "Your input was flagged", code: 403, metadata: { reasons: ["violence"], flagged_input: "…" } } }, "client_error", "none"],
  ["openrouter", 403, { error: { message: "Blocked by guardrail", code: 403 } }, "model_denied", "model usual"],
  ["openrouter", 403, { error: { message: "Not in your region", code: 403, metadata: { error_type: "region_restricted" } } }, "region_denied", "none"],
  ["openrouter", 503, { error: { message: "No capacity", availability: { code: "capacity_exhausted", retryable: true, retry_after: 30 } } }, "overloaded", "none"],
  ["openrouter", 429, { error: { message: "Rate limit exceeded: free-models-per-min.", code: 429, metadata: { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(NOW_MS + 41_000) } } } }, "rate_limit_minute", "model 41"],
  ["openrouter", 502, { error: { message: "Provider returned error", code: 502, metadata: { raw: "oops" } } }, "server_error", "none"],
  ["openrouter", 403, { error: { message: "Provider returned error", code: 403, metadata: { raw: "{\"error\":\"denied\"}" } } }, "region_denied", "none"],
  ["openrouter", 403, openAi("Access denied.", "403"), "model_denied", "model usual"],
];

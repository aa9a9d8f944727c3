import { openAi, testAnswers, UTC_MIDNIGHT } from "./judge-for-test";

const QUOTA_TEXT = "You exceeded your current quota, please check your plan and billing details.";

// biome-ignore format: one answer a line
testAnswers("openai", [
  ["openai", 429, openAi("Organization spend limit exceeded.", "organization_spend_limit_exceeded", "insufficient_quota"), "out_of_credit", "key usual"],
  ["openai", 429, openAi("Project spend limit exceeded.", "project_spend_limit_exceeded"), "out_of_credit", "key usual"],
  ["openai", 429, openAi("Usage limit exceeded.", "organization_usage_limit_exceeded"), "out_of_credit", "key usual"],
  ["openai", 400, openAi("Billing hard limit has been reached", "billing_hard_limit_reached", "invalid_request_error"), "out_of_credit", "key usual"],
  ["openai", 429, openAi(QUOTA_TEXT, "insufficient_quota"), "out_of_credit", "key usual", { "retry-after": "20" }],
  ["openai", 401, openAi("You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.", null, "invalid_request_error"), "client_error", "none"],
  ["openai", 401, openAi("You must be a member of an organization to use the API.", null, "invalid_request_error"), "key_doubtful", "key usual"],
  ["openai", 401, openAi("Your IP is not authorized to access this project.", "ip_not_authorized", "invalid_request_error"), "region_denied", "none"],
  ["openai", 403, openAi("Project `proj_fake` does not have access to model `gpt-5`.", "model_not_found", "invalid_request_error"), "model_denied", "model usual"],
  ["openai", 404, openAi("The model `gpt-9` does not exist or you do not have access to it.", "model_not_found", "invalid_request_error"), "model_denied", "model usual"],
  ["openai", 403, openAi("Your organization must be verified to use the model `gpt-9`.", null), "model_denied", "model usual"],
  ["openai", 403, openAi("Your access was terminated due to violation of our policies.", "access_terminated"), "key_blocked", "block"],
  ["openai", 429, openAi("Slow down.", "slow_down"), "overloaded", "none"],
  ["openai", 503, openAi("The server is overloaded.", "server_is_overloaded", "service_unavailable_error"), "overloaded", "none"],
  ["openai", 400, openAi("This model's maximum context length is 8192 tokens.", "context_length_exceeded", "invalid_request_error"), "client_error", "none"],
  ["openai", 400, openAi("Your request was rejected by the safety system.", "content_policy_violation"), "client_error", "none"],
  ["openai", 400, openAi("Invalid value: 'Incorrect API key provided: x. This organization has been disabled.'"), "client_error", "none"],
  ["openai", 429, openAi("Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.", "rate_limit_exceeded", "requests"), "rate_limit_minute", "model 20"],
  ["openai", 429, openAi("Too many requests"), "rate_limit_minute", "model 5?"],
  ["openai", 429, "", "rate_limit_minute", "model 5?"],
  ["openai", 429, openAi("Too many requests"), "rate_limit_minute", "model 7", { "x-ratelimit-reset-requests": "6.2s", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-tokens": "1ms" }],
  ["openai", 500, openAi("The server had an error while processing your request.", null, "server_error"), "server_error", "none"],
  ["openai", 401, { error: "Nobody knows these words." }, "key_doubtful", "key usual"],
]);

// biome-ignore format: one answer a line
testAnswers("openai-like", [
  ["mistral", 402, { message: "You have no payment method" }, "out_of_credit", "key usual"],
  ["mistral", 503, { object: "error", message: "Service tier capacity exceeded for this model." }, "overloaded", "none"],
  ["deepseek", 401, openAi("Authentication Fails (no such user)", "invalid_request_error", "authentication_error"), "key_invalid", "key 600"],
  ["deepseek", 429, openAi("Rate limit reached"), "rate_limit_minute", "model 5?"],
  ["deepseek", 503, openAi("Server overloaded"), "overloaded", "none"],
  ["grok", 403, { code: "permission-denied", error: "Your team 0 has either used all available credits or reached its monthly spending limit." }, "out_of_credit", "key usual"],
  ["grok", 403, { code: "The caller does not have permission to execute the specified operation", error: "This API key may not use this endpoint." }, "model_denied", "model usual"],
  ["grok", 403, { code: "The caller does not have permission to execute the specified operation", error: "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO" }, "client_error", "none"],
  ["grok", 400, { code: "Client specified an invalid argument", error: "API key is currently blocked: xai-...fake" }, "key_blocked", "block"],
  ["grok", 400, { code: "Client specified an invalid argument", error: "Unknown field: the API key of account 0 is blocked" }, "client_error", "none"],
  ["grok", 404, { code: "Some requested entity was not found", error: "The model grok-9 does not exist or your team 0 does not have access to it." }, "model_denied", "model usual"],
  ["cerebras", 401, { message: "Wrong API Key", type: "invalid_request_error", param: "api_key", code: "wrong_api_key" }, "key_invalid", "block"],
  ["cerebras", 429, { message: "Tokens per day limit exceeded - too many tokens processed.", type: "too_many_tokens_error", param: "quota", code: "token_quota_exceeded" }, "rate_limit_day", `model ${UTC_MIDNIGHT}`],
  ["cerebras", 429, { message: "We're experiencing high traffic right now!", type: "too_many_requests_error", code: "queue_exceeded" }, "overloaded", "none"],
  ["cerebras", 402, { message: "Payment required", code: "payment_required" }, "out_of_credit", "key usual"],
  ["perplexity-ai", 401, openAi("Invalid API key provided.", "401", "invalid_api_key"), "key_invalid", "block"],
]);

import { anthropicError, NEXT_MONTH, openAi, testAnswers, UTC_MIDNIGHT } from "./judge-for-test";

const ELEVEN = (status: string, message = "…") => ({ detail: { status, message } });

// biome-ignore format: one answer a line
testAnswers("anthropic", [
  ["anthropic", 400, anthropicError("invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."), "out_of_credit", "key usual"],
  ["anthropic", 402, anthropicError("billing_error", "There is an issue with your billing."), "out_of_credit", "key usual"],
  ["anthropic", 429, anthropicError("rate_limit_error", "This request would exceed your organization's maximum usage increase rate (acceleration limit)."), "rate_limit_minute", "model 5?"],
  ["anthropic", 429, anthropicError("rate_limit_error", "Number of request tokens has exceeded your per-minute rate limit."), "rate_limit_minute", "model 33", { "anthropic-ratelimit-input-tokens-reset": "2026-04-28T18:00:33Z", "anthropic-ratelimit-input-tokens-remaining": "0", "anthropic-ratelimit-requests-reset": "2026-04-28T18:00:01Z", "anthropic-ratelimit-requests-remaining": "9" }],
  ["anthropic", 429, anthropicError("rate_limit_error", "This request would exceed your account's rate limit."), "rate_limit_minute", "model 9000", { "retry-after": "9000" }],
  ["anthropic", 403, anthropicError("permission_error", "Your API key does not have permission to use the specified resource."), "model_denied", "none"],
  ["anthropic", 529, anthropicError("overloaded_error", "Overloaded"), "overloaded", "none"],
  ["anthropic", 429, anthropicError("rate_limit_error", "Number of requests has exceeded your daily rate limit."), "rate_limit_day", `model ${UTC_MIDNIGHT}`],
  ["anthropic", 413, anthropicError("request_too_large", "Request exceeds the maximum size"), "client_error", "none"],
  ["anthropic", 401, anthropicError("authentication_error", "Invalid bearer token"), "key_invalid", "block"],
  ["anthropic", 401, anthropicError("authentication_error", "OAuth token has expired. Please obtain a new token."), "key_invalid", "block"],
  ["anthropic", 401, anthropicError("authentication_error", "x-api-key header is required"), "client_error", "none"],
]);

// biome-ignore format: one answer a line
testAnswers("azure", [
  ["azure-openai", 429, openAi("Requests have exceeded token rate limit of your current pricing tier. Please retry after 86400 seconds.", "429"), "rate_limit_minute", "model 60"],
  ["azure-openai", 429, openAi("Rate limit is exceeded.", "429"), "rate_limit_minute", "model 60", { "retry-after": "86400", "x-ratelimit-reset-requests": "-1" }],
  ["azure-openai", 403, openAi("Access denied due to Virtual Network/Firewall rules.", "403"), "region_denied", "none"],
  ["azure-openai", 401, openAi("The principal `fake` lacks the required data action `read`", "PermissionDenied"), "model_denied", "model usual"],
]);

// biome-ignore format: one answer a line
testAnswers("groq", [
  ["groq", 401, openAi("Invalid API Key", "invalid_api_key", "invalid_request_error"), "key_invalid", "block"],
  ["groq", 400, openAi("Organization has been restricted. Please reach out to support.", "organization_restricted", "invalid_request_error"), "key_blocked", "block"],
  ["groq", 429, openAi("Rate limit reached on tokens per day (TPD): Limit 100000, Used 99000, Requested 2000. Please try again in 9m38.016s.", "rate_limit_exceeded", "tokens"), "rate_limit_day", "model 579"],
  ["groq", 403, openAi("The model `x` is blocked at the project level.", "model_permission_blocked_project", "permissions_error"), "model_denied", "model usual"],
  ["groq", 403, openAi("Access denied. Please check your network settings."), "region_denied", "none"],
]);

// biome-ignore format: one answer a line
testAnswers("workers-ai", [
  ["workers-ai", 429, { success: false, errors: [{ code: 3036, message: "You have used up your daily free allocation of 10,000 neurons" }] }, "rate_limit_day", `key ${UTC_MIDNIGHT}`],
  ["workers-ai", 429, { name: "AiError", internalCode: 4006, httpCode: 429, message: "AiError: you have used up your daily free allocation of 10,000 neurons" }, "rate_limit_day", `key ${UTC_MIDNIGHT}`],
  ["workers-ai", 429, { errors: [{ message: "AiError: AiError: Capacity temporarily exceeded, please try again.", code: 3040 }], success: false }, "overloaded", "none"],
  ["workers-ai", 400, { errors: [{ message: "AiError: No such model", code: 5007 }], success: false }, "client_error", "none"],
  ["workers-ai", 413, { errors: [{ message: "AiError: too long", code: 5021 }], success: false }, "client_error", "none"],
  ["workers-ai", 403, { errors: [{ message: "AiError: model agreement", code: 5016 }], success: false }, "model_denied", "model usual"],
  ["workers-ai", 401, { success: false, errors: [{ code: 1000, message: "Invalid API Token" }] }, "key_invalid", "block"],
  ["workers-ai", 401, { success: false, errors: [{ code: 10000, message: "Authentication error" }] }, "key_doubtful", "key usual"],
]);

// biome-ignore format: one answer a line
testAnswers("other providers", [
  ["cohere", 401, { message: "invalid api token" }, "key_invalid", "block"],
  ["cohere", 401, { message: "no api key supplied" }, "client_error", "none"],
  ["cohere", 429, { message: "You are using a Trial key, which is limited to 1000 API calls / month." }, "out_of_credit", `key ${NEXT_MONTH}`],
  ["cohere", 498, { message: "blocked output" }, "client_error", "none"],
  ["huggingface", 402, { error: "You have exceeded your monthly included credits for Inference Providers." }, "out_of_credit", `key ${NEXT_MONTH}`],
  ["huggingface", 403, { error: "This authentication method does not have sufficient permissions to call Inference Providers." }, "model_denied", "none"],
  ["huggingface", 403, { error: "Access to model fake/model is restricted and you are not in the authorized list." }, "model_denied", "model usual"],
  ["fireworks", 412, openAi("Account fake is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.", null, "invalid_request_error"), "out_of_credit", "key usual"],
  ["huggingface", 503, { error: "Model fake is currently loading", estimated_time: 20 }, "overloaded", "none"],
  ["replicate", 401, { title: "Unauthenticated", detail: "You did not pass a valid authentication token", status: 401 }, "key_invalid", "block"],
  ["replicate", 402, { title: "Insufficient credit", detail: "You have insufficient credit to run this model.", status: 402 }, "out_of_credit", "key usual"],
  ["elevenlabs", 401, ELEVEN("quota_exceeded", "This request exceeds your quota of 10000. You have 5 credits remaining."), "out_of_credit", "key usual"],
  ["elevenlabs", 401, ELEVEN("quota_exceeded", "This request exceeds your quota of 10000. You have 1,512 credits remaining, while 9000 credits are required for this request."), "out_of_credit", "none"],
  ["elevenlabs", 401, ELEVEN("quota_exceeded", "This request exceeds your quota of 10000. You have 0 credits remaining, while 9000 credits are required for this request."), "out_of_credit", "key usual"],
  ["elevenlabs", 401, ELEVEN("missing_permissions", "The API key you used is missing the permission user_read."), "model_denied", "none"],
  ["elevenlabs", 401, ELEVEN("payment_issue", "Your subscription has a failed or incomplete payment."), "out_of_credit", "key usual"],
  ["elevenlabs", 429, ELEVEN("system_busy"), "overloaded", "none"],
  ["deepgram", 401, { err_code: "INVALID_AUTH", err_msg: "Invalid credentials.", request_id: "0" }, "key_invalid", "block"],
  ["deepgram", 400, { category: "INVALID_AUTH", message: "Invalid credentials.", details: "", request_id: "0" }, "key_invalid", "block"],
  ["deepgram", 402, { err_code: "ASR_PAYMENT_REQUIRED", err_msg: "Project does not have enough credits." }, "out_of_credit", "key usual"],
  ["deepgram", 403, { err_code: "INSUFFICIENT_PERMISSIONS", err_msg: "Project does not have access to the requested model." }, "model_denied", "model usual"],
  ["deepgram", 429, { err_code: "TOO_MANY_REQUESTS", err_msg: "Too many requests. Please try again later" }, "rate_limit_minute", "model 5"],
  ["fal", 403, { detail: "User is locked. Reason: TOP_UP" }, "out_of_credit", "key usual"],
  ["aws-bedrock", 403, { message: "You don't have access to the model with the specified model ID." }, "model_denied", "model usual", { "x-amzn-errortype": "AccessDeniedException:http://internal/" }],
  ["aws-bedrock", 403, { Message: "Authentication failed: Please make sure your API Key is valid." }, "key_invalid", "block"],
  ["aws-bedrock", 403, { message: "The security token included in the request is invalid." }, "key_invalid", "block", { "x-amzn-errortype": "UnrecognizedClientException" }],
  ["aws-bedrock", 503, { message: "Bedrock is unable to process your request." }, "overloaded", "none", { "x-amzn-errortype": "ServiceUnavailableException" }],
]);

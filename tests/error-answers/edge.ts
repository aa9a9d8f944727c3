import { type ErrorAnswer, gateway } from "./error-answer.ts";

// biome-ignore format: one answer a line
export const edgeAnswers: readonly ErrorAnswer[] = [
  ["openai", 429, gateway(429, 2003, "Rate limited"), "gateway_limit", "none"],
  ["openai", 429, gateway(429, 0, "Spend limit exceeded"), "gateway_limit", "none"],
  ["google-ai-studio", 401, gateway(401, 2009, "Unauthorized"), "gateway_limit", "none"],
  ["openai", 400, gateway(400, 2040, "Invalid provider key alias"), "client_error", "none"],
  ["openai", 500, gateway(500, 2005, "Failed to run"), "server_error", "none"],
  ["openai", 429, "error code: 1015", "gateway_limit", "none"],
  ["openai", 403, "error code: 1020", "region_denied", "none"],
  ["openai", 401, "<html><body>invalid api key</body></html>", "region_denied", "none"],
  ["openai", 403, "<!DOCTYPE html><title>Just a moment...</title>", "region_denied", "none"],
  ["openai", 403, "Forbidden", "region_denied", "none"],
  ["openai", 401, "Invalid API key", "key_doubtful", "key usual"],
  ["openai", 503, "upstream connect error or disconnect/reset before headers", "server_error", "none"],
  ["openai", 413, "<html><h1>413 Request Entity Too Large</h1></html>", "client_error", "none"],
  ["openai", 429, "Too many requests, please try again in 5 seconds", "rate_limit_minute", "model 5"],
  ["openai", 408, "", "server_error", "none"],
];

/**
 * DeepSeek. Facts are from api-docs.deepseek.com's error codes and "Using the Anthropic API", and AI Gateway's page on
 * DeepSeek.
 * @module
 */
import { allOf, says, withStatus } from "../answers/error-matchers";
import type { ErrorRule } from "../types";
import { openAiLike } from "./openai-like";

const errorRules: readonly ErrorRule[] = [
  {
    // Also seen in outages, for keys that recovered: cooldown and re-check.
    name: "deepseek-no-such-user",
    meaning: "key_invalid",
    untilMs: (_facts, nowMs) => nowMs + 600_000,
    matches: allOf(withStatus(401), says(/no such user/i)),
  },
  {
    // There is no daily quota: a 429 reflects the current load.
    name: "deepseek-rate-limit",
    meaning: "rate_limit_minute",
    hasNoDayQuota: true,
    matches: allOf(withStatus(429), says(/rate limit|too many requests|too quickly|too fast/i)),
  },
];

export const deepseek = openAiLike({
  slug: "deepseek",
  label: "DeepSeek",
  base: "https://api.deepseek.com",
  messages: "anthropic/v1/messages",
  keyPattern: /^sk-(?!ant-|or-|proj-|svcacct-)/,
  errorRules,
});

/**
 * Mistral. Facts are from docs.mistral.ai and AI Gateway's page on Mistral.
 * @module
 */
import { allOf, anyOf, coded, says, withStatus } from "../answers/error-matchers";
import { shortWaitMs } from "../answers/wait-time";
import type { ErrorRule } from "../types";
import { openAiLike } from "./openai-like";

const errorRules: readonly ErrorRule[] = [
  {
    name: "mistral-unauthorized",
    meaning: "key_invalid",
    matches: allOf(withStatus(401), says(/^unauthorized\b/i)),
  },
  {
    // About the model's backend, whatever the status and the misleading type.
    name: "mistral-capacity",
    meaning: "overloaded",
    matches: allOf(
      withStatus(429, 503),
      anyOf(coded("3505"), says(/^service tier capacity exceeded/i)),
    ),
  },
  {
    // Requests are counted per second (one in the free tier): a short cooldown is enough.
    name: "mistral-requests-per-second",
    meaning: "rate_limit_minute",
    untilMs: (facts, nowMs) => nowMs + (shortWaitMs(facts, nowMs) ?? 2000),
    matches: allOf(withStatus(429), says(/^requests rate limit exceeded/i)),
  },
];

export const mistral = openAiLike({
  slug: "mistral",
  label: "Mistral",
  base: "https://api.mistral.ai/v1",
  gatewayPrefix: "v1/",
  hasEmbeddings: true,
  errorRules,
});

/**
 * Groq. Facts are from console.groq.com's errors, rate limits and flex processing pages, and AI Gateway's page on Groq.
 * Daily quotas refill gradually, and its responses report the wait.
 * @module
 */
import { allOf, anyOf, coded, codeLike, says, withStatus } from "../answers/error-matchers";
import type { ErrorRule } from "../types";
import { openAiLike } from "./openai-like";

const errorRules: readonly ErrorRule[] = [
  {
    name: "groq-organization-restricted",
    meaning: "key_blocked",
    matches: allOf(
      withStatus(400, 401, 403),
      anyOf(coded("organization_restricted"), says(/^(?:your )?organization has been restricted/i)),
    ),
  },
  {
    // The owner's spending limit, for which Groq sends 400.
    name: "groq-spend-limit",
    meaning: "out_of_credit",
    matches: allOf(withStatus(400, 403, 429), coded("blocked_api_access")),
  },
  {
    name: "groq-network",
    meaning: "region_denied",
    matches: allOf(withStatus(403), says(/^access denied\. please check your network settings/i)),
  },
  {
    // Blocked by the organization or project, or terms not accepted.
    name: "groq-model-denied",
    meaning: "model_denied",
    matches: anyOf(
      allOf(withStatus(400, 403), codeLike(/^model_(?:permission_blocked|terms_required)/)),
      allOf(withStatus(403), coded("permissions_error"), says(/\bmodel\b/i)),
    ),
  },
];

export const groq = openAiLike({
  slug: "groq",
  label: "Groq",
  base: "https://api.groq.com/openai/v1",
  prefixes: ["openai/v1/", "v1/"],
  hasResponses: true,
  model: {
    body: ["model"],
    // For Compound systems.
    further: ["compound_custom.models.answering_model", "compound_custom.models.reasoning_model"],
  },
  keyPattern: /^gsk_/,
  errorRules,
});

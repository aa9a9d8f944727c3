/**
 * xAI's Grok. Facts are from docs.x.ai's API reference and rate limits, and AI Gateway's page on Grok. The `code` of
 * its errors is a sentence and the same for many causes: the text in `error` decides.
 * @module
 */
import { allOf, anyOf, codeLike, says, withStatus } from "../answers/error-matchers";
import type { ErrorRule } from "../types";
import { openAiLike } from "./openai-like";

const errorRules: readonly ErrorRule[] = [
  {
    // With 400; the check endpoint responds to an invalid key in the same way.
    name: "xai-key-invalid",
    meaning: "key_invalid",
    matches: allOf(withStatus(400, 401, 403), says(/^(?:incorrect|invalid) api key\b/i)),
  },
  {
    // 403 or 429. "Or reached its monthly spending limit": it doesn't say which of the two, so not until the month's
    // end.
    name: "xai-credit",
    meaning: "out_of_credit",
    matches: allOf(
      withStatus(402, 403, 429),
      says(
        /^your (?:newly created )?teams? .*(?:doesn't have any credits|used all available credits|spending limit)/i,
      ),
    ),
  },
  {
    name: "xai-key-blocked",
    meaning: "key_blocked",
    matches: allOf(
      // 400, as for a wrong key; the message is then at the beginning, because further in it may quote the request.
      anyOf(
        allOf(withStatus(400), says(/^api key\b[^.:]{0,20}\b(?:blocked|disabled)\b/i)),
        withStatus(401, 403),
      ),
      says(/\b(?:api key|team|account)\b[^.]{0,40}\b(?:blocked|disabled|suspended|banned)\b/i),
    ),
  },
  {
    name: "xai-moderation",
    meaning: "client_error",
    matches: allOf(withStatus(403), says(/usage guidelines|SAFETY_CHECK|moderation/i)),
  },
  {
    // The key's access list: other endpoints and models may be open to it.
    name: "xai-permission",
    meaning: "model_denied",
    matches: allOf(withStatus(403), codeLike(/permission/i)),
  },
  {
    // Limits are per second and per minute; there is no daily quota.
    name: "xai-rate-limit",
    meaning: "rate_limit_minute",
    hasNoDayQuota: true,
    matches: allOf(withStatus(429), says(/rate limit|too many requests|requests per|tokens per/i)),
  },
];

export const grok = openAiLike({
  slug: "grok",
  label: "xAI Grok",
  base: "https://api.x.ai/v1",
  gatewayPrefix: "v1/",
  checkPath: "api-key",
  hasResponses: true,
  keyPattern: /^xai-/,
  errorRules,
});

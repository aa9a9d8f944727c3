/**
 * OpenRouter. Facts from openrouter.ai's API reference and AI Gateway's page on OpenRouter.
 * Its `models` path is public, so `key` is the check.
 * @module
 */
import { openAiLike } from "./openai-like";
import { openRouterErrorRules } from "./openrouter-error-rules";

export const openrouter = openAiLike({
  slug: "openrouter",
  label: "OpenRouter",
  base: "https://openrouter.ai/api/v1",
  prefixes: ["api/v1/", "v1/"],
  compatSlug: null,
  checkPath: "key",
  hasEmbeddings: true,
  keyPattern: /^sk-or-/,
  errorRules: openRouterErrorRules,
});

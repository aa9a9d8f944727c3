/**
 * OpenRouter. Facts are from openrouter.ai's API reference (including Messages) and AI Gateway's page on OpenRouter.
 * Its `models` path is public, so `key` is the check.
 * @module
 */

import { openRouterErrorRules } from "../answers/openrouter-error-rules";
import { HIDES_MODEL } from "../provider-defaults";
import { openAiLike } from "./openai-like";

export const openrouter = openAiLike({
  slug: "openrouter",
  label: "OpenRouter",
  base: "https://openrouter.ai/api/v1",
  prefixes: ["api/v1/", "v1/"],
  compatSlug: null,
  checkPath: "key",
  messages: "messages",
  hasEmbeddings: true,
  hasResponses: true,
  // Fallbacks, and plugins that use their own model; a preset has its models stored.
  model: {
    body: ["model"],
    further: ["models[]", "plugins[].model", "plugins[].models[]", "plugins[].allowed_models[]"],
  },
  hidesModel: { ...HIDES_MODEL, fields: [...HIDES_MODEL.fields, "preset"] },
  keyPattern: /^sk-or-/,
  errorRules: openRouterErrorRules,
});

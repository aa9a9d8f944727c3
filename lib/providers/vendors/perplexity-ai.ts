/**
 * Perplexity. Facts are from docs.perplexity.ai and AI Gateway's page on Perplexity.
 * @module
 */

import { HIDES_MODEL } from "../provider-defaults";
import type { ErrorRule } from "../types";
import { openAiLike } from "./openai-like";

const errorRules: readonly ErrorRule[] = [
  {
    // The only page that is about the key: openresty's bare 401, for an invalid key and reportedly for an empty account
    // too. Without a message to be sure, the key goes into cooldown and is re-checked instead of being blocked.
    name: "perplexity-401-page",
    meaning: "key_invalid",
    untilMs: (_facts, nowMs) => nowMs + 600_000,
    matches: ({ status, isJson, text }) =>
      status === 401 && !isJson && /401 authorization required[\s\S]*openresty/i.test(text),
  },
];

/** Only chat completions may be written with `v1/`, as OpenAI's SDK does; other paths below `v1/` are real. */
const base = openAiLike({
  slug: "perplexity-ai",
  label: "Perplexity",
  base: "https://api.perplexity.ai",
  prefixes: [],
  compatSlug: "perplexity",
  checkPath: null,
  hasModelList: false,
  // A preset brings a model of its own, and settings for it.
  hidesModel: { ...HIDES_MODEL, fields: [...HIDES_MODEL.fields, "preset"] },
  keyPattern: /^pplx-/,
  errorRules,
});

const toPerplexityPath = (path: string) =>
  path === "v1/chat/completions" ? "chat/completions" : path;

export const perplexityAi = {
  ...base,
  gatewayPath: toPerplexityPath,
  directUrl: (path: string) => base.directUrl(toPerplexityPath(path)),
};

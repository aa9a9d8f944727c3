/**
 * What holds for most providers.
 * @module
 */
import type { Provider } from "./types";

/**
 * OpenAI-style paths that cannot be served without a model, behind the prefixes that clients write.
 * Anchored, because `threads/{id}/messages` and `organization/usage/completions` need none.
 */
export const NEEDS_MODEL =
  /^(?:(?:openai|inference|api|beta|anthropic|compatibility|v\d[a-z\d]*)\/)*(?:chat\/completions|completions|fim\/completions|embeddings|audio\/(?:speech|transcriptions|translations)|messages(?:\/count_tokens)?|rerank)\/?$/;

export const NEVER_NEEDS_MODEL = /(?!)/;

/** The optional half of a provider, as it is where nothing is known. */
export const PROVIDER_DEFAULTS = {
  errorFormat: "openai",
  usageFormat: "none",
  protocol: null,
  compatSlug: null,
  withholds: { credentials: { headers: ["authorization"] }, accounts: {} },
  needsModel: NEVER_NEEDS_MODEL,
  openAiCompatible: null,
  keyCheck: null,
  webSocket: null,
  keyPattern: null,
  quotaDayZone: "UTC",
  errorRules: [],
} as const satisfies Partial<Provider>;

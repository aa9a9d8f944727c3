/**
 * Defaults that apply to most providers.
 * @module
 */
import type { HiddenModels, Provider } from "./types";

/**
 * OpenAI-style paths that require a model, after the prefixes that clients write. Anchored, because
 * `threads/{id}/messages` and `organization/usage/completions` require none.
 */
export const NEEDS_MODEL =
  /^(?:(?:openai|inference|api|beta|anthropic|compatibility|v\d[a-z\d]*)\/)*(?:chat\/completions|completions|fim\/completions|embeddings|audio\/(?:speech|transcriptions|translations)|messages(?:\/count_tokens)?|rerank)\/?$/;

export const NEVER_NEEDS_MODEL = /(?!)/;

/** Fields in which some service reads a model. */
export const GENERAL_MODEL_FIELDS: readonly string[] = [
  ...["model", "model_id", "model_name", "models", "models[]", "engine", "deployment"],
  ...["deployment_id", "request.model", "requests[].model", "requests[].body.model"],
  ...["requests[].params.model", "session.model", "tools[].model"],
];

/** Calls that use files, stored prompts or agents, or create such things. From the vendors' API references. */
export const HIDES_MODEL: HiddenModels = {
  paths: [
    /(?:^|\/)(?:agents?|assistants|batch(?:es)?|containers|conversations|environments|evals|files|fine[_-]?tun(?:es|ing)|finetunes|jobs|prompts|runs|sessions|skills|threads|trainings|uploads?|vector_stores|workflows)(?:\/|$)/,
    /(?:^|\/)realtime\/(?:calls|client_secrets|sessions|transcription_sessions)(?:\/|$)/,
  ],
  fields: [
    // OpenAI's stored prompts, and its tool that draws with a model of its own; Mistral's agents.
    ...["prompt.id", "tools[].type=image_generation", "agent_id"],
  ],
};

/** The optional half of a provider, with values for when nothing is known. */
export const PROVIDER_DEFAULTS = {
  errorFormat: "openai",
  usageFormat: "none",
  protocol: null,
  messages: null,
  isAtGateway: true,
  compatSlug: null,
  withholds: { credentials: { headers: ["authorization"] }, accounts: {} },
  needsModel: NEVER_NEEDS_MODEL,
  hidesModel: HIDES_MODEL,
  openAiCompatible: null,
  keyCheck: null,
  webSocket: null,
  keyPattern: null,
  quotaDayZone: "UTC",
  errorRules: [],
} as const satisfies Partial<Provider>;

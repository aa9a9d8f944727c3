import { modelMatches } from "../models/model-matches";

/** What a token may use. */
export interface ModelScope {
  /** Provider slugs, those to show first first; null for all. */
  readonly providers: readonly string[] | null;
  /** Model names with wildcards; null for all. */
  readonly models: readonly string[] | null;
}

/**
 * A small, current chat model of each provider that supports OpenAI's format, best known first. None of Workers AI,
 * whose OpenAI format requires AI Gateway.
 */
export const EXAMPLE_MODELS: ReadonlyMap<string, string> = new Map([
  ["openai", "gpt-5-mini"],
  ["anthropic", "claude-haiku-4-5"],
  ["google-ai-studio", "gemini-2.5-flash"],
  ["openrouter", "openai/gpt-5-mini"],
  ["groq", "llama-3.1-8b-instant"],
  ["deepseek", "deepseek-chat"],
  ["mistral", "mistral-small-latest"],
  ["grok", "grok-4"],
  ["cerebras", "llama3.1-8b"],
  ["cohere", "command-r-08-2024"],
  ["perplexity-ai", "sonar"],
  ["huggingface", "openai/gpt-oss-20b"],
  ["fireworks", "accounts/fireworks/models/gpt-oss-20b"],
  ["baseten", "openai/gpt-oss-120b"],
  ["parallel", "speed"],
]);

/**
 * A model for an example: in the compat form (`openai/gpt-5-mini`), or as one provider names it. Null if the token may
 * not use the provider, or none that supports OpenAI's format.
 */
export function exampleModel(scope: ModelScope, target: string): string | null {
  if (target !== "compat") return allows(scope, target) ? modelOf(scope, target) : null;
  const usable = [...EXAMPLE_MODELS.keys()].filter((provider) => allows(scope, provider));
  // The first whose usual model is allowed; otherwise the named models belong to an unknown provider.
  const provider = usable.find((each) => isUsual(scope, each)) ?? usable[0];
  return provider === undefined ? null : `${provider}/${modelOf(scope, provider)}`;
}

function allows({ providers }: ModelScope, provider: string): boolean {
  return providers === null || providers.includes(provider);
}

function isUsual({ models }: ModelScope, provider: string): boolean {
  const model = EXAMPLE_MODELS.get(provider);
  return model !== undefined && modelMatches(models, model);
}

function modelOf(scope: ModelScope, provider: string): string {
  const usual = EXAMPLE_MODELS.get(provider);
  if (usual !== undefined && isUsual(scope, provider)) return usual;
  return scope.models?.find((model) => !model.includes("*")) ?? "MODEL";
}

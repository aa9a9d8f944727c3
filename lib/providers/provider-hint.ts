/**
 * Recognizes a key's provider by the text next to it and by its format. Names of variables are those of the vendors'
 * quickstarts and SDKs.
 * @module
 */
import type { Provider } from "./types";

/**
 * Words in names of variables, the more specific first: `AZURE_OPENAI_API_KEY` is Azure's. A provider's slug in
 * capitals is recognized by itself.
 */
const WORDS: readonly (readonly [words: string, slug: string])[] = [
  ["AZURE", "azure-openai"],
  ["OPENROUTER", "openrouter"],
  ["OPENAI", "openai"],
  ["ANTHROPIC|CLAUDE", "anthropic"],
  ["VERTEX|VERTEXAI|GOOGLE_APPLICATION_CREDENTIALS", "google-vertex-ai"],
  ["GEMINI|GOOGLE|GOOGLEAI", "google-ai-studio"],
  ["BEDROCK", "aws-bedrock"],
  ["COHERE|CO_API_KEY", "cohere"],
  ["ELEVENLABS|ELEVEN|XI_API_KEY", "elevenlabs"],
  ["XAI|GROK", "grok"],
  ["HUGGINGFACE|HUGGING_FACE|HUGGINGFACEHUB|HF", "huggingface"],
  ["PERPLEXITY|PPLX", "perplexity-ai"],
  ["WORKERS_AI|CLOUDFLARE", "workers-ai"],
];

const PATTERNS = WORDS.map(([words, slug]) => [patternOf(words), slug] as const);

/** @param words As in a variable's name, separated by `|`. */
function patternOf(words: string): RegExp {
  return new RegExp(`(?:^|_)(?:${words})(?:_|$)`, "i");
}

/** The provider that a variable's name, a slug or a provider's name refers to. */
export function providerByHint(hint: string, providers: readonly Provider[]): Provider | undefined {
  const text = hint.trim();
  const name = text.toLowerCase();
  const named =
    providers.find(({ slug }) => slug === name) ??
    providers.find(({ label }) => label.toLowerCase() === name);
  if (named !== undefined) return named;
  const variable = text.replace(/[^A-Za-z0-9]+/g, "_");
  const slug = PATTERNS.find(([pattern]) => pattern.test(variable))?.[1];
  if (slug !== undefined) return providers.find((provider) => provider.slug === slug);
  return providers.find((provider) => patternOf(provider.slug.replaceAll("-", "_")).test(variable));
}

/** The only provider whose keys have this format; undefined if several have it, or none. */
export function providerByShape(key: string, providers: readonly Provider[]): Provider | undefined {
  const [only, ...others] = providers.filter(({ keyPattern }) => keyPattern?.test(key));
  return others.length === 0 ? only : undefined;
}

/**
 * Every provider, by slug.
 * @module
 */

import { slugOfName } from "./synonyms";
import type { Provider } from "./types";
import { anthropic } from "./vendors/anthropic";
import { awsBedrock } from "./vendors/aws-bedrock";
import { azureOpenai } from "./vendors/azure-openai";
import { baseten } from "./vendors/baseten";
import { cartesia } from "./vendors/cartesia";
import { cerebras } from "./vendors/cerebras";
import { cohere } from "./vendors/cohere";
import { deepgram } from "./vendors/deepgram";
import { deepseek } from "./vendors/deepseek";
import { elevenlabs } from "./vendors/elevenlabs";
import { fal } from "./vendors/fal";
import { fireworks } from "./vendors/fireworks";
import { googleAiStudio } from "./vendors/google-ai-studio";
import { googleVertexAi } from "./vendors/google-vertex-ai";
import { grok } from "./vendors/grok";
import { groq } from "./vendors/groq";
import { huggingface } from "./vendors/huggingface";
import { ideogram } from "./vendors/ideogram";
import { mistral } from "./vendors/mistral";
import { openai } from "./vendors/openai";
import { openrouter } from "./vendors/openrouter";
import { parallel } from "./vendors/parallel";
import { perplexityAi } from "./vendors/perplexity-ai";
import { replicate } from "./vendors/replicate";
import { workersAi } from "./vendors/workers-ai";

/** Sorted by slug. */
export const providers: readonly Provider[] = [
  anthropic,
  awsBedrock,
  azureOpenai,
  baseten,
  cartesia,
  cerebras,
  cohere,
  deepgram,
  deepseek,
  elevenlabs,
  fal,
  fireworks,
  googleAiStudio,
  googleVertexAi,
  grok,
  groq,
  huggingface,
  ideogram,
  mistral,
  openai,
  openrouter,
  parallel,
  perplexityAi,
  replicate,
  workersAi,
];

const bySlug = new Map(providers.map((provider) => [provider.slug, provider]));

const byCompatSlug = new Map(
  providers.flatMap((provider) =>
    provider.compatSlug === null ? [] : [[provider.compatSlug, provider] as const],
  ),
);

/** Custom providers by slug, as far as the caller knows them. */
export type OwnProvider = (slug: string) => Provider | undefined;

/**
 * The provider that a slug refers to for a team. Custom providers take precedence: a built-in provider that a later
 * version adds under the slug of a custom one must not get the team's keys.
 */
export function providerOf(slug: string, own: OwnProvider): Provider | undefined {
  return own(slug) ?? bySlug.get(slug);
}

/** The same for what a client writes, which may be another common name of a built-in provider (`gemini`, `xai`). */
export function providerNamed(name: string, own: OwnProvider): Provider | undefined {
  return providerOf(name, own) ?? bySlug.get(slugOfName(name));
}

/**
 * All providers of a team: the built-in ones, except those whose slug is taken by a custom one, then the custom ones.
 */
export function providersWith(own: readonly Provider[]): readonly Provider[] {
  if (own.length === 0) return providers;
  const taken = new Set(own.map(({ slug }) => slug));
  return [...providers.filter(({ slug }) => !taken.has(slug)), ...own];
}

/** The built-in provider with this URL slug. */
export function findProvider(slug: string): Provider | undefined {
  return bySlug.get(slug);
}

/** The built-in provider that a client's name for it refers to. */
export function findProviderNamed(name: string): Provider | undefined {
  return bySlug.get(name) ?? bySlug.get(slugOfName(name));
}

/**
 * The provider that a compat model name's prefix refers to: AI Gateway's (`perplexity`), or the URL slug
 * (`perplexity-ai`).
 */
export function providerForCompatModel(prefix: string, own: OwnProvider): Provider | undefined {
  return own(prefix) ?? byCompatSlug.get(prefix) ?? bySlug.get(prefix);
}

/** Whether a slug is a built-in provider's, or refers to one in a compat model's name. */
export function isBuiltIn(slug: string): boolean {
  return bySlug.has(slug) || byCompatSlug.has(slug);
}

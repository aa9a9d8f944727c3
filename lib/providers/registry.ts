/**
 * Every provider, by slug.
 * @module
 */
import { anthropic } from "./anthropic";
import { awsBedrock } from "./aws-bedrock";
import { azureOpenai } from "./azure-openai";
import { baseten } from "./baseten";
import { cartesia } from "./cartesia";
import { cerebras } from "./cerebras";
import { cohere } from "./cohere";
import { deepgram } from "./deepgram";
import { deepseek } from "./deepseek";
import { elevenlabs } from "./elevenlabs";
import { fal } from "./fal";
import { fireworks } from "./fireworks";
import { googleAiStudio } from "./google-ai-studio";
import { googleVertexAi } from "./google-vertex-ai";
import { grok } from "./grok";
import { groq } from "./groq";
import { huggingface } from "./huggingface";
import { ideogram } from "./ideogram";
import { mistral } from "./mistral";
import { openai } from "./openai";
import { openrouter } from "./openrouter";
import { parallel } from "./parallel";
import { perplexityAi } from "./perplexity-ai";
import { replicate } from "./replicate";
import type { Provider } from "./types";
import { workersAi } from "./workers-ai";

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

/** The provider with this URL slug. */
export function findProvider(slug: string): Provider | undefined {
  return bySlug.get(slug);
}

/** The provider that a compat model name's prefix means: AI Gateway's (`perplexity`), or the URL slug (`perplexity-ai`). */
export function providerForCompatModel(prefix: string): Provider | undefined {
  return byCompatSlug.get(prefix) ?? bySlug.get(prefix);
}

/**
 * Under which names the price list of `@pydantic/genai-prices` may know a model.
 * @module
 */

/** A provider and a model as the list calls them. */
export interface ListName {
  readonly id: string;
  readonly model: string;
}

/** The list's names of our providers; those missing have no prices there. */
const LIBRARY_IDS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  "aws-bedrock": "aws",
  "azure-openai": "azure",
  baseten: "baseten",
  cerebras: "cerebras",
  cohere: "cohere",
  deepseek: "deepseek",
  fireworks: "fireworks",
  "google-ai-studio": "google",
  "google-vertex-ai": "google",
  grok: "x-ai",
  groq: "groq",
  mistral: "mistral",
  openai: "openai",
  openrouter: "openrouter",
  "perplexity-ai": "perplexity",
  "workers-ai": "cloudflare",
  // Providers that teams add by these names.
  minimax: "minimax",
  moonshot: "moonshotai",
  moonshotai: "moonshotai",
  novita: "novita",
  ovhcloud: "ovhcloud",
  together: "together",
  voyage: "voyageai",
  voyageai: "voyageai",
  zhipuai: "zhipuai",
};

/** Hugging Face's router hands a request on to one of many, each with its own prices. */
const HUGGING_FACE = "huggingface";

/** Providers whose answers tell what they cost, whatever the model (see `reportedNanoUsd`). */
const TELL_COST: ReadonlySet<string> = new Set(["grok", "openrouter", "perplexity-ai"]);

/** Whether the cost of a provider's answers is known once they are there, though it may not be before. */
export function tellsCost(provider: string): boolean {
  return TELL_COST.has(provider);
}

/** Whether prices of a provider's models are known without an admin's own. */
export function hasPriceList(provider: string): boolean {
  return provider === HUGGING_FACE || LIBRARY_IDS[provider] !== undefined;
}

/** The list's name for a provider; null where it has no prices for it. */
export function listId(provider: string): string | null {
  return LIBRARY_IDS[provider] ?? null;
}

/**
 * What to look a model up by, the surest first.
 * @param asked As the request names it: an alias, a deployment or a router may stand for another.
 * @param answered As the answer names it.
 */
export function listNames(
  provider: string,
  asked: string | null,
  answered: string | null,
): readonly ListName[] {
  if (provider === HUGGING_FACE) return [answered, asked].flatMap(huggingFaceNames);
  const id = LIBRARY_IDS[provider];
  if (id === undefined) return [];
  // Bedrock's own names say the region too, which the name in the answer does not.
  const named = id === "aws" ? [asked, answered] : [answered, asked];
  const models = named.flatMap((name) => (name === null ? [] : spellings(id, name)));
  return [...new Set(models)].map((model) => ({ id, model }));
}

function spellings(id: string, name: string): readonly string[] {
  // Google's OpenAI-compatible endpoint takes `models/…`; OpenRouter's routing wishes do not change the price.
  const model = name.replace(/^models\//, "").replace(/:(?:nitro|floor|exacto)$/, "");
  switch (id) {
    case "aws":
      // `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-…`
      return [model.startsWith("arn:") ? model.slice(model.lastIndexOf("/") + 1) : model];
    case "cerebras":
      return [model, model.replace(/^llama(?=\d)/, "llama-"), model.replace(/^llama-/, "llama")];
    case "openrouter":
      return model.includes("/") ? [model] : [];
    default:
      return [model];
  }
}

/** `deepseek-ai/DeepSeek-R1:together`: the one that answers stands behind the colon. */
function huggingFaceNames(name: string | null): readonly ListName[] {
  const [, model, host] = /^(.+):([a-z0-9-]+)$/.exec(name ?? "") ?? [];
  return model === undefined ? [] : [{ id: `${HUGGING_FACE}_${host}`, model }];
}

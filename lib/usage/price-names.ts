/**
 * The names under which the price list of `@pydantic/genai-prices` may know a model.
 * @module
 */

/** A provider and a model under their names in the list. */
export interface ListName {
  readonly id: string;
  readonly model: string;
}

/** The list's names for our providers; missing ones have no prices there. */
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
  // Custom providers with these names.
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

/** Hugging Face's router passes a request on to one of many hosts, each with its own prices. */
const HUGGING_FACE = "huggingface";

/** Providers whose responses report their cost, whatever the model (see `reportedNanoUsd`). */
const REPORT_COST: ReadonlySet<string> = new Set(["grok", "openrouter", "perplexity-ai"]);

/** Whether the cost of a provider's responses is known afterwards, even if it isn't before. */
export function reportsCost(provider: string): boolean {
  return REPORT_COST.has(provider);
}

/** Whether prices of a provider's models are known without an admin's own. */
export function hasPriceList(provider: string): boolean {
  return provider === HUGGING_FACE || LIBRARY_IDS[provider] !== undefined;
}

/** Whether prices under this provider's name in the list are ever looked up. */
export function isListed(id: string): boolean {
  return Object.values(LIBRARY_IDS).includes(id) || id.startsWith(`${HUGGING_FACE}_`);
}

/** The list's name for a provider; null if it has no prices for it. */
export function listId(provider: string): string | null {
  return LIBRARY_IDS[provider] ?? null;
}

/**
 * The names to look up a model by, most certain first.
 * @param asked As named in the request: an alias, a deployment or a router may stand for another model.
 * @param answered As named in the response.
 */
export function listNames(
  provider: string,
  asked: string | null,
  answered: string | null,
): readonly ListName[] {
  if (provider === HUGGING_FACE) return [answered, asked].flatMap(huggingFaceNames);
  const id = LIBRARY_IDS[provider];
  if (id === undefined) return [];
  // Bedrock's own names include the region, which the name in the response lacks.
  const [first, second] = id === "aws" ? [asked, answered] : [answered, asked];
  const names = first === null ? [] : spellings(id, first);
  // Most responses name the model as the request did.
  if (second === null || second === first) return names.map((model) => ({ id, model }));
  return [...new Set([...names, ...spellings(id, second)])].map((model) => ({ id, model }));
}

function spellings(id: string, name: string): readonly string[] {
  // Google's OpenAI-compatible endpoint accepts `models/…`; OpenRouter's routing suffixes don't change the price.
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

/** `deepseek-ai/DeepSeek-R1:together`: the host that serves it follows the colon. */
function huggingFaceNames(name: string | null): readonly ListName[] {
  const [, model, host] = /^(.+):([a-z0-9-]+)$/.exec(name ?? "") ?? [];
  return model === undefined ? [] : [{ id: `${HUGGING_FACE}_${host}`, model }];
}

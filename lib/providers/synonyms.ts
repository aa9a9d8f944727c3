/**
 * Names by which people and other programs know providers, besides the slugs: those of the vendors' own pages, of
 * LiteLLM, OpenRouter, Vercel's AI SDK and models.dev.
 * @module
 */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["claude"],
  "aws-bedrock": ["bedrock", "amazon-bedrock", "amazon", "aws"],
  "azure-openai": ["azure", "azureopenai", "azure-ai"],
  cohere: ["cohere-ai"],
  deepseek: ["deepseek-ai", "deep-seek"],
  elevenlabs: ["eleven-labs", "11labs"],
  fal: ["fal-ai"],
  fireworks: ["fireworks-ai"],
  "google-ai-studio": [
    ...["gemini", "google", "google-ai", "google-genai", "google-gemini", "googleai"],
    ...["ai-studio", "google-generative-ai"],
  ],
  "google-vertex-ai": ["vertex", "vertex-ai", "vertexai", "google-vertex"],
  grok: ["xai", "x-ai"],
  huggingface: ["hugging-face", "hf"],
  mistral: ["mistralai", "mistral-ai"],
  openrouter: ["open-router"],
  "perplexity-ai": ["perplexity", "pplx"],
  "workers-ai": ["cloudflare", "cloudflare-workers-ai", "workersai", "cf"],
};

const slugs = new Map(
  Object.entries(SYNONYMS).flatMap(([slug, names]) => names.map((name) => [name, slug] as const)),
);

/** The slug that a common name refers to, in any case and with `_` or `.` for `-`; the name itself if there is none. */
export function slugOfName(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[_.]/g, "-");
  return slugs.get(plain) ?? plain;
}

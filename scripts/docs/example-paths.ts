/** A path that shows how each provider is called, with `{name}` for what the caller fills in. */
export const EXAMPLE_PATHS: Readonly<Record<string, string>> = {
  anthropic: "v1/messages",
  "aws-bedrock": "bedrock-runtime/{region}/model/{model}/invoke",
  "azure-openai": "{resource}/{deployment}/chat/completions",
  baseten: "v1/chat/completions",
  cartesia: "tts/bytes",
  cerebras: "chat/completions",
  cohere: "v2/chat",
  deepgram: "v1/listen",
  deepseek: "chat/completions",
  elevenlabs: "v1/text-to-speech/{voice}",
  fal: "fal-ai/{model}",
  fireworks: "chat/completions",
  "google-ai-studio": "v1beta/models/{model}:generateContent",
  "google-vertex-ai":
    "v1/projects/{project}/locations/{region}/publishers/google/models/{model}:generateContent",
  grok: "v1/chat/completions",
  groq: "chat/completions",
  huggingface: "v1/chat/completions",
  ideogram: "v1/ideogram-v3/generate",
  mistral: "v1/chat/completions",
  openai: "chat/completions",
  openrouter: "chat/completions",
  parallel: "v1/tasks/runs",
  "perplexity-ai": "chat/completions",
  replicate: "predictions",
  "workers-ai": "accounts/{account}/ai/run/{model}",
};

/** A provider's value for a name: its own word, unless only digits are allowed. */
const ACCOUNT = "0123456789abcdef0123456789abcdef";

/** Applies `become` to a path, keeping the names: `{region}` may appear in a host's name. */
export function mapPath(path: string, become: (path: string) => string): string {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const stand = (name: string) => (name === "account" ? ACCOUNT : `stand-in-${name}`);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => stand(name));
  return names.reduce((text, name) => text.replaceAll(stand(name), `{${name}}`), become(filled));
}

/**
 * Names of OpenTelemetry's semantic conventions for generative AI.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
 * @module
 */

/** Its well-known names of our providers; others are called by their slug. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "aws-bedrock": "aws.bedrock",
  "azure-openai": "azure.ai.openai",
  "google-ai-studio": "gcp.gemini",
  "google-vertex-ai": "gcp.vertex_ai",
  grok: "x_ai",
  mistral: "mistral_ai",
  "perplexity-ai": "perplexity",
};

export function providerName(slug: string): string {
  return PROVIDERS[slug] ?? slug;
}

/** What a call does, by the end of its path; the conventions' word where they have one. */
const OPERATIONS: readonly (readonly [pattern: RegExp, operation: string])[] = [
  [
    /(?:^|\/)chat\/completions\/?$|(?:^|\/)(?:messages|responses|converse|converse-stream)\/?$/,
    "chat",
  ],
  [/:(?:stream)?[gG]enerateContent$/, "generate_content"],
  [/(?:^|\/)embeddings?\/?$|:(?:batchE|e)mbedContents?$/, "embeddings"],
  [/(?:^|\/)completions?\/?$/, "text_completion"],
  [/(?:^|\/)images\/\w+\/?$/, "generate_image"],
  [/(?:^|\/)audio\/(?:transcriptions|translations)\/?$/, "transcribe"],
  [/(?:^|\/)audio\/speech\/?$/, "speech"],
  [/(?:^|\/)rerank\/?$/, "rerank"],
  [/(?:^|\/)moderations\/?$/, "moderate"],
];

/** Null for what is no call of a model: files, lists, polls. */
export function operationOf(path: string): string | null {
  return OPERATIONS.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

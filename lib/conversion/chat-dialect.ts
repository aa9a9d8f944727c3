/**
 * Differences between services with OpenAI's chat completions, as far as conversion needs them.
 *
 * Sources: platform.openai.com/docs/api-reference/chat, api-docs.deepseek.com/guides/thinking_mode,
 * openrouter.ai/docs/use-cases/reasoning-tokens, ai.google.dev/gemini-api/docs/openai, console.groq.com/docs/reasoning,
 * docs.x.ai/docs/guides/reasoning, docs.mistral.ai/api, inference-docs.cerebras.ai/api-reference/chat-completions.
 * @module
 */
export type Effort = "none" | "low" | "medium" | "high";

export interface ChatDialect {
  /** Whether the output limit is called `max_completion_tokens`. */
  readonly hasCompletionLimit: boolean;
  /** The name of thoughts in a history; null if they aren't allowed. */
  readonly reasoningIn: "reasoning_content" | "reasoning" | null;
  /** Whether Anthropic's signed thoughts are allowed in a history too (`reasoning_details`). */
  readonly takesDetails: boolean;
  /** Whether a stream reports its usage only on request. */
  readonly asksForUsage: boolean;
  /** Whether a message may contain a file (PDF). */
  readonly takesFiles: boolean;
  readonly takesTopK: boolean;
  /** Whether calls in the history keep their additional state (Gemini's thought signatures). */
  readonly takesCallState: boolean;
  /** The state required for the first call of a turn if another model made it; null if none is required. */
  unsignedCall(model: string): Readonly<Record<string, unknown>> | null;
  /** The fields for the reasoning effort; null if it can't be set. */
  effort(effort: Effort, model: string): Readonly<Record<string, unknown>> | null;
}

/** Names of reasoning models, at services where all other models reject a reasoning effort. */
const OPENAI_THINKERS = /^(?:gpt-5|gpt-oss|o\d)/;

const DEFAULTS: ChatDialect = {
  hasCompletionLimit: false,
  reasoningIn: null,
  takesDetails: false,
  asksForUsage: true,
  takesFiles: false,
  takesTopK: false,
  takesCallState: false,
  unsignedCall: () => null,
  effort: () => null,
};

const byName = (effort: Effort) => (effort === "none" ? null : { reasoning_effort: effort });

function openAiEffort(effort: Effort, model: string) {
  if (!OPENAI_THINKERS.test(model)) return null;
  if (effort !== "none") return { reasoning_effort: effort };
  if (/^gpt-5\.\d/.test(model)) return { reasoning_effort: "none" };
  return /^gpt-5/.test(model) ? { reasoning_effort: "minimal" } : null;
}

const OPENAI: ChatDialect = {
  ...DEFAULTS,
  hasCompletionLimit: true,
  takesFiles: true,
  effort: openAiEffort,
};

/** https://ai.google.dev/gemini-api/docs/thought-signatures: for calls made by another model. */
const UNSIGNED = { google: { thought_signature: "skip_thought_signature_validator" } };

const DIALECTS: Readonly<Record<string, Partial<ChatDialect>>> = {
  openai: OPENAI,
  "azure-openai": OPENAI,
  deepseek: {
    reasoningIn: "reasoning_content",
    effort: (effort) => ({ thinking: { type: effort === "none" ? "disabled" : "enabled" } }),
  },
  openrouter: {
    reasoningIn: "reasoning",
    takesTopK: true,
    takesFiles: true,
    effort: (effort) => ({
      reasoning: effort === "none" ? { enabled: false } : { effort },
    }),
  },
  "google-ai-studio": {
    takesCallState: true,
    // Models before Gemini 3 don't require it.
    unsignedCall: (model) => (/gemini-(?:[3-9]|\d\d)/.test(model) ? UNSIGNED : null),
    effort: byName,
  },
  grok: { effort: (effort, model) => (/mini|grok-[4-9]\.\d/.test(model) ? byName(effort) : null) },
  groq: {
    effort: (effort, model) => (/gpt-oss/.test(model) ? byName(effort) : null),
  },
  cerebras: {
    hasCompletionLimit: true,
    effort: (effort, model) => (/gpt-oss/.test(model) ? byName(effort) : null),
  },
  fireworks: { reasoningIn: "reasoning_content", takesTopK: true, effort: byName },
  // Its streams report usage without a request, and it rejects unknown fields.
  mistral: { asksForUsage: false },
};

/** Nothing is known about custom providers except that most serve open models, which need their thoughts back. */
const OWN: ChatDialect = { ...DEFAULTS, reasoningIn: "reasoning_content" };

/** For requests that are converted to Messages in the end. */
export const ON_THE_WAY_TO_MESSAGES: ChatDialect = {
  ...DEFAULTS,
  hasCompletionLimit: true,
  reasoningIn: "reasoning_content",
  takesDetails: true,
  takesFiles: true,
  takesTopK: true,
  effort: (effort) => ({ reasoning_effort: effort }),
};

/** @param slug The provider's. */
export function chatDialect(slug: string, isBuiltIn: boolean): ChatDialect {
  if (!isBuiltIn) return OWN;
  return { ...DEFAULTS, ...DIALECTS[slug] };
}

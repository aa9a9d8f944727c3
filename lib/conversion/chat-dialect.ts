/**
 * Differences between services with OpenAI's chat completions, as far as conversion needs them.
 *
 * Sources: platform.openai.com/docs/api-reference/chat, api-docs.deepseek.com/guides/thinking_mode,
 * openrouter.ai/docs/use-cases/reasoning-tokens, console.groq.com/docs/reasoning,
 * docs.x.ai/docs/guides/reasoning, docs.mistral.ai/api, inference-docs.cerebras.ai/api-reference/chat-completions.
 * @module
 */
import type { NameLimit } from "./calls/call-limits";

export type Effort = "none" | "low" | "medium" | "high";

export interface ChatDialect {
  /** Whether the output limit is called `max_completion_tokens`. */
  readonly hasCompletionLimit: boolean;
  /** The name of thoughts in a history; null if they aren't allowed. */
  readonly reasoningIn: "reasoning_content" | "reasoning" | null;
  /** Whether signed and encrypted thoughts are allowed in a history too (`reasoning_details`). */
  readonly takesDetails: boolean;
  /** Whether a stream reports its usage only on request. */
  readonly asksForUsage: boolean;
  /** Whether a message may contain a file (PDF). */
  readonly takesFiles: boolean;
  readonly takesTopK: boolean;
  /** Whether calls in the history keep their additional state (Gemini's thought signatures). */
  readonly takesCallState: boolean;
  /** Whether a tool's result may say that it is an error (`is_error`); elsewhere its text says it. */
  readonly takesToolErrors: boolean;
  /** Whether a file may be given by its address. */
  readonly takesFileUrls: boolean;
  /** The most stop strings. */
  readonly maxStops: number;
  /** What ids of calls look like; null if anything is accepted. */
  readonly callId: NameLimit | null;
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
  takesToolErrors: false,
  takesFileUrls: false,
  maxStops: 4,
  callId: null,
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
  callId: { pattern: /^[\s\S]{0,40}$/, maxChars: 40 },
  effort: openAiEffort,
};

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
    takesFileUrls: true,
    effort: (effort) => ({
      reasoning: effort === "none" ? { enabled: false } : { effort },
    }),
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
  mistral: { asksForUsage: false, callId: { pattern: /^[a-z\d]{9}$/i, maxChars: 9 } },
};

/** Nothing is known about custom providers except that most serve open models, which need their thoughts back. */
const OWN: ChatDialect = { ...DEFAULTS, reasoningIn: "reasoning_content" };

/** For requests that are converted to a third format in the end: everything has a place. */
export const IN_BETWEEN: ChatDialect = {
  hasCompletionLimit: true,
  reasoningIn: "reasoning_content",
  takesDetails: true,
  asksForUsage: false,
  takesFiles: true,
  takesTopK: true,
  takesCallState: true,
  takesToolErrors: true,
  takesFileUrls: true,
  maxStops: Number.POSITIVE_INFINITY,
  callId: null,
  // As OpenRouter has it: the caller's format shows what was thought.
  effort: (effort) => ({
    reasoning_effort: effort,
    ...(effort !== "none" && { include_reasoning: true }),
  }),
};

/** @param slug The provider's. */
export function chatDialect(slug: string, isBuiltIn: boolean): ChatDialect {
  if (!isBuiltIn) return OWN;
  return { ...DEFAULTS, ...DIALECTS[slug] };
}

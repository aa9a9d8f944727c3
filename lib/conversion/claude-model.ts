/**
 * In what Anthropic's models differ, as far as conversion has to know, by their names.
 *
 * Sources: platform.claude.com/docs: "Adaptive thinking", "Effort", "Extended thinking", "Structured outputs",
 * "Migrating to Claude Opus 4.7"; docs.aws.amazon.com/bedrock, "Adaptive thinking".
 * @module
 */
export interface ClaudeModel {
  /** How it is told to think: by an effort, by a number of tokens, or not at all. */
  readonly thinking: "effort" | "budget" | null;
  /** Whether it leaves its thoughts out unless it is asked for them. */
  readonly hidesThoughts: boolean;
  /** Whether it takes temperature, top_p and top_k. */
  readonly takesSampling: boolean;
  readonly takesSchema: boolean;
  /** Most tokens of an answer, where the request does not limit it: Messages must say a number. */
  readonly maxTokens: number;
}

/** `claude-opus-4-7`, `claude-3-5-haiku-latest`, `claude-fable-5`; a date is no version. */
const VERSION = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d)(?!\d))?/;

/** Of names that tell no version (services of one's own may serve any model) the least is expected. */
const UNKNOWN: ClaudeModel = {
  thinking: null,
  hidesThoughts: false,
  takesSampling: true,
  takesSchema: false,
  maxTokens: 8_192,
};

export function claudeModel(name: string): ClaudeModel {
  const [, major, minor = "0"] = VERSION.exec(name) ?? [];
  if (major === undefined) return UNKNOWN;
  const version = Number(major) + Number(minor) / 10;
  return {
    thinking: version >= 4.6 ? "effort" : version >= 3.7 ? "budget" : null,
    hidesThoughts: version >= 4.7,
    takesSampling: version < 4.7,
    takesSchema: version >= 4.5,
    maxTokens: version >= 4 ? 32_000 : version >= 3.5 ? 8_192 : 4_096,
  };
}

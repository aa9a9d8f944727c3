/**
 * Differences between Anthropic's models, as far as conversion needs them, by their names.
 *
 * Sources: platform.claude.com/docs: "Adaptive thinking", "Effort", "Extended thinking", "Structured outputs",
 * "Migrating to Claude Opus 4.7"; docs.aws.amazon.com/bedrock, "Adaptive thinking".
 * @module
 */
export interface ClaudeModel {
  /** How thinking is controlled: by an effort, by a number of tokens, or not at all. */
  readonly thinking: "effort" | "budget" | null;
  /** Whether it omits its thoughts unless they are requested. */
  readonly hidesThoughts: boolean;
  /** Whether it accepts temperature, top_p and top_k. */
  readonly takesSampling: boolean;
  readonly takesSchema: boolean;
  /** The output limit if the request has none, because Messages require one. */
  readonly maxTokens: number;
}

/** `claude-opus-4-7`, `claude-3-5-haiku-latest`, `claude-fable-5`; a date isn't a version. */
const VERSION = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d)(?!\d))?/;

/** For names without a version (one's own services may serve any model), the least is assumed. */
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

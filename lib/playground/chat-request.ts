/** What a person configured in the playground. */
export interface ChatSettings {
  /** Compat form: `{provider}/{model}`, or an alias. */
  readonly model: string;
  /** An alias's targets, in the compat form; empty for a model. */
  readonly targets: readonly string[];
  /** Empty for none. */
  readonly system: string;
  readonly prompt: string;
  /** Null: the model's own. */
  readonly temperature: number | null;
  /** Null: the model's own. */
  readonly maxTokens: number | null;
}

/** Rejects unknown fields, including `stream_options`, and reports usage in the last chunk without a request. */
const STRICT_PROVIDER = "mistral/";

/** OpenAI's newer models reject `max_tokens`; others don't know its replacement. */
const RENAMED_LIMIT = /^(?:openai|azure-openai)\//;

/** The body of a streamed chat completion at `/api/compat/chat/completions`. */
export function chatRequest({
  model,
  targets,
  system,
  prompt,
  temperature,
  maxTokens,
}: ChatSettings) {
  const destinations = targets.length === 0 ? [model] : targets;
  const isRenamed = destinations.every((name) => RENAMED_LIMIT.test(name));
  const limitName = isRenamed ? "max_completion_tokens" : "max_tokens";
  const isStrict = destinations.some((name) => name.startsWith(STRICT_PROVIDER));
  return {
    model,
    messages: [
      ...(system === "" ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ],
    ...(temperature !== null && { temperature }),
    ...(maxTokens !== null && { [limitName]: maxTokens }),
    stream: true,
    ...(!isStrict && { stream_options: { include_usage: true } }),
  };
}

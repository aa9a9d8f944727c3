/** What a person set in the playground. */
export interface ChatSettings {
  /** Compat form: `{provider}/{model}`. */
  readonly model: string;
  /** Empty for none. */
  readonly system: string;
  readonly prompt: string;
  /** Null: the model's own. */
  readonly temperature: number | null;
  /** Null: the model's own. */
  readonly maxTokens: number | null;
}

/** Refuses fields it does not know, `stream_options` too, and counts tokens in the last chunk unasked. */
const STRICT_PROVIDER = "mistral/";

/** OpenAI's newer models refuse `max_tokens`; others do not know the name that took its place. */
const RENAMED_LIMIT = /^(?:openai|azure-openai)\//;

/** The body of a streamed chat completion at `/api/compat/chat/completions`. */
export function chatRequest({ model, system, prompt, temperature, maxTokens }: ChatSettings) {
  const limitName = RENAMED_LIMIT.test(model) ? "max_completion_tokens" : "max_tokens";
  return {
    model,
    messages: [
      ...(system === "" ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ],
    ...(temperature !== null && { temperature }),
    ...(maxTokens !== null && { [limitName]: maxTokens }),
    stream: true,
    ...(!model.startsWith(STRICT_PROVIDER) && { stream_options: { include_usage: true } }),
  };
}

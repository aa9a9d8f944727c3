/** A prompt and its answer. */
export interface PastTurn {
  readonly prompt: string;
  /** As data URLs. */
  readonly images: readonly string[];
  readonly answer: string;
}

/** What a person configured in the playground. */
export interface ChatSettings {
  /** Compat form: `{provider}/{model}`, or an alias. */
  readonly model: string;
  /** An alias's targets, in the compat form; empty for a model. */
  readonly targets: readonly string[];
  /** Empty for none. */
  readonly system: string;
  /** What was said before, the oldest first. */
  readonly history: readonly PastTurn[];
  readonly prompt: string;
  /** As data URLs. */
  readonly images: readonly string[];
  /** In OpenAI's format; null for none. */
  readonly tools: readonly unknown[] | null;
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
  history,
  prompt,
  images,
  tools,
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
      ...history.flatMap((turn) => [
        { role: "user", content: contentOf(turn.prompt, turn.images) },
        { role: "assistant", content: turn.answer },
      ]),
      { role: "user", content: contentOf(prompt, images) },
    ],
    ...(tools !== null && { tools }),
    ...(temperature !== null && { temperature }),
    ...(maxTokens !== null && { [limitName]: maxTokens }),
    stream: true,
    ...(!isStrict && { stream_options: { include_usage: true } }),
  };
}

/** A text alone is sent as such: not every model knows parts. */
function contentOf(text: string, images: readonly string[]) {
  if (images.length === 0) return text;
  return [
    { type: "text", text },
    ...images.map((url) => ({ type: "image_url", image_url: { url } })),
  ];
}

/** The tools that a text describes, in OpenAI's format; null if it doesn't. An empty text describes none. */
export function parseTools(text: string): { readonly tools: readonly unknown[] | null } | null {
  if (text.trim() === "") return { tools: null };
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value) ? value : [value];
    const isTool = (each: unknown) =>
      typeof each === "object" && each !== null && "type" in each && typeof each.type === "string";
    return list.length > 0 && list.every(isTool) ? { tools: list } : null;
  } catch {
    return null;
  }
}

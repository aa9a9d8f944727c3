/**
 * What a request used and cost, as One Balance counts it.
 * @module
 */

/** What one request used. A count is null where the provider said nothing about it. */
export interface Usage {
  /** Everything the model read, cached tokens and cache writes included. */
  readonly inputTokens: number | null;
  /** Everything the model wrote, reasoning included. */
  readonly outputTokens: number | null;
  /** Part of the input that was read from the provider's cache. */
  readonly cachedInputTokens: number | null;
  /** Part of the input that was written to the provider's cache, for however long. */
  readonly cacheWriteTokens: number | null;
  /** Part of the cache writes that is kept for an hour, which Anthropic sells more expensive. */
  readonly cacheWriteHourTokens: number | null;
  /** Part of the output. */
  readonly reasoningTokens: number | null;
  readonly inputAudioTokens: number | null;
  readonly outputAudioTokens: number | null;
  readonly inputImageTokens: number | null;
  readonly outputImageTokens: number | null;
  /** Part of the cached input. */
  readonly cachedAudioTokens: number | null;
  /** Length of a transcribed recording, where that is what is sold. */
  readonly inputAudioSeconds: number | null;
  /** What is sold by something else than tokens; null for nothing. */
  readonly units: Units | null;
  /** Calls of the provider's own tools, each with a price beside the tokens; null for none. */
  readonly tools: ToolCalls | null;
  /** The model that answered, by the answer's own name for it; null where it names none. */
  readonly model: string | null;
  /** Null for the standard one, and where the answer names none. */
  readonly tier: Tier | null;
  /** Whether it was kept within the United States, which Anthropic sells more expensive. */
  readonly isUsOnly: boolean;
  /** What the answer says it cost, in 1e-9 US dollars; null where it says nothing. */
  readonly reportedNanoUsd: number | null;
  /** How many answers the counts are of: more than one for the results of a batch. */
  readonly answers: number;
  /** What the counts are made of, where parts have a price of their own: several passes, or several models. */
  readonly parts: readonly Usage[] | null;
  /** True where a count was guessed from the length of texts: the stream ended early, or told nothing. */
  readonly isEstimate: boolean;
}

/** Things other than tokens that are sold. */
export type Unit = "pages" | "searches" | "images" | "characters";
export type Units = Readonly<Partial<Record<Unit, number>>>;

/** Tools that providers run themselves and bill by the call. */
export const TOOLS = [
  "webSearch",
  "fileSearch",
  "codeSession",
  "groundedPrompt",
  "groundingQuery",
] as const;
export type Tool = (typeof TOOLS)[number];
export type ToolCalls = Readonly<Partial<Record<Tool, number>>>;

/** How an answer was served, where its price depends on it. */
export type Tier = "flex" | "priority" | "batch" | "fast";

export const NO_USAGE: Usage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  cacheWriteHourTokens: null,
  reasoningTokens: null,
  inputAudioTokens: null,
  outputAudioTokens: null,
  inputImageTokens: null,
  outputImageTokens: null,
  cachedAudioTokens: null,
  inputAudioSeconds: null,
  units: null,
  tools: null,
  model: null,
  tier: null,
  isUsOnly: false,
  reportedNanoUsd: null,
  answers: 1,
  parts: null,
  isEstimate: false,
};

/**
 * What became of a request, for statistics.
 * - `ok`: answered in full, as far as the client wanted it
 * - `client_error`: refused for what was asked, or asked wrongly
 * - `limited`: no key with quota left, or the token's own limit
 * - `upstream_error`: the provider failed, or was not reached
 * - `aborted`: the client left before the end
 * - `denied`: no valid access token, or not for this provider or model
 */
export type Outcome = "ok" | "client_error" | "limited" | "upstream_error" | "aborted" | "denied";

export const OUTCOMES: readonly Outcome[] = [
  "ok",
  "client_error",
  "limited",
  "upstream_error",
  "aborted",
  "denied",
];

/** The fields of `Usage` that are counts of tokens or seconds. */
export const USAGE_COUNTS = [
  "inputTokens",
  "outputTokens",
  "cachedInputTokens",
  "cacheWriteTokens",
  "cacheWriteHourTokens",
  "reasoningTokens",
  "inputAudioTokens",
  "outputAudioTokens",
  "inputImageTokens",
  "outputImageTokens",
  "cachedAudioTokens",
  "inputAudioSeconds",
] as const satisfies readonly (keyof Usage)[];

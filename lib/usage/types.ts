/**
 * What a request used and cost, as One Balance counts it.
 * @module
 */

/** What one request used. A count is null if the provider reported nothing about it. */
export interface Usage {
  /** Everything the model read, including cached tokens and cache writes. */
  readonly inputTokens: number | null;
  /** Everything the model wrote, including reasoning. */
  readonly outputTokens: number | null;
  /** Part of the input that was read from the provider's cache. */
  readonly cachedInputTokens: number | null;
  /** Part of the input that was written to the provider's cache, for any length of time. */
  readonly cacheWriteTokens: number | null;
  /** Part of the cache writes that is kept for an hour, for which Anthropic charges more. */
  readonly cacheWriteHourTokens: number | null;
  /** Part of the output. */
  readonly reasoningTokens: number | null;
  readonly inputAudioTokens: number | null;
  readonly outputAudioTokens: number | null;
  readonly inputImageTokens: number | null;
  readonly outputImageTokens: number | null;
  /** Part of the cached input. */
  readonly cachedAudioTokens: number | null;
  /** Length of a transcribed recording, if that is what is billed. */
  readonly inputAudioSeconds: number | null;
  /** What is billed by something else than tokens; null for nothing. */
  readonly units: Units | null;
  /** Calls of the provider's own tools, each with a price in addition to tokens; null for none. */
  readonly tools: ToolCalls | null;
  /** The model that responded, by its name in the response; null if it names none. */
  readonly model: string | null;
  /** Null for the standard one, and if the response names none. */
  readonly tier: Tier | null;
  /** Whether it was kept within the United States, for which Anthropic charges more. */
  readonly isUsOnly: boolean;
  /** The cost that the response reports, in 1e-9 US dollars; null if none. */
  readonly reportedNanoUsd: number | null;
  /** How many responses the counts cover: more than one for the results of a batch. */
  readonly answers: number;
  /** What the counts consist of, if parts have their own price: several passes, or several models. */
  readonly parts: readonly Usage[] | null;
  /** True if a count was estimated from the length of texts: the stream ended early, or reported nothing. */
  readonly isEstimate: boolean;
}

/** Things other than tokens that are billed. */
export type Unit = "pages" | "searches" | "images" | "characters";
export type Units = Readonly<Partial<Record<Unit, number>>>;

/** Tools that providers run themselves and bill per call. */
export const TOOLS = [
  "webSearch",
  "fileSearch",
  "codeSession",
  "groundedPrompt",
  "groundingQuery",
] as const;
export type Tool = (typeof TOOLS)[number];
export type ToolCalls = Readonly<Partial<Record<Tool, number>>>;

/** How a response was served, if its price depends on that. */
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
 * The result of a request, for statistics.
 * - `ok`: answered in full, as far as the client wanted it
 * - `client_error`: rejected because of what was requested, or how
 * - `limited`: no key with quota left, or the token's own limit
 * - `upstream_error`: the provider failed, or wasn't reached
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

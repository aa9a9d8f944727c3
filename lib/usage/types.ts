/**
 * What a request used and cost, as One Balance counts it.
 * @module
 */

/** Tokens of one request. A count is null where the provider said nothing about it. */
export interface Usage {
  /** Everything the model read, cached tokens and cache writes included. */
  readonly inputTokens: number | null;
  /** Everything the model wrote, reasoning included. */
  readonly outputTokens: number | null;
  /** Part of the input that was read from the provider's cache. */
  readonly cachedInputTokens: number | null;
  /** Part of the input that was written to the provider's cache, for however long. */
  readonly cacheWriteTokens: number | null;
  /** Part of the cache writes that is kept for an hour, which Anthropic sells dearer. */
  readonly cacheWriteHourTokens: number | null;
  /** Part of the output. */
  readonly reasoningTokens: number | null;
  readonly inputAudioTokens: number | null;
  readonly outputAudioTokens: number | null;
  readonly inputImageTokens: number | null;
  readonly outputImageTokens: number | null;
  /** Length of a transcribed recording, where that is what is sold. */
  readonly inputAudioSeconds: number | null;
  /** True where a count was guessed from the length of texts: the stream ended early, or told nothing. */
  readonly isEstimate: boolean;
}

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
  inputAudioSeconds: null,
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

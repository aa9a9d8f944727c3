/** The headers that One Balance adds to a response. */
export const RESPONSE_HEADERS = {
  requestId: "x-one-balance-request-id",
  attempts: "x-one-balance-attempts",
  limitSource: "x-one-balance-limit-source",
  /** The API formats between which the request was converted: `messages to chat`. */
  converted: "x-one-balance-converted",
  /** What was left out of the request so that it could be answered. */
  dropped: "x-one-balance-dropped",
  /** The target of an alias: `{provider}/{model}`, percent-encoded. */
  target: "x-one-balance-target",
  /** The key that served, masked and percent-encoded; only for tokens that may see it. */
  key: "x-one-balance-key",
} as const;

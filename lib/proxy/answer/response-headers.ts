/** The headers One Balance adds to an answer. */
export const RESPONSE_HEADERS = {
  requestId: "x-one-balance-request-id",
  attempts: "x-one-balance-attempts",
  limitSource: "x-one-balance-limit-source",
  /** From which form to which the request was converted: `messages to chat`. */
  converted: "x-one-balance-converted",
  /** What of the request was left out, so that it could be answered. */
  dropped: "x-one-balance-dropped",
  /** Where an alias led: `{provider}/{model}`, percent-encoded. */
  target: "x-one-balance-target",
  /** The key that served, masked and percent-encoded; for tokens that are shown it only. */
  key: "x-one-balance-key",
} as const;

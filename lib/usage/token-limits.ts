/** The limits a token can have, in the order they are shown; those in dollars end in `Usd`. */
export const TOKEN_LIMITS = [
  "rpm",
  "tpm",
  "dailyRequests",
  "dailyTokens",
  "dailyCostUsd",
  "monthlyCostUsd",
] as const;

export type TokenLimit = (typeof TOKEN_LIMITS)[number];

/** What limits may be at most. One that is not named may be anything. */
export type LimitCeilings = Readonly<Partial<Record<TokenLimit, number>>>;

/** The limits a token can have, in the order they are shown; those in dollars end in `Usd`. */
export const LIMITS = [
  "rpm",
  "tpm",
  "dailyRequests",
  "dailyTokens",
  "dailyCostUsd",
  "monthlyCostUsd",
] as const;

export type LimitName = (typeof LIMITS)[number];

import { integer, real } from "drizzle-orm/sqlite-core";

/** Columns for limits, see `TokenLimits`; null for none. */
export const limitColumns = () => ({
  rpm: integer("rpm"),
  tpm: integer("tpm"),
  concurrentRequests: integer("concurrent_requests"),
  dailyRequests: integer("daily_requests"),
  dailyTokens: integer("daily_tokens"),
  dailyCostUsd: real("daily_cost_usd"),
  monthlyCostUsd: real("monthly_cost_usd"),
});

/** The columns of a provider key's caps, see `KeyCapValues`; null for none. */
export const capColumns = () => ({
  concurrentRequests: integer("concurrent_requests"),
  dailyCostUsd: real("daily_cost_usd"),
  monthlyCostUsd: real("monthly_cost_usd"),
});

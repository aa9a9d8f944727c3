/**
 * What Cloudflare charges, and what its plans include, as read on 30 November 2026:
 *
 * - Workers: https://developers.cloudflare.com/workers/platform/pricing/ (the source of that page, cloudflare-docs at
 *   07acbb66, `src/content/docs/workers/platform/pricing.mdx`)
 * - D1: https://developers.cloudflare.com/d1/platform/pricing/ (`src/content/partials/workers/d1-pricing.mdx` at
 *   25a83ced)
 * - Durable Objects: https://developers.cloudflare.com/durable-objects/platform/pricing/
 * @module
 */

/** What is counted. */
export type Meter =
  | "requests"
  | "cpuMs"
  | "rowsWritten"
  | "rowsRead"
  | "objectRequests"
  | "objectGbSeconds";

export interface Price {
  /** US dollars for a million, beyond what a month includes. */
  readonly usdPerMillion: number;
  readonly includedPerMonth: number;
  /** What the free plan allows per day; null if it has no limit for a day. */
  readonly freePerDay: number | null;
}

export const PRICES: Readonly<Record<Meter, Price>> = {
  requests: { usdPerMillion: 0.3, includedPerMonth: 10e6, freePerDay: 100_000 },
  // The free plan limits a request to 10 ms, but has no sum.
  cpuMs: { usdPerMillion: 0.02, includedPerMonth: 30e6, freePerDay: null },
  rowsWritten: { usdPerMillion: 1, includedPerMonth: 50e6, freePerDay: 100_000 },
  rowsRead: { usdPerMillion: 0.001, includedPerMonth: 25e9, freePerDay: 5e6 },
  objectRequests: { usdPerMillion: 0.15, includedPerMonth: 1e6, freePerDay: 100_000 },
  objectGbSeconds: { usdPerMillion: 12.5, includedPerMonth: 400_000, freePerDay: 13_000 },
};

/** The paid plan, per month. */
export const PLAN_USD = 5;
/** What an object is billed as while it is active: 128 MB of 1,024. */
export const OBJECT_GB = 0.125;
export const PRICES_READ_ON = "30 November 2026";

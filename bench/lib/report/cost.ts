/** What use costs by Cloudflare's list. @module */
import { type Meter, PLAN_USD, PRICES } from "./cloudflare-prices.ts";

/** For a million proxied requests. */
export type Use = Readonly<Record<Meter, number>>;

const METERS = Object.keys(PRICES) as Meter[];

/** US dollars for this use, beyond what a month includes. */
export function listUsd(use: Use): number {
  return METERS.reduce((sum, meter) => sum + (use[meter] * PRICES[meter].usdPerMillion) / 1e6, 0);
}

/** The bill of a month with this many million requests, including the plan's price. */
export function monthUsd(use: Use, millions: number): number {
  return METERS.reduce((sum, meter) => {
    const { usdPerMillion, includedPerMonth } = PRICES[meter];
    return sum + (Math.max(0, use[meter] * millions - includedPerMonth) * usdPerMillion) / 1e6;
  }, PLAN_USD);
}

/** How many days of the free plan this use takes, and which of its limits decides. */
export function freePlanDays(use: Use): { readonly days: number; readonly limit: Meter } {
  return METERS.map((limit) => {
    const { freePerDay } = PRICES[limit];
    return { days: freePerDay === null ? 0 : use[limit] / freePerDay, limit };
  }).reduce((longest, each) => (each.days > longest.days ? each : longest));
}

/**
 * What is wrong, from the overview's data: pools that can't serve, models without quota, blocked keys.
 * @module
 */

import type { QuotaForecast, QuotaForecasts } from "../limits/read-quota-forecasts";
import type { PoolOverview } from "./read-pool-overview";

type Pool = Pick<PoolOverview, "provider" | "label" | "health" | "blocked" | "nextReadyAtMs">;
type Quota = Pick<QuotaForecast, "provider" | "label" | "model" | "dryMs" | "resetMs">;

export type Trouble =
  /** No key of the pool can serve until a person acts; or none is ready now. */
  | { readonly kind: "dead" | "resting"; readonly pools: readonly Pool[] }
  /** Today's known quota is used up; or will be before it renews. Those that run out first come first. */
  | { readonly kind: "dry" | "drySoon"; readonly quotas: readonly Quota[] }
  | { readonly kind: "blocked"; readonly pools: readonly Pool[]; readonly keys: number };

/** The worst first; none if all is well. @param pools Those in trouble first. */
export function overviewTroubles(
  pools: readonly Pool[],
  { atMs, known }: { readonly atMs: QuotaForecasts["atMs"]; readonly known: readonly Quota[] },
): readonly Trouble[] {
  const healthOf = (health: Pool["health"]) => pools.filter((pool) => pool.health === health);
  // A dead pool's blocked keys are the reason it is dead.
  const blocked = pools.filter((pool) => pool.blocked > 0 && pool.health !== "dead");
  const isDry = ({ dryMs }: Quota) => dryMs !== null && dryMs <= atMs;
  const dry = known.filter(isDry);
  const drySoon = known.filter((quota) => quota.dryMs !== null && !isDry(quota));
  const troubles: readonly (Trouble & { readonly count: number })[] = [
    { kind: "dead", pools: healthOf("dead"), count: healthOf("dead").length },
    { kind: "resting", pools: healthOf("resting"), count: healthOf("resting").length },
    { kind: "dry", quotas: dry, count: dry.length },
    {
      kind: "blocked",
      pools: blocked,
      keys: blocked.reduce((sum, pool) => sum + pool.blocked, 0),
      count: blocked.length,
    },
    { kind: "drySoon", quotas: drySoon, count: drySoon.length },
  ];
  return troubles.filter(({ count }) => count > 0);
}

/**
 * Which models the pool can serve now, and when the others: what `GET /api/quota` returns to programs, for the portal.
 * @module
 */
import { modelMatches } from "../models/model-matches";
import { providersWith } from "../providers/registry";
import type { ProxyInstance } from "../proxy/handle-request";
import { PoolReadiness } from "../proxy/serve/pool-readiness";

export interface ProviderReadiness {
  readonly slug: string;
  readonly label: string;
  /** Models of its list that active keys may serve. */
  readonly models: number;
  /** Those of them that can't be served now, the first to be ready first; null if the time is unknown. */
  readonly cooling: readonly { readonly model: string; readonly readyAtMs: number | null }[];
}

/** From the stored model lists: no provider is called. Providers without a list are left out. */
export async function modelReadiness({
  ports: { state, nowMs },
  catalog,
}: Pick<ProxyInstance, "ports" | "catalog">): Promise<readonly ProviderReadiness[]> {
  await state.ready();
  await state.whole();
  const lists = await catalog.lists();
  const atMs = nowMs();
  return providersWith(state.customProviders()).flatMap(({ slug, label }) => {
    const pool = state.everyKey(slug);
    const keys = [...pool.keys()].filter(({ status }) => status === "active");
    const models = (lists.get(slug)?.models ?? []).filter((model) =>
      keys.some((key) => modelMatches(key.models, model)),
    );
    if (models.length === 0) return [];
    const readiness = new PoolReadiness(pool, atMs);
    const cooling = models
      .map((model) => ({ model, readyAtMs: readiness.of(model) }))
      .filter(({ readyAtMs }) => readyAtMs === null || readyAtMs > atMs)
      .toSorted((one, other) => (one.readyAtMs ?? Infinity) - (other.readyAtMs ?? Infinity));
    return [{ slug, label, models: models.length, cooling }];
  });
}

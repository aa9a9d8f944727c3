import { listModelAliases as readModelAliases } from "../../db/keys/model-aliases";
import { countKeyStates } from "../../db/keys/provider-keys";
import { readSettings } from "../../db/team/settings";
import type { ModelAlias, RouteTarget } from "../../models/model-alias";
import { loadPriceBook, type PricePerMillion } from "../../usage/price";
import { judgePrice } from "../../usage/price-limits";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";

/** A target and its current state. */
export interface TargetItem extends RouteTarget {
  /** The provider's name; null if the provider no longer exists. */
  readonly label: string | null;
  /** Active keys of the provider. */
  readonly keys: number;
  /** Those that aren't in cooldown. */
  readonly ready: number;
  /** Null if unknown. */
  readonly price: PricePerMillion | null;
  /** False if the alias limits the price, and this one exceeds it or is unknown. */
  readonly fitsPrice: boolean;
}

export interface ModelAliasItem extends ModelAlias {
  readonly targets: readonly TargetItem[];
  /** Epoch milliseconds, like `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Sorted by name. */
export async function listModelAliases(context: ManageContext): Promise<readonly ModelAliasItem[]> {
  const { db, nowMs, shownTo } = context;
  const [rows, counts, providers, { settings }] = await Promise.all([
    readModelAliases(db),
    countKeyStates(db, nowMs(), undefined, shownTo),
    allProviders(context),
    readSettings(db),
  ]);
  if (rows.length === 0) return [];
  const book = await loadPriceBook(settings.prices.overrides);
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  const countOf = new Map(counts.map((count) => [count.provider, count]));
  return rows.map(({ createdAtMs, createdBy, updatedAtMs, version, ...alias }) => ({
    ...alias,
    targets: alias.targets.map((target) => {
      const { ready = 0, cooling = 0 } = countOf.get(target.provider) ?? {};
      const price = book.perMillion(target.provider, target.model, nowMs());
      return {
        ...target,
        label: labels.get(target.provider) ?? null,
        keys: ready + cooling,
        ready,
        price,
        fitsPrice: judgePrice(alias, price) === "fits",
      };
    }),
    createdAt: createdAtMs,
    updatedAt: updatedAtMs,
  }));
}

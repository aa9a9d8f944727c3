import { type KeyChange, listKeyChanges } from "../../db/keys/key-changes";
import { countKeyStates, type ProviderKeyCounts } from "../../db/keys/provider-keys";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { comparePools, type PoolHealth, poolHealth } from "./pool-health";

export interface LabelledChange extends KeyChange {
  /** The provider's name; null if keys of several were changed. */
  readonly label: string | null;
}

/** A provider's keys. */
export interface PoolOverview extends ProviderKeyCounts {
  /** The provider's name. */
  readonly label: string;
  readonly health: PoolHealth;
}

export interface PoolsOverview {
  /** Providers that have keys, those in trouble first. */
  readonly pools: readonly PoolOverview[];
  /** The newest first. */
  readonly changes: readonly LabelledChange[];
}

const CHANGES_SHOWN = 12;

/** The state of the pools, and recent changes. @param input.withPeople whether to include what people did */
export async function readPoolOverview(
  context: ManageContext,
  { withPeople }: { readonly withPeople: boolean },
): Promise<PoolsOverview> {
  const { db, shownTo, nowMs } = context;
  const [counts, changes, providers] = await Promise.all([
    countKeyStates(db, nowMs(), undefined, shownTo),
    listKeyChanges(db, { limit: CHANGES_SHOWN, withPeople, shownTo }),
    allProviders(context),
  ]);
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  const labelOf = (slug: string) => labels.get(slug) ?? slug;
  const pools = counts.map((pool) => ({
    ...pool,
    label: labelOf(pool.provider),
    health: poolHealth(pool),
  }));
  return {
    pools: pools.sort(comparePools),
    changes: changes.map((change) => ({
      ...change,
      label: change.provider && labelOf(change.provider),
    })),
  };
}

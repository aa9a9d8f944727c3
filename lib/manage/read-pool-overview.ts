import {
  countKeysByState,
  type KeyChange,
  listKeyChanges,
  type PoolCounts,
} from "../db/pool-overview";
import { findProvider } from "../providers/registry";
import type { ManageContext } from "./manage-context";
import { comparePools, type PoolHealth, poolHealth } from "./pool-health";

export type { KeyChange };

/** A provider's keys. */
export interface PoolOverview extends PoolCounts {
  /** The provider's name. */
  readonly label: string;
  readonly health: PoolHealth;
}

export interface PoolsOverview {
  /** Providers that have keys, those in trouble first. */
  readonly pools: readonly PoolOverview[];
  /** The newest first. */
  readonly changes: readonly KeyChange[];
}

const CHANGES_SHOWN = 12;

/** How the pools are, and what happened lately. @param input.withPeople whether to tell what people did */
export async function readPoolOverview(
  { db, nowMs }: ManageContext,
  { withPeople }: { readonly withPeople: boolean },
): Promise<PoolsOverview> {
  const [counts, changes] = await Promise.all([
    countKeysByState(db, nowMs()),
    listKeyChanges(db, { limit: CHANGES_SHOWN, withPeople }),
  ]);
  const pools = counts.map((pool) => ({
    ...pool,
    label: findProvider(pool.provider)?.label ?? pool.provider,
    health: poolHealth(pool),
  }));
  return { pools: pools.sort(comparePools), changes };
}

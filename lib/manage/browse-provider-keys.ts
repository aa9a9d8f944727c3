import { findActorNames } from "../db/actor-names";
import {
  countKeyStates,
  countProviderKeys,
  listProviderKeys,
  type ProviderKeyCounts,
} from "../db/provider-keys";
import type { ManageContext } from "./manage-context";
import type { BrowseProviderKeysInput } from "./provider-key-schemas";
import { type ProviderKeyView, viewProviderKey } from "./provider-key-view";

export interface BrowsedProviderKeys {
  readonly items: readonly ProviderKeyView[];
  /** Keys that match, on all pages. */
  readonly total: number;
  /** Of the whole provider, whatever the filter says. */
  readonly counts: Omit<ProviderKeyCounts, "provider">;
}

const NO_KEYS: BrowsedProviderKeys["counts"] = {
  ready: 0,
  cooling: 0,
  blocked: 0,
  disabled: 0,
  spentToday: 0,
  lastUsedAtMs: null,
};

/** One page of a provider's keys, for people: sorted, counted, with who added them. */
export async function browseProviderKeys(
  { db, nowMs }: ManageContext,
  { order, direction, page, pageSize, ...filter }: BrowseProviderKeysInput,
): Promise<BrowsedProviderKeys> {
  const atMs = nowMs();
  const request = {
    ...filter,
    order,
    isAscending: direction === "asc",
    limit: pageSize,
    offset: (page - 1) * pageSize,
  };
  const [keys, total, [counts = NO_KEYS]] = await Promise.all([
    listProviderKeys(db, request, atMs),
    countProviderKeys(db, filter, atMs),
    countKeyStates(db, atMs, filter.provider),
  ]);
  const adders = [...new Set(keys.flatMap(({ createdBy }) => createdBy ?? []))];
  const names = await findActorNames(db, adders);
  return { items: keys.map((key) => viewProviderKey(key, names)), total, counts };
}

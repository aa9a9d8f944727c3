import {
  countKeyStates,
  countProviderKeys,
  listProviderKeys,
  type ProviderKeyCounts,
} from "../../db/keys/provider-keys";
import { findSuspicions } from "../../db/state/key-events";
import { findActorNames } from "../../db/team/actor-names";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { allProviders } from "./known-provider";
import type { BrowseProviderKeysInput } from "./provider-key-schemas";
import { type ProviderKeyView, viewProviderKey } from "./provider-key-view";

export interface BrowsedProviderKeys {
  /** The provider's name; its slug if the provider was removed and its keys stayed. */
  readonly label: string;
  /** Whether the provider has a free call to check keys. */
  readonly canCheck: boolean;
  readonly items: readonly ProviderKeyView[];
  /** Matching keys on all pages. */
  readonly total: number;
  /** Of the whole provider, whatever the filter. */
  readonly counts: Omit<ProviderKeyCounts, "provider">;
}

const NO_KEYS: BrowsedProviderKeys["counts"] = {
  ready: 0,
  cooling: 0,
  blocked: 0,
  disabled: 0,
  spentToday: 0,
  nextReadyAtMs: null,
  lastUsedAtMs: null,
};

/**
 * One page of a provider's keys, for people: sorted, counted, with who added them.
 * @throws {ManageError} `not_found` for an unknown provider without keys.
 */
export async function browseProviderKeys(
  context: ManageContext,
  { order, direction, page, pageSize, ...filter }: BrowseProviderKeysInput,
): Promise<BrowsedProviderKeys> {
  const { db, shownTo, nowMs } = context;
  const atMs = nowMs();
  const request = {
    ...filter,
    shownTo,
    order,
    isAscending: direction === "asc",
    limit: pageSize,
    offset: (page - 1) * pageSize,
  };
  const [keys, total, [counts], providers] = await Promise.all([
    listProviderKeys(db, request, atMs),
    countProviderKeys(db, { ...filter, shownTo }, atMs),
    countKeyStates(db, atMs, filter.provider, shownTo),
    allProviders(context),
  ]);
  const provider = providers.find(({ slug }) => slug === filter.provider);
  if (provider === undefined && counts === undefined) {
    throw new ManageError("not_found", "no such provider");
  }
  const adders = [...new Set(keys.flatMap(({ createdBy }) => createdBy ?? []))];
  const ids = keys.map(({ id }) => id);
  const [names, suspicions] = await Promise.all([
    findActorNames(db, adders),
    findSuspicions(db, ids, atMs),
  ]);
  return {
    label: provider?.label ?? filter.provider,
    canCheck: Boolean(provider?.keyCheck),
    items: keys.map((key) => viewProviderKey(key, names, suspicions)),
    total,
    counts: counts ?? NO_KEYS,
  };
}

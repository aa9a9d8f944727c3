import {
  countKeyStates,
  countProviderKeys,
  listProviderKeyIds,
  listProviderKeys,
  type ProviderKeyCounts,
} from "../../db/keys/provider-keys";
import { findSuspicions } from "../../db/state/key-events";
import { findActorNames } from "../../db/team/actor-names";
import {
  byFigure,
  FIGURE_ORDERS,
  type FigureOrder,
  inOrderOf,
} from "../../usage/figures/figure-order";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type FiguresById, readKeyFigures } from "../usage/read-today-figures";
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
  /** Of the items that were used today; null for members, who don't see what others use keys for. */
  readonly figures: FiguresById | null;
}

/** Sorted by a figure, the newest of so many keys are listed. */
const MOST_SORTED = 50_000;

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
  const isAscending = direction === "asc";
  const offset = (page - 1) * pageSize;
  const figureOrder =
    shownTo === undefined ? FIGURE_ORDERS.find((figure) => figure === order) : undefined;
  const byColumn = async () => {
    const plain = isFigure(order) ? "created" : order;
    const request = { ...filter, shownTo, order: plain, isAscending, limit: pageSize, offset };
    return listProviderKeys(db, request, atMs);
  };
  const sortedBy = async (figure: FigureOrder) => {
    const [ids, figures] = await Promise.all([
      listProviderKeyIds(db, filter, atMs, MOST_SORTED),
      readKeyFigures(context, filter.provider),
    ]);
    const shown = byFigure(ids, figures, figure, isAscending).slice(offset, offset + pageSize);
    const found = await listProviderKeys(db, { ids: shown, limit: pageSize }, atMs);
    return inOrderOf(found, shown);
  };
  const [keys, total, [counts], providers] = await Promise.all([
    figureOrder === undefined ? byColumn() : sortedBy(figureOrder),
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
  const [names, suspicions, figures] = await Promise.all([
    findActorNames(db, adders),
    findSuspicions(db, ids, atMs),
    shownTo === undefined ? readKeyFigures(context, filter.provider, ids) : null,
  ]);
  return {
    label: provider?.label ?? filter.provider,
    canCheck: Boolean(provider?.keyCheck),
    items: keys.map((key) => viewProviderKey(key, names, suspicions)),
    total,
    counts: counts ?? NO_KEYS,
    figures,
  };
}

function isFigure(order: BrowseProviderKeysInput["order"]): order is FigureOrder {
  return FIGURE_ORDERS.some((figure) => figure === order);
}

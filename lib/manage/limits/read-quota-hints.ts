import { listQuotaDomains } from "../../db/keys/provider-keys";
import {
  type HintedKey,
  listDismissedHints,
  listHintedKeys,
  listTrips,
} from "../../db/keys/quota-hints";
import { correlatedThrottling, type SharedQuotaHint } from "../../pool/learn/correlated-throttling";
import { DAY_MS } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";

/** Keys that are limited together: they probably share one upstream account. */
export interface QuotaHint extends Pick<SharedQuotaHint, "together" | "occasions"> {
  readonly keys: readonly HintedKey[];
  /** The suggested quota domain: that of most of them, or a new one. */
  readonly domain: string;
}

/** Older rejections may be outdated. */
const TRIPS_SINCE_MS = 7 * DAY_MS;

/** @param poolSize The number of the provider's keys. */
export async function readQuotaHints(
  { db, nowMs }: ManageContext,
  provider: string,
  poolSize: number,
): Promise<readonly QuotaHint[]> {
  const trips = await listTrips(db, provider, nowMs() - TRIPS_SINCE_MS);
  const suspects = correlatedThrottling(trips, poolSize);
  if (suspects.length === 0) return [];
  const [keys, dismissed, domains] = await Promise.all([
    listHintedKeys(
      db,
      suspects.flatMap(({ keyIds }) => keyIds),
    ),
    listDismissedHints(db, provider),
    listQuotaDomains(db, provider),
  ]);
  const taken = new Set(domains);
  const hints: QuotaHint[] = [];
  for (const { keyIds, ...counts } of suspects) {
    const group = keys.filter(({ id }) => keyIds.includes(id));
    const isDismissed = dismissed.some((ids) => group.every(({ id }) => ids.has(id)));
    const isOneDomain = new Set(group.map(({ quotaDomain }) => quotaDomain ?? "")).size === 1;
    const isKnown = isOneDomain && group[0]?.quotaDomain !== null;
    if (group.length < 2 || isDismissed || isKnown) continue;
    const domain = usualDomain(group) ?? newDomain(taken);
    taken.add(domain);
    hints.push({ ...counts, keys: group, domain });
  }
  return hints;
}

/** The domain of most of the keys; null if none has one. */
function usualDomain(keys: readonly HintedKey[]): string | null {
  const counts = Map.groupBy(
    keys.filter(({ quotaDomain }) => quotaDomain !== null),
    ({ quotaDomain }) => quotaDomain,
  );
  const [usual] = [...counts].sort(([, a], [, b]) => b.length - a.length);
  return usual?.[0] ?? null;
}

function newDomain(taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`shared-${number}`)) number += 1;
  return `shared-${number}`;
}

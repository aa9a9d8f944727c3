/**
 * How pages that are left open stay current without using up the store's day.
 * @module
 */
import type { ProviderKeyCounts } from "../db/keys/provider-keys";
import { readPageStamp as readStamp } from "../db/usage/page-stamp";
import type { ManageContext } from "./manage-context";

/** Changes with everything that the pages show. */
export function readPageStamp({ db }: ManageContext): Promise<string> {
  return readStamp(db);
}

/** D1 rows of a view of the overview or of usage, without those of keys; `tests/workerd/page-rows` holds it. */
const ROWS_A_VIEW = 1_600;
/** A key's row, its cooldowns, and what is learnt of its quotas. */
const ROWS_A_KEY = 4;

/** What an open page may read in an hour: in front for a whole day, less than 4 of the free plan's 5 million rows. */
const ROWS_AN_HOUR = 150_000;
const HOUR_MS = 3_600_000;
const SHORTEST_MS = 20_000;

/**
 * The least time between two refreshes of a page, in milliseconds.
 * @param keys How many keys it counts or lists.
 */
export function refreshGapMs(keys: number): number {
  return Math.max(SHORTEST_MS, Math.ceil((viewRows(keys) / ROWS_AN_HOUR) * HOUR_MS));
}

/** At most as many rows as a view reads. */
export function viewRows(keys: number): number {
  return ROWS_A_VIEW + ROWS_A_KEY * keys;
}

/** All keys of the pools, whatever their state. */
export function keysIn(
  pools: readonly Pick<ProviderKeyCounts, "ready" | "cooling" | "blocked" | "disabled">[],
): number {
  return pools.reduce(
    (sum, { ready, cooling, blocked, disabled }) => sum + ready + cooling + blocked + disabled,
    0,
  );
}

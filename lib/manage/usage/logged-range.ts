/**
 * Whether a range may be counted from the request log, which has every minute, but costs a row per request.
 * @module
 */

import { readSettings } from "../../db/team/settings";
import { readMeteringDay } from "../../db/usage/metering-day";
import { sumCells } from "../../db/usage/read-usage-cells";
import type { TimeRange } from "../../usage/figures/compared-ranges";
import { wholeBuckets } from "../../usage/figures/time-grain";
import { DAY_MS } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";

/** The most requests that one page counts from the log. */
export const MOST_LOGGED = 4_000;

/** How many requests are in whole hours around each of the ranges. */
export async function countLogged(
  { db }: ManageContext,
  ranges: readonly TimeRange[],
): Promise<readonly number[]> {
  const sums = await sumCells(
    db,
    ranges.map((range) => ({
      ...{ side: "caller", grain: "hour", ...wholeBuckets(range, "hour") },
      ...{ by: ["bucketMs"], measures: ["requests"] },
    })),
  );
  return sums.map((rows) => rows.reduce((sum, { values }) => sum + values.requests, 0));
}

/** Whether the log has every request of a range, as far as settings and the days' figures say. */
export async function isLogWhole(
  { db, nowMs }: ManageContext,
  { fromMs, toMs }: TimeRange,
): Promise<boolean> {
  const { settings } = await readSettings(db);
  if (settings.logging.requests !== "all") return false;
  if (fromMs < nowMs() - settings.retention.requestLogDays * DAY_MS) return false;
  const days = new Set([fromMs, toMs - 1].map((ms) => Math.floor(ms / DAY_MS)));
  const read = await Promise.all([...days].map((day) => readMeteringDay(db, day * DAY_MS)));
  return read.every(({ unlogged, dropped }) => unlogged === 0 && dropped === 0);
}

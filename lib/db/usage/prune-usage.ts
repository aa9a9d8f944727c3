/**
 * Deletes what is past its retention, a few rows at a time, because deleted rows count as written.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { DAY_MS } from "../../usage/rollup";
import type { Database } from "../open-database";
import { CELL_KEY_COLUMNS } from "../schema/usage-schema";
import { firstRequestIdAt } from "../state/request-id-bounds";
import { runBatch } from "../state/state-version";
import type { Settings } from "../team/settings";
import type { Grain } from "./usage-cells";
import { DIGESTS } from "./usage-digests";

/** The most rows of each table that one call deletes. */
export const STEP_ROWS = 1_000;
/** As long as a flush may be repeated (see `UsageRecorder`). */
const FOLD_LIFE_MS = 2 * DAY_MS;
/** Budgets only use the current month. */
const SPEND_LIFE_MS = 40 * DAY_MS;
/** Providers keep batches and responses for 30 days; use after a longer pause is rare. */
const RESOURCE_LIFE_MS = 90 * DAY_MS;

/** @returns The number of deleted rows. */
export async function pruneUsage(
  db: Database,
  { requestLogDays, hourlyDays, dailyDays }: Settings["retention"],
  nowMs: number,
): Promise<number> {
  const results = await runBatch(db, [
    sql`
      delete from request_log where id in (
        select id from request_log where id < ${firstRequestIdAt(nowMs - requestLogDays * DAY_MS)}
        order by id limit ${STEP_ROWS})`,
    pruneRollup("usage_hourly", nowMs - hourlyDays * DAY_MS),
    pruneRollup("usage_daily", nowMs - dailyDays * DAY_MS),
    sql`
      delete from usage_key_hours where (bucket_ms, provider, key_id) in (
        select bucket_ms, provider, key_id from usage_key_hours
        where bucket_ms < ${nowMs - hourlyDays * DAY_MS} order by bucket_ms limit ${STEP_ROWS})`,
    pruneTags(nowMs - hourlyDays * DAY_MS, nowMs - dailyDays * DAY_MS),
    sql`delete from usage_tag_values where day_ms < ${nowMs - FOLD_LIFE_MS}`,
    pruneDigests({ hour: nowMs - hourlyDays * DAY_MS, day: nowMs - dailyDays * DAY_MS }),
    sql`delete from usage_days where day_ms < ${nowMs - dailyDays * DAY_MS}`,
    sql`delete from token_spend where period < ${new Date(nowMs - SPEND_LIFE_MS).toISOString().slice(0, 10)}`,
    sql`delete from resource_keys where at_ms < ${nowMs - RESOURCE_LIFE_MS}`,
    sql`delete from usage_folds where at_ms < ${nowMs - FOLD_LIFE_MS}`,
  ]);
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
}

/** Rows are few, and named by their tags, which may no longer be in use. */
function pruneTags(hoursBeforeMs: number, daysBeforeMs: number): SQL {
  return sql`
    delete from usage_tags where (grain, name, bucket_ms, chunk) in (
      select grain, name, bucket_ms, chunk from usage_tags
      where bucket_ms < case grain when 'hour' then ${hoursBeforeMs} else ${daysBeforeMs} end
      limit ${STEP_ROWS})`;
}

/** A bucket's digests are deleted together with the first of its cells. */
function pruneDigests(beforeMs: Readonly<Record<Grain, number>>): SQL {
  const names = JSON.stringify(DIGESTS.map(({ name }) => name));
  const old = (["hour", "day"] as const).map(
    (grain) => sql`
      select grain, name, bucket_ms from usage_digests
      where grain = ${grain} and name in (select value from json_each(${names}))
        and bucket_ms < ${beforeMs[grain]}`,
  );
  return sql`
    delete from usage_digests
    where (grain, name, bucket_ms) in (${sql.join(old, sql` union all `)})`;
}

/** The oldest bucket of each side, if it is too old: a bucket is never half deleted for long. */
function pruneRollup(table: "usage_hourly" | "usage_daily", beforeMs: number): SQL {
  const name = sql.identifier(table);
  const key = sql.raw(CELL_KEY_COLUMNS.join(", "));
  const oldest = (["caller", "key"] as const).map(
    (side) => sql`
      select * from (
        select ${key} from ${name} where side = ${side} and bucket_ms < ${beforeMs}
        order by bucket_ms limit ${STEP_ROWS})`,
  );
  return sql`delete from ${name} where (${key}) in (${sql.join(oldest, sql` union all `)})`;
}

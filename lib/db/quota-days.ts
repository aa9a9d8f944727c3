/**
 * What keys answered of their daily quotas, and when they were told that these are used up.
 * @module
 */
import { sql } from "drizzle-orm";
import { HOUR_MS } from "../usage/rollup";
import type { Database } from "./open-database";
import { waitingCells } from "./usage-cells";

/** The provider's word that a key's daily quota for a model is used up. */
export interface SpentNotice {
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  readonly atMs: number;
}

/** Models named `*` are left out: such a word tells nothing of one model's quota. */
const IS_DAILY = sql`evidence ->> 'meaning' = 'rate_limit_day' and model <> '*'`;

/** Since `sinceMs`, of keys that are still there; the latest first. */
export function listSpentNotices(
  db: Database,
  sinceMs: number,
  limit: number,
): Promise<SpentNotice[]> {
  return db.all<SpentNotice>(sql`
    select key_id as "keyId", provider, model, at_ms as "atMs" from key_events
    where at_ms >= ${sinceMs} and kind = 'cooled' and ${IS_DAILY}
      and key_id in (select id from provider_keys)
    order by at_ms desc limit ${limit}`);
}

/** Keys that rest until a day's quota renews; `model` is `*` where they rest for every model. */
export function listSpentKeys(
  db: Database,
  nowMs: number,
): Promise<{ readonly keyId: string; readonly model: string }[]> {
  return db.all(sql`
    select key_id as "keyId", model from key_cooldowns
    where until_ms > ${nowMs} and reason = 'rate_limit_day'`);
}

export interface QuotaKey {
  readonly id: string;
  readonly provider: string;
  /** As in `provider_keys`; null for all. */
  readonly models: readonly string[] | null;
}

/** Active keys of these providers. */
export async function listQuotaKeys(
  db: Database,
  providers: readonly string[],
): Promise<QuotaKey[]> {
  const rows = await db.all<{ id: string; provider: string; models: string | null }>(sql`
    select id, provider, models from provider_keys
    where status = 'active' and provider in (select value from json_each(${JSON.stringify(providers)}))`);
  return rows.map((row) => ({
    ...row,
    models: row.models === null ? null : JSON.parse(row.models),
  }));
}

/** A key's time with a model. */
export interface AnswerWindow {
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  /** To the full hour; at most `MAX_WINDOW_HOURS` before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
}

const MAX_WINDOW_HOURS = 26;

/**
 * Good answers in each window, whole hours included. A window's hours are looked up one by one by their
 * whole primary key, since the hours of all keys together may be very many rows.
 */
export async function countAnswers(
  db: Database,
  windows: readonly AnswerWindow[],
): Promise<readonly number[]> {
  if (windows.length === 0) return [];
  const hours = JSON.stringify(Array.from({ length: MAX_WINDOW_HOURS }, (_, index) => index));
  const columns = ["bucket_ms", "provider", "model", "subject_id", "outcome", "requests"];
  const rows = await db.all<{ n: number; answered: number }>(sql`
    with windows as materialized (
      select key as n, value ->> 'keyId' as key_id, value ->> 'provider' as provider,
        value ->> 'model' as model, value ->> 'fromMs' as from_ms, value ->> 'toMs' as to_ms
      from json_each(${JSON.stringify(windows)})),
    waiting as materialized (
      select * from (${waitingCells("hour", "key", columns)}) where outcome = 'ok')
    select n, sum(requests) as answered from (
      select w.n, k.answers ->> w.model as requests
      from windows w cross join json_each(${hours}) h cross join usage_key_hours k
      where w.from_ms + h.value * ${HOUR_MS} < w.to_ms
        and k.bucket_ms = w.from_ms + h.value * ${HOUR_MS}
        and k.provider = w.provider and k.key_id = w.key_id
      union all
      select w.n, u.requests from windows w cross join json_each(${hours}) h cross join usage_hourly u
      where w.from_ms + h.value * ${HOUR_MS} < w.to_ms
        and u.side = 'key' and u.bucket_ms = w.from_ms + h.value * ${HOUR_MS}
        and u.provider = w.provider and u.model = w.model and u.subject_id = w.key_id
        and u.user_id = '' and u.outcome = 'ok'
      union all
      select w.n, c.requests from waiting c join windows w
      on c.subject_id = w.key_id and c.provider = w.provider and c.model = w.model
        and c.bucket_ms >= w.from_ms and c.bucket_ms < w.to_ms)
    group by n`);
  const counts = new Map(rows.map(({ n, answered }) => [n, answered]));
  return windows.map((_, index) => counts.get(index) ?? 0);
}

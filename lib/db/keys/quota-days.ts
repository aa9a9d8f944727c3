/**
 * How much keys served of their daily quotas, and when the provider reported that these were used up.
 * @module
 */
import { gte, sql } from "drizzle-orm";
import type { KeyStatus } from "../../pool/types";
import type { Provider } from "../../providers/types";
import { HOUR_MS } from "../../usage/rollup";
import type { Database } from "../open-database";
import { type KeptCount, quotaDays } from "../schema/usage-schema";
import { isOlderSchema } from "../state/read-older-state";
import { runBatch } from "../state/state-version";
import { selectWaiting, waitingRows } from "../usage/waiting-cells";
import { isVisible } from "./visible-keys";

/** The provider's report that a key's daily quota for a model is used up. */
export interface SpentNotice {
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  readonly atMs: number;
}

/** Cooldowns for every model (`*`) are left out: they say nothing about one model's quota. */
const IS_DAILY = sql`evidence ->> 'meaning' = 'rate_limit_day' and model <> '*'`;

/** Since `sinceMs`, for keys that still exist; the latest first. */
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

/** Keys in cooldown until a daily quota renews; `model` is `*` if for every model. */
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
  readonly status: KeyStatus;
  /** As in `provider_keys`; null for all. */
  readonly models: readonly string[] | null;
}

/** The keys of these providers. @param shownTo A member: only keys that may be shown to them. */
export async function listQuotaKeys(
  db: Database,
  providers: readonly string[],
  shownTo?: string,
): Promise<QuotaKey[]> {
  const rows = await db.all<Omit<QuotaKey, "models"> & { readonly models: string | null }>(sql`
    select id, provider, status, models from provider_keys
    where provider in (select value from json_each(${JSON.stringify(providers)}))
      and ${isVisible(shownTo, "provider_keys")}`);
  return rows.map((row) => ({
    ...row,
    models: row.models === null ? null : JSON.parse(row.models),
  }));
}

/** A period of a key with a model. */
export interface AnswerWindow {
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  /** To the full hour. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Successful responses in each window, whole hours included. A key's hours are looked up one by one by their full
 * primary key, because the hours of all keys together may be very many rows.
 */
export async function countAnswers(
  db: Database,
  windows: readonly AnswerWindow[],
): Promise<readonly number[]> {
  if (windows.length === 0) return [];
  const hours = new Map(
    windows.flatMap(({ keyId, provider, fromMs, toMs }) =>
      hoursOf(fromMs, toMs).map((hourMs) => [
        nameOf(hourMs, provider, keyId),
        [hourMs, provider, keyId],
      ]),
    ),
  );
  const [waiting, packed, older] = await runBatch(db, [
    selectWaiting(["key"]),
    sql`
      select k.bucket_ms, k.provider, k.key_id, k.answers
      from json_each(${JSON.stringify([...hours.values()])}) h cross join usage_key_hours k
      where k.bucket_ms = h.value ->> 0 and k.provider = h.value ->> 1 and k.key_id = h.value ->> 2`,
    sql`
      select bucket_ms, provider, subject_id as key_id, model, requests from usage_hourly
      where side = 'key' and bucket_ms >= ${Math.min(...windows.map(({ fromMs }) => fromMs))}
        and bucket_ms < ${Math.max(...windows.map(({ toMs }) => toMs))} and outcome = 'ok'`,
  ]);
  /** By hour and key, then by model. */
  const answers = new Map<string, Map<string, number>>();
  const add = (hour: string, model: string, requests: number) => {
    const own = answers.get(hour) ?? new Map<string, number>();
    answers.set(hour, own.set(model, (own.get(model) ?? 0) + requests));
  };
  for (const row of rowsOf(packed)) {
    const models = JSON.parse(String(row.answers)) as Readonly<Record<string, number>>;
    const hour = nameOf(Number(row.bucket_ms), String(row.provider), String(row.key_id));
    for (const [model, requests] of Object.entries(models)) add(hour, model, requests);
  }
  for (const row of rowsOf(older)) {
    const hour = nameOf(Number(row.bucket_ms), String(row.provider), String(row.key_id));
    add(hour, String(row.model), Number(row.requests));
  }
  for (const [hourMs, side, provider, model, keyId, , outcome, requests] of waitingRows(
    rowsOf(waiting),
  )) {
    if (side !== "key" || outcome !== "ok") continue;
    add(nameOf(Number(hourMs), String(provider), String(keyId)), String(model), Number(requests));
  }
  return windows.map(({ keyId, provider, model, fromMs, toMs }) =>
    hoursOf(fromMs, toMs).reduce(
      (sum, hourMs) => sum + (answers.get(nameOf(hourMs, provider, keyId))?.get(model) ?? 0),
      0,
    ),
  );
}

function hoursOf(fromMs: number, toMs: number): readonly number[] {
  const count = Math.max(0, Math.ceil((toMs - fromMs) / HOUR_MS));
  return Array.from({ length: count }, (_, index) => fromMs + index * HOUR_MS);
}

function nameOf(hourMs: number, provider: string, keyId: string): string {
  return `${hourMs} ${provider} ${keyId}`;
}

function rowsOf(result: D1Result | undefined): readonly Readonly<Record<string, unknown>>[] {
  return (result?.results ?? []) as Readonly<Record<string, unknown>>[];
}

/** A quota day's counts that are stored. */
export interface KeptQuotaDay {
  readonly fromMs: number;
  readonly zone: Provider["quotaDayZone"];
  readonly throughMs: number;
  readonly counts: readonly KeptCount[];
}

/** Days that began at or after `sinceMs`; none if the database lacks the table. */
export async function listKeptQuotaDays(
  db: Database,
  sinceMs: number,
): Promise<readonly KeptQuotaDay[]> {
  try {
    return await db.select().from(quotaDays).where(gte(quotaDays.fromMs, sinceMs));
  } catch (error) {
    if (isOlderSchema(error)) return [];
    throw error;
  }
}

/** The start of the oldest hour with cells that wait to be rolled up; null if there are none. */
export async function oldestWaitingHourMs(db: Database): Promise<number | null> {
  const cells = waitingRows(await db.all<Record<string, unknown>>(selectWaiting(["key"])));
  return cells.reduce<number | null>(
    (oldest, [hourMs]) => Math.min(oldest ?? Infinity, Number(hourMs)),
    null,
  );
}

/** Replaces the stored counts of days. Days before `sinceMs` are deleted. */
export async function keepQuotaDays(
  db: Database,
  days: readonly KeptQuotaDay[],
  sinceMs: number,
): Promise<void> {
  await runBatch(db, [
    sql`delete from quota_days where from_ms < ${sinceMs}`,
    sql`
      insert into quota_days (from_ms, zone, through_ms, counts)
      select value ->> 'fromMs', value ->> 'zone', value ->> 'throughMs', value -> 'counts'
      from json_each(${JSON.stringify(days)}) where true
      on conflict (from_ms, zone) do update set
        through_ms = excluded.through_ms, counts = excluded.counts`,
  ]);
}

/**
 * What suggests that keys share one quota, and the suggestions that people dismissed.
 * @module
 */
import { eq, type SQL, sql } from "drizzle-orm";
import type { Trip } from "../../pool/learn/correlated-throttling";
import type { Database } from "../open-database";
import { dismissedQuotaHints } from "../schema/schema";
import { runBatch } from "../state/state-version";

/** The most recent events examined, of any key: a page must not become slower with their number. */
const EVENTS_READ = 3_000;

/** Rejections of a provider's keys for lack of quota, since `sinceMs`. */
export function listTrips(db: Database, provider: string, sinceMs: number): Promise<Trip[]> {
  return db.all<Trip>(sql`
    select key_id as "keyId", model, at_ms as "atMs" from (
      select * from key_events where at_ms > ${sinceMs} order by at_ms desc limit ${EVENTS_READ})
    where provider = ${provider} and kind = 'cooled'
      and evidence ->> 'meaning' in ('rate_limit_minute', 'rate_limit_day', 'out_of_credit')`);
}

export interface HintedKey {
  readonly id: string;
  readonly masked: string;
  readonly quotaDomain: string | null;
}

/** Those of the keys that still exist. */
export function listHintedKeys(db: Database, ids: readonly string[]): Promise<HintedKey[]> {
  return db.all<HintedKey>(sql`
    select id, masked, quota_domain as "quotaDomain" from provider_keys
    where id in (select value from json_each(${JSON.stringify(ids)})) order by id`);
}

/** The keys of each dismissed suggestion. */
export async function listDismissedHints(
  db: Database,
  provider: string,
): Promise<readonly ReadonlySet<string>[]> {
  const rows = await db
    .select({ keyIds: dismissedQuotaHints.keyIds })
    .from(dismissedQuotaHints)
    .where(eq(dismissedQuotaHints.provider, provider));
  return rows.map(({ keyIds }) => new Set(keyIds.split(" ")));
}

/** If it was already dismissed, nothing is written or logged. */
export async function dismissHint(
  db: Database,
  provider: string,
  keyIds: readonly string[],
  audit: SQL,
  nowMs: number,
): Promise<void> {
  await runBatch(db, [
    sql`
      insert into dismissed_quota_hints (key_ids, provider, dismissed_at_ms)
      select ${keyIds.toSorted().join(" ")}, ${provider}, ${nowMs} where true
      on conflict (key_ids) do nothing`,
    audit,
  ]);
}

/**
 * Reading provider keys.
 * @module
 */
import { and, asc, desc, eq, getTableColumns, gt, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import {
  type KeyCooldownRow,
  keyCooldowns,
  type ProviderKeyRow,
  providerKeys,
} from "../schema/schema";
import { type ProviderKeyFilter, whereProviderKey } from "./provider-key-filter";
import { isVisible } from "./visible-keys";

/** A key without its encrypted text and fingerprint, which no list needs. */
export type ListedProviderKey = Omit<ProviderKeyRow, "sealed" | "fingerprint"> & {
  /** Current cooldowns. */
  readonly cooldowns: readonly KeyCooldownRow[];
};

export type ProviderKeyOrder =
  | "created"
  | "lastUsed"
  | "status"
  | "remark"
  | "weight"
  | "priority"
  | "quotaDomain";

export interface ProviderKeyPageRequest extends ProviderKeyFilter {
  /** Continues after the last of a page that is ordered newest first. */
  readonly beforeId?: string | undefined;
  /** By default `created`, descending; ties come newest first. */
  readonly order?: ProviderKeyOrder | undefined;
  readonly isAscending?: boolean | undefined;
  readonly offset?: number | undefined;
  readonly limit: number;
}

const { sealed: _, fingerprint: __, ...LISTED_COLUMNS } = getTableColumns(providerKeys);

/** Keys with their current cooldowns. */
export async function listProviderKeys(
  db: Database,
  request: ProviderKeyPageRequest,
  nowMs: number,
): Promise<ListedProviderKey[]> {
  const { beforeId, order = "created", isAscending = false, offset = 0, limit } = request;
  const direction = isAscending ? asc : desc;
  const keys = await db
    .select(LISTED_COLUMNS)
    .from(providerKeys)
    .where(
      and(
        whereProviderKey(db, request, nowMs),
        beforeId === undefined ? undefined : lt(providerKeys.id, beforeId),
      ),
    )
    .orderBy(
      ...(order === "created"
        ? [direction(providerKeys.id)]
        : [direction(rankOf(order, nowMs)), desc(providerKeys.id)]),
    )
    .limit(limit)
    .offset(offset);
  const cooldowns = Map.groupBy(
    await liveCooldowns(
      db,
      keys.map((key) => key.id),
      nowMs,
    ),
    (cooldown) => cooldown.keyId,
  );
  return keys.map((key) => ({ ...key, cooldowns: cooldowns.get(key.id) ?? [] }));
}

function rankOf(order: Exclude<ProviderKeyOrder, "created">, nowMs: number): SQL {
  switch (order) {
    case "lastUsed":
      return sql`${providerKeys.lastUsedAtMs}`;
    case "weight":
      return sql`${providerKeys.weight}`;
    case "priority":
      return sql`${providerKeys.priority}`;
    case "remark":
      return sql`coalesce(${providerKeys.remark}, '') collate nocase`;
    case "quotaDomain":
      return sql`coalesce(${providerKeys.quotaDomain}, '') collate nocase`;
    case "status":
      // From healthy to unhealthy.
      return sql`case ${providerKeys.status} when 'disabled' then 1 when 'blocked' then 3 else 2 * exists (
        select 1 from key_cooldowns c where c.key_id = provider_keys.id and c.until_ms > ${nowMs}) end`;
  }
}

async function liveCooldowns(
  db: Database,
  ids: readonly string[],
  nowMs: number,
): Promise<KeyCooldownRow[]> {
  return db
    .select()
    .from(keyCooldowns)
    .where(
      and(
        sql`${keyCooldowns.keyId} in (select value from json_each(${JSON.stringify(ids)}))`,
        gt(keyCooldowns.untilMs, nowMs),
      ),
    );
}

export async function countProviderKeys(
  db: Database,
  filter: ProviderKeyFilter,
  nowMs: number,
): Promise<number> {
  return db.$count(providerKeys, whereProviderKey(db, filter, nowMs));
}

/** Ids of the keys that match a filter, newest first. */
export async function listProviderKeyIds(
  db: Database,
  filter: ProviderKeyFilter,
  nowMs: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ id: providerKeys.id })
    .from(providerKeys)
    .where(whereProviderKey(db, filter, nowMs))
    .orderBy(desc(providerKeys.id))
    .limit(limit);
  return rows.map((row) => row.id);
}

/** Whole rows, including encrypted texts: to check or export keys. Unordered. */
export async function readSealedKeys(
  db: Database,
  ids: readonly string[],
): Promise<ProviderKeyRow[]> {
  return db
    .select()
    .from(providerKeys)
    .where(sql`${providerKeys.id} in (select value from json_each(${JSON.stringify(ids)}))`);
}

export async function getProviderKey(
  db: Database,
  id: string,
  nowMs: number,
  shownTo?: string,
): Promise<ListedProviderKey | undefined> {
  const [key] = await listProviderKeys(db, { ids: [id], shownTo, limit: 1 }, nowMs);
  return key;
}

/** The fingerprints that belong to a provider's keys. */
export async function findFingerprints(
  db: Database,
  provider: string,
  fingerprints: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .select({ fingerprint: providerKeys.fingerprint })
    .from(providerKeys)
    .where(hasFingerprint(provider, fingerprints));
  return new Set(rows.map((row) => row.fingerprint));
}

export type KnownKey = Pick<ProviderKeyRow, "id" | "fingerprint" | "remark" | "quotaDomain">;

/** A provider's keys with any of the fingerprints. */
export async function findKnownKeys(
  db: Database,
  provider: string,
  fingerprints: readonly string[],
): Promise<KnownKey[]> {
  const { id, fingerprint, remark, quotaDomain } = providerKeys;
  return db
    .select({ id, fingerprint, remark, quotaDomain })
    .from(providerKeys)
    .where(hasFingerprint(provider, fingerprints));
}

function hasFingerprint(provider: string, fingerprints: readonly string[]): SQL | undefined {
  return and(
    eq(providerKeys.provider, provider),
    sql`${providerKeys.fingerprint} in (select value from json_each(${JSON.stringify(fingerprints)}))`,
  );
}

/** The number of a provider's keys by status. */
export interface ProviderKeyCounts {
  readonly provider: string;
  readonly ready: number;
  /** Active, and in cooldown for at least one model. */
  readonly cooling: number;
  readonly blocked: number;
  readonly disabled: number;
  /** Cooling keys that wait until their daily quota renews, for at least one model. */
  readonly spentToday: number;
  /** When the first cooling key has no cooldown left for any model; null if none is cooling. */
  readonly nextReadyAtMs: number | null;
  /** To the hour; null if none was ever used. */
  readonly lastUsedAtMs: number | null;
}

/** For each provider that has keys, or for one, sorted by slug. */
export async function countKeyStates(
  db: Database,
  nowMs: number,
  provider?: string,
  shownTo?: string,
): Promise<ProviderKeyCounts[]> {
  return db.all<ProviderKeyCounts>(sql`
    select provider,
      sum(status = 'active' and cooldownUntilMs is null) as ready,
      sum(status = 'active' and cooldownUntilMs is not null) as cooling,
      sum(status = 'blocked') as blocked,
      sum(status = 'disabled') as disabled,
      sum(status = 'active' and isSpent) as "spentToday",
      min(iif(status = 'active', cooldownUntilMs, null)) as "nextReadyAtMs",
      max(last_used_at_ms) as "lastUsedAtMs"
    from provider_keys k left join (
      select key_id, max(until_ms) as cooldownUntilMs, max(reason = 'rate_limit_day') as isSpent
      from key_cooldowns where until_ms > ${nowMs} group by key_id) c on c.key_id = k.id
    where ${provider === undefined ? sql`true` : sql`provider = ${provider}`}
      and ${isVisible(shownTo, "k")}
    group by provider order by provider`);
}

/** The number of keys of a provider that serve the same groups, by status. */
export interface SectionStates
  extends Pick<ProviderKeyCounts, "provider" | "ready" | "cooling" | "blocked"> {
  /** Sorted ids; null for the common keys. */
  readonly groups: readonly string[] | null;
}

/** For each provider and each set of groups that its keys serve. */
export async function countSectionStates(db: Database, nowMs: number): Promise<SectionStates[]> {
  const rows = await db.all<Omit<SectionStates, "groups"> & { readonly served: string | null }>(sql`
    select provider, ${providerKeys.groups} as served,
      sum(status = 'active' and not isCooling) as ready,
      sum(status = 'active' and isCooling) as cooling,
      sum(status = 'blocked') as blocked
    from (
      select *, exists (
        select 1 from key_cooldowns c
        where c.key_id = provider_keys.id and c.until_ms > ${nowMs}) as isCooling
      from provider_keys) as provider_keys
    group by provider, served order by provider, served`);
  return rows.map(({ served, ...counts }) => ({
    ...counts,
    groups: served === null ? null : JSON.parse(served),
  }));
}

/** The quota domains of a provider's keys; at most 500. */
export async function listQuotaDomains(
  db: Database,
  provider: string,
  shownTo?: string,
): Promise<string[]> {
  const rows = await db.all<{ readonly name: string }>(sql`
    select distinct quota_domain as name from provider_keys
    where provider = ${provider} and quota_domain is not null
      and ${isVisible(shownTo, "provider_keys")}
    order by 1 limit 500`);
  return rows.map(({ name }) => name);
}

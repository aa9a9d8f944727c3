/**
 * What an isolate needs to know to serve requests: everything at first, then what changed.
 * @module
 */
import { getTableColumns } from "drizzle-orm";
import type { ModelAlias } from "../../models/model-alias";
import { sectionName } from "../../pool/sections/provider-pools";
import type { CustomProviderOptions } from "../../providers/custom-provider";
import type { Database } from "../open-database";
import { type Columns, decodeRows, plainSelect, type RowOf } from "../plain-select";
import {
  type AccessTokenRow,
  accessTokens,
  customProviders,
  type KeyCooldownRow,
  keyCooldowns,
  type MemberLimitsRow,
  memberLimits,
  modelAliases,
  type ProviderKeyRow,
  providerKeys,
  type QuotaLimitRow,
  quotaLimits,
  stateVersion,
  type TeamGroupRow,
  teamGroups,
  tombstones,
} from "../schema/schema";
import { SETTING_COLUMNS, type SettingRow } from "../team/settings";
import { selectVersion } from "./state-version";

/** How long a deletion can be read; an isolate whose last read is older must load everything. */
export const TOMBSTONE_LIFE_MS = 24 * 3_600_000;

/**
 * How many keys of each section of each provider a new isolate reads before its first response, and how many in total after each
 * following response: ten thousand at once take many times the CPU that the free plan allows per invocation.
 */
export const FIRST_KEYS = 200;
export const NEXT_KEYS = 400;

/** The best of each provider: those that may serve, in order of use. */
const OF_THE_FIRST = `id in (select id from (
  select id, row_number() over (partition by provider, "groups" order by status <> 'active', priority, id) as place
  from provider_keys) where place <= ?)`;

/** A further part of the keys that a new isolate still has to read, in the order of their ids. */
export interface KeyPart {
  readonly keys: readonly KeyState[];
  /** Current ones of these keys. */
  readonly cooldowns: readonly CooldownState[];
  /** The id after which the next part begins; null if this was the last. */
  readonly nextAfterId: string | null;
}

export interface StateChanges {
  /** The version that a reader has after these rows. */
  readonly version: number;
  /** The version they start from; null if they are everything. */
  readonly since: number | null;
  readonly keys: readonly KeyState[];
  /** Whether `keys` are only the first of each provider, and the others follow in parts. */
  readonly isFirstPart?: boolean;
  /** Current cooldowns: those that changed, and all of each changed key. */
  readonly cooldowns: readonly CooldownState[];
  readonly tokens: readonly TokenState[];
  /** Includes members whose limits were all removed. */
  readonly memberLimits: readonly MemberLimitsState[];
  readonly groups: readonly GroupState[];
  readonly customProviders: readonly CustomProviderOptions[];
  readonly modelAliases: readonly ModelAlias[];
  /** Each row has all rules of its scope. */
  readonly quotaLimits: readonly QuotaLimitState[];
  /** Sections of settings; each row is its whole section. */
  readonly settings: readonly SettingRow[];
  readonly deletedKeyIds: readonly string[];
  readonly deletedGroups: readonly string[];
  /** By slug; a provider that was added again since is among the rows too. */
  readonly deletedProviders: readonly string[];
  /** By name; one that was added again since is among the rows too. */
  readonly deletedAliases: readonly string[];
}

export type KeyState = Pick<ProviderKeyRow, keyof typeof KEY_COLUMNS>;
export type CooldownState = Pick<KeyCooldownRow, keyof typeof COOLDOWN_COLUMNS>;
export type TokenState = Pick<AccessTokenRow, keyof typeof TOKEN_COLUMNS>;

export type QuotaLimitState = Pick<QuotaLimitRow, keyof typeof QUOTA_LIMIT_COLUMNS>;
export type MemberLimitsState = Omit<MemberLimitsRow, "updatedAtMs" | "version">;
export type GroupState = Pick<TeamGroupRow, keyof typeof GROUP_COLUMNS>;

const KEY_COLUMNS = {
  id: providerKeys.id,
  provider: providerKeys.provider,
  sealed: providerKeys.sealed,
  masked: providerKeys.masked,
  status: providerKeys.status,
  weight: providerKeys.weight,
  priority: providerKeys.priority,
  quotaDomain: providerKeys.quotaDomain,
  groups: providerKeys.groups,
  models: providerKeys.models,
  limits: providerKeys.limits,
  concurrentRequests: providerKeys.concurrentRequests,
  dailyCostUsd: providerKeys.dailyCostUsd,
  monthlyCostUsd: providerKeys.monthlyCostUsd,
  resetAtMs: providerKeys.resetAtMs,
};

const VERSION_COLUMNS = { version: stateVersion.version };

const COOLDOWN_COLUMNS = {
  keyId: keyCooldowns.keyId,
  model: keyCooldowns.model,
  untilMs: keyCooldowns.untilMs,
  reason: keyCooldowns.reason,
};

const TOKEN_COLUMNS = {
  id: accessTokens.id,
  kind: accessTokens.kind,
  name: accessTokens.name,
  ownerId: accessTokens.ownerId,
  groupId: accessTokens.groupId,
  tokenHash: accessTokens.tokenHash,
  status: accessTokens.status,
  providers: accessTokens.providers,
  models: accessTokens.models,
  expiresAtMs: accessTokens.expiresAtMs,
  rpm: accessTokens.rpm,
  tpm: accessTokens.tpm,
  concurrentRequests: accessTokens.concurrentRequests,
  dailyRequests: accessTokens.dailyRequests,
  dailyTokens: accessTokens.dailyTokens,
  dailyCostUsd: accessTokens.dailyCostUsd,
  monthlyCostUsd: accessTokens.monthlyCostUsd,
  weight: accessTokens.weight,
  priorityClass: accessTokens.priorityClass,
  maxWaitSeconds: accessTokens.maxWaitSeconds,
  unpricedReserveUsd: accessTokens.unpricedReserveUsd,
  fixedTags: accessTokens.fixedTags,
  requiredTags: accessTokens.requiredTags,
  budgetId: accessTokens.budgetId,
};

const { updatedAtMs: _, version: __, ...MEMBER_LIMITS_COLUMNS } = getTableColumns(memberLimits);

const GROUP_COLUMNS = {
  id: teamGroups.id,
  name: teamGroups.name,
  usesCommonKeys: teamGroups.usesCommonKeys,
  weight: teamGroups.weight,
  rpm: teamGroups.rpm,
  tpm: teamGroups.tpm,
  concurrentRequests: teamGroups.concurrentRequests,
  dailyRequests: teamGroups.dailyRequests,
  dailyTokens: teamGroups.dailyTokens,
  dailyCostUsd: teamGroups.dailyCostUsd,
  monthlyCostUsd: teamGroups.monthlyCostUsd,
};

const CUSTOM_PROVIDER_COLUMNS = {
  slug: customProviders.slug,
  label: customProviders.label,
  baseUrl: customProviders.baseUrl,
  keyHeader: customProviders.keyHeader,
  keyPrefix: customProviders.keyPrefix,
  protocol: customProviders.protocol,
};

const ALIAS_COLUMNS = {
  name: modelAliases.name,
  choice: modelAliases.choice,
  targets: modelAliases.targets,
  conversion: modelAliases.conversion,
  maxInputUsd: modelAliases.maxInputUsd,
  maxOutputUsd: modelAliases.maxOutputUsd,
};

const QUOTA_LIMIT_COLUMNS = {
  provider: quotaLimits.provider,
  domain: quotaLimits.domain,
  rules: quotaLimits.rules,
};

const TOMBSTONE_COLUMNS = { kind: tombstones.kind, id: tombstones.id };

/** The columns read from each table. */
export const STATE_COLUMNS = {
  keys: KEY_COLUMNS,
  cooldowns: COOLDOWN_COLUMNS,
  tokens: TOKEN_COLUMNS,
  memberLimits: MEMBER_LIMITS_COLUMNS,
  groups: GROUP_COLUMNS,
  customProviders: CUSTOM_PROVIDER_COLUMNS,
  modelAliases: ALIAS_COLUMNS,
  quotaLimits: QUOTA_LIMIT_COLUMNS,
  settings: SETTING_COLUMNS,
};

/**
 * Loads everything. It is the first thing that a new isolate does, so it takes no detours.
 * @param firstKeys How many keys of each provider are enough for now; null for all.
 */
export async function loadState(
  { $client }: Database,
  nowMs: number,
  firstKeys: number | null,
): Promise<StateChanges> {
  const all = (columns: Columns) => $client.prepare(plainSelect(columns));
  const [
    version,
    keys,
    cooldowns,
    tokens,
    members,
    groups,
    addedProviders,
    aliases,
    limits,
    settingRows,
  ] = await $client.batch([
    all(VERSION_COLUMNS),
    firstKeys === null
      ? all(KEY_COLUMNS)
      : // One more shows whether there are more.
        $client.prepare(plainSelect(KEY_COLUMNS, OF_THE_FIRST)).bind(firstKeys + 1),
    $client.prepare(plainSelect(COOLDOWN_COLUMNS, "until_ms > ?")).bind(nowMs),
    $client.prepare(plainSelect(TOKEN_COLUMNS, "status = 'active'")),
    all(MEMBER_LIMITS_COLUMNS),
    all(GROUP_COLUMNS),
    all(CUSTOM_PROVIDER_COLUMNS),
    all(ALIAS_COLUMNS),
    all(QUOTA_LIMIT_COLUMNS),
    all(SETTING_COLUMNS),
  ]);
  const keyRows = rowsOf(KEY_COLUMNS, keys);
  return {
    version: versionOf(rowsOf(VERSION_COLUMNS, version)),
    since: null,
    keys: keyRows,
    isFirstPart: firstKeys !== null && hasMoreThan(firstKeys, keyRows),
    cooldowns: rowsOf(COOLDOWN_COLUMNS, cooldowns),
    tokens: rowsOf(TOKEN_COLUMNS, tokens),
    memberLimits: rowsOf(MEMBER_LIMITS_COLUMNS, members),
    groups: rowsOf(GROUP_COLUMNS, groups),
    customProviders: rowsOf(CUSTOM_PROVIDER_COLUMNS, addedProviders),
    modelAliases: rowsOf(ALIAS_COLUMNS, aliases),
    quotaLimits: rowsOf(QUOTA_LIMIT_COLUMNS, limits),
    settings: rowsOf(SETTING_COLUMNS, settingRows),
    deletedKeyIds: [],
    deletedGroups: [],
    deletedProviders: [],
    deletedAliases: [],
  };
}

function rowsOf<Of extends Columns>(columns: Of, result: D1Result | undefined): RowOf<Of>[] {
  return decodeRows(columns, result ?? { results: [] });
}

/** Whether any provider has more than `count` keys of one section. */
function hasMoreThan(count: number, keys: readonly KeyState[]): boolean {
  if (keys.length <= count) return false;
  const counts = new Map<string, number>();
  for (const { provider, groups } of keys) {
    const name = `${provider} ${sectionName(groups)}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts.values().some((each) => each > count);
}

/** @param afterId The id of the previous part's last key; empty for the first part. */
export async function readKeyPart(
  { $client }: Database,
  afterId: string,
  nowMs: number,
): Promise<KeyPart> {
  const [keys, cooldowns] = await $client.batch([
    $client
      .prepare(plainSelect(KEY_COLUMNS, "id > ? order by id limit ?"))
      .bind(afterId, NEXT_KEYS),
    $client
      .prepare(
        plainSelect(
          COOLDOWN_COLUMNS,
          `until_ms > ? and key_id in (
            select id from provider_keys where id > ? order by id limit ?)`,
        ),
      )
      .bind(nowMs, afterId, NEXT_KEYS),
  ]);
  const rows = decodeRows(KEY_COLUMNS, keys ?? { results: [] });
  return {
    keys: rows,
    cooldowns: decodeRows(COOLDOWN_COLUMNS, cooldowns ?? { results: [] }),
    nextAfterId: rows.length < NEXT_KEYS ? null : (rows.at(-1)?.id ?? null),
  };
}

/** What changed after version `since`; null, at the cost of reading one row, if nothing did. */
export async function readChanges(
  db: Database,
  since: number,
  nowMs: number,
): Promise<StateChanges | null> {
  const latest = versionOf(await selectVersion(db));
  if (latest === since) return null;
  // Only a restored database goes back.
  if (latest < since) return loadState(db, nowMs, null);

  const { $client } = db;
  // Not by the query builder, which leaves out the table's name: a column that an older database lacks would be read as
  // a text (see `plain-select.ts`).
  const newer = (columns: Columns) =>
    $client.prepare(plainSelect(columns, "version > ?")).bind(since);
  const [
    version,
    keys,
    cooldowns,
    tokens,
    members,
    groups,
    addedProviders,
    aliases,
    limits,
    settingRows,
    tombs,
  ] = await $client.batch([
    $client.prepare(plainSelect(VERSION_COLUMNS)),
    newer(KEY_COLUMNS),
    $client
      .prepare(
        plainSelect(
          COOLDOWN_COLUMNS,
          `until_ms > ? and (version > ?
            or key_id in (select id from provider_keys where version > ?))`,
        ),
      )
      .bind(nowMs, since, since),
    newer(TOKEN_COLUMNS),
    newer(MEMBER_LIMITS_COLUMNS),
    newer(GROUP_COLUMNS),
    newer(CUSTOM_PROVIDER_COLUMNS),
    newer(ALIAS_COLUMNS),
    newer(QUOTA_LIMIT_COLUMNS),
    newer(SETTING_COLUMNS),
    newer(TOMBSTONE_COLUMNS),
  ]);
  const deleted = rowsOf(TOMBSTONE_COLUMNS, tombs);
  const deletedOf = (wanted: (typeof deleted)[number]["kind"]) =>
    deleted.flatMap(({ kind, id }) => (kind === wanted ? [id] : []));
  return {
    version: versionOf(rowsOf(VERSION_COLUMNS, version)),
    since,
    keys: rowsOf(KEY_COLUMNS, keys),
    cooldowns: rowsOf(COOLDOWN_COLUMNS, cooldowns),
    tokens: rowsOf(TOKEN_COLUMNS, tokens),
    memberLimits: rowsOf(MEMBER_LIMITS_COLUMNS, members),
    groups: rowsOf(GROUP_COLUMNS, groups),
    customProviders: rowsOf(CUSTOM_PROVIDER_COLUMNS, addedProviders),
    modelAliases: rowsOf(ALIAS_COLUMNS, aliases),
    quotaLimits: rowsOf(QUOTA_LIMIT_COLUMNS, limits),
    settings: rowsOf(SETTING_COLUMNS, settingRows),
    deletedKeyIds: deletedOf("provider-key"),
    deletedGroups: deletedOf("group"),
    deletedProviders: deletedOf("custom-provider"),
    deletedAliases: deletedOf("model-alias"),
  };
}

function versionOf(rows: readonly { version: number }[]): number {
  const row = rows[0];
  if (row === undefined) throw new Error("state_version is empty: apply the migrations");
  return row.version;
}

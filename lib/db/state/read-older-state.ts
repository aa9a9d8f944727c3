/**
 * What `read-state.ts` reads, from a database that lacks some migrations of this build: the build was deployed without
 * them, and serves nevertheless. What is missing gets the default that the migration would give it.
 * @module
 */
import { and, gt, inArray, or, type SQL, sql } from "drizzle-orm";
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "../open-database";
import type { Columns, RowOf } from "../plain-select";
import { rootCause } from "../root-cause";
import {
  accessTokens,
  customProviders,
  keyCooldowns,
  memberLimits,
  modelAliases,
  providerKeys,
  quotaLimits,
  settings,
  teamGroups,
  tombstones,
} from "../schema/schema";
import { STATE_COLUMNS, type StateChanges } from "./read-state";
import { selectVersion } from "./state-version";

/** Whether a read failed because the database lacks a table or a column. */
export function isOlderSchema(error: unknown): boolean {
  return /no such (?:table|column)|has no column named/.test(String(rootCause(error)));
}

type Versioned = SQLiteTable & { readonly version: SQLiteColumn };

/** @param since The version after which changes are wanted; null for everything. */
export async function readOlderState(
  db: Database,
  since: number | null,
  nowMs: number,
): Promise<StateChanges> {
  const present = new Set(
    (await db.all<{ name: string }>(sql`select name from sqlite_master where type = 'table'`)).map(
      ({ name }) => name,
    ),
  );
  /** Rows newer than `since`, whatever columns the table has. */
  async function read<Of extends Columns>(table: Versioned, columns: Of, where?: SQL) {
    if (!present.has(getTableConfig(table).name)) return [];
    const newer = since === null ? undefined : gt(table.version, since);
    const rows = await db.all<Record<string, unknown>>(
      sql`select * from ${table} where ${where ?? newer ?? sql`true`}`,
    );
    return rows.map((row) => rowOf(columns, row));
  }
  const isLive = gt(keyCooldowns.untilMs, nowMs);
  const changedKeys = sql`(select id from provider_keys where version > ${since})`;
  const isNews =
    since === null
      ? undefined
      : or(gt(keyCooldowns.version, since), inArray(keyCooldowns.keyId, changedKeys));
  // Comes first: anything written in the meantime is read again next time.
  const [latest] = await selectVersion(db);
  if (latest === undefined) throw new Error("state_version is empty: apply the migrations");
  const [
    keys,
    cooldowns,
    tokens,
    members,
    groups,
    providers,
    aliases,
    limits,
    settingRows,
    deleted,
  ] = await Promise.all([
    read(providerKeys, STATE_COLUMNS.keys),
    read(keyCooldowns, STATE_COLUMNS.cooldowns, and(isLive, isNews)),
    read(accessTokens, STATE_COLUMNS.tokens),
    read(memberLimits, STATE_COLUMNS.memberLimits),
    read(teamGroups, STATE_COLUMNS.groups),
    read(customProviders, STATE_COLUMNS.customProviders),
    read(modelAliases, STATE_COLUMNS.modelAliases),
    read(quotaLimits, STATE_COLUMNS.quotaLimits),
    read(settings, STATE_COLUMNS.settings),
    since === null ? [] : read(tombstones, { kind: tombstones.kind, id: tombstones.id }),
  ]);
  const deletedOf = (wanted: (typeof deleted)[number]["kind"]) =>
    deleted.flatMap(({ kind, id }) => (kind === wanted ? [id] : []));
  return {
    version: latest.version,
    since,
    keys,
    cooldowns,
    tokens,
    memberLimits: members,
    groups,
    customProviders: providers,
    modelAliases: aliases,
    quotaLimits: limits,
    settings: settingRows,
    deletedKeyIds: deletedOf("provider-key"),
    deletedGroups: deletedOf("group"),
    deletedProviders: deletedOf("custom-provider"),
    deletedAliases: deletedOf("model-alias"),
  };
}

function rowOf<Of extends Columns>(columns: Of, row: Readonly<Record<string, unknown>>): RowOf<Of> {
  const fields = Object.entries(columns).map(([field, column]) => {
    const value = row[column.name];
    if (value === undefined) return [field, column.default ?? null];
    return [field, value === null ? null : column.mapFromDriverValue(value)];
  });
  // As drizzle reads the same columns: each field has its own column's type.
  return Object.fromEntries(fields) as RowOf<Of>;
}

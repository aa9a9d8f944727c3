/**
 * Changes and deletes provider keys, one or thousands at once. Every change takes a new state version and logs `audit`,
 * the statement of `auditChange`, in its transaction.
 * @module
 */
import { and, eq, exists, inArray, lt, ne, type SQL, sql } from "drizzle-orm";
import type { CapReason } from "../../pool/types";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import {
  type Changes,
  keyCooldowns,
  type ProviderKeyRow,
  providerKeys,
  tombstones,
} from "../schema/schema";
import { TOMBSTONE_LIFE_MS } from "../state/read-state";
import { changeState, TAKEN_VERSION } from "../state/state-version";
import { ASSERT_GROUPS } from "../team/groups";
import { type ProviderKeyFilter, whereProviderKey } from "./provider-key-filter";

/** What people may configure on a key. */
export type KeySettings = Pick<
  ProviderKeyRow,
  | "remark"
  | "weight"
  | "priority"
  | "quotaDomain"
  | "groups"
  | "models"
  | "limits"
  | "concurrentRequests"
  | "dailyCostUsd"
  | "monthlyCostUsd"
>;

/** Who disables and enables keys: a group's admin enables only those that a group's admin disabled. */
export type KeyKeeper = "team-admin" | "group-admin";

/** The reason of a disabled key's status, by who disabled it. */
export const DISABLED_BY: Readonly<Record<KeyKeeper, string>> = {
  "team-admin": "manual",
  "group-admin": "manual_by_group",
};

export type KeyChange =
  | { readonly kind: "disable"; readonly as: KeyKeeper }
  /** Enables disabled keys. */
  | { readonly kind: "enable"; readonly as: KeyKeeper }
  /** Undoes a disabling as if it had never happened: what was blocked before is blocked again. */
  | { readonly kind: "undo-disable"; readonly as: KeyKeeper }
  /** Ends a block. Anything isolates recorded until now no longer applies. */
  | { readonly kind: "unblock" }
  /** Ends cooldowns: all, or those for one model. Anything isolates recorded until now no longer applies. */
  | { readonly kind: "end-cooldowns"; readonly model?: string | undefined }
  | { readonly kind: "set"; readonly settings: Changes<KeySettings> };

/** A key's settings before a change. */
export type PreviousSettings = KeySettings & { readonly id: string };

export interface KeyChangeResult {
  readonly changed: number;
  /** The changed keys as they were; null if there are more than `PREVIOUS_MAX`. */
  readonly previous: readonly PreviousSettings[] | null;
}

/** The most keys that an undo can restore; their settings fit easily into one response. */
export const PREVIOUS_MAX = 10_000;

/** Applies a change to every key that matches the filter and to which the change is relevant. */
export async function changeProviderKeys(
  db: Database,
  filter: ProviderKeyFilter,
  change: KeyChange,
  nowMs: number,
  audit: SQL,
): Promise<KeyChangeResult> {
  const where = and(whereProviderKey(db, filter, nowMs), whomItConcerns(db, change));
  const { rowCounts, rows } = await changeState(db, [
    sql`
      select id, remark, weight, priority, quota_domain as "quotaDomain", provider_keys."groups", models, limits,
        concurrent_requests as "concurrentRequests", daily_cost_usd as "dailyCostUsd",
        monthly_cost_usd as "monthlyCostUsd"
      from provider_keys where ${where ?? sql`true`} limit ${PREVIOUS_MAX + 1}`,
    db
      .update(providerKeys)
      .set({ ...columnsOf(change, nowMs), updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(where),
    audit,
    ...(change.kind === "end-cooldowns" ? [deleteCooldowns(db, change.model)] : []),
    // A person who enables a key wants it used.
    ...(change.kind === "enable" || change.kind === "unblock"
      ? [deleteCooldowns(db, undefined)]
      : []),
    ...(change.kind === "set" && setsCosts(change.settings) ? [deleteCapCooldowns(db)] : []),
    ...(change.kind === "set" && setsGroups(change.settings) ? [ASSERT_GROUPS] : []),
  ]);
  const previous = (rows[0] ?? []) as readonly StoredSettings[];
  return {
    changed: rowCounts[1] ?? 0,
    previous: previous.length > PREVIOUS_MAX ? null : previous.map(parseLists),
  };
}

type StoredSettings = Omit<PreviousSettings, "groups" | "models" | "limits"> & {
  readonly groups: string | null;
  readonly models: string | null;
  readonly limits: string | null;
};

function parseLists({ groups, models, limits, ...same }: StoredSettings): PreviousSettings {
  return {
    ...same,
    groups: groups === null ? null : JSON.parse(groups),
    models: models === null ? null : JSON.parse(models),
    limits: limits === null ? null : JSON.parse(limits),
  };
}

function whomItConcerns(db: Database, change: KeyChange): SQL | undefined {
  switch (change.kind) {
    case "disable":
      return ne(providerKeys.status, "disabled");
    case "enable":
    case "undo-disable":
      return and(
        eq(providerKeys.status, "disabled"),
        change.as === "team-admin" ? undefined : eq(providerKeys.reason, DISABLED_BY[change.as]),
      );
    case "unblock":
      return eq(providerKeys.status, "blocked");
    case "end-cooldowns":
      return exists(
        db
          .select({ one: sql`1` })
          .from(keyCooldowns)
          .where(and(eq(keyCooldowns.keyId, providerKeys.id), forModel(change.model))),
      );
    case "set":
      return undefined;
  }
}

function columnsOf(change: KeyChange, nowMs: number) {
  switch (change.kind) {
    case "disable":
      // The evidence of a block stays, because an undo returns to it.
      return { status: "disabled" as const, reason: DISABLED_BY[change.as] };
    case "enable":
    case "unblock":
      // A block that an isolate recorded before, and writes later, must not undo this.
      return { status: "active" as const, reason: null, evidence: null, resetAtMs: nowMs };
    case "undo-disable":
      return {
        status: sql`iif(${providerKeys.evidence} is null, 'active', 'blocked')`,
        reason: sql`${providerKeys.evidence} ->> 'meaning'`,
      };
    case "end-cooldowns":
      return { resetAtMs: nowMs };
    case "set":
      return change.settings;
  }
}

function deleteCooldowns(db: Database, model: string | undefined) {
  const changedNow = db
    .select({ id: providerKeys.id })
    .from(providerKeys)
    .where(eq(providerKeys.version, TAKEN_VERSION));
  return db
    .delete(keyCooldowns)
    .where(and(inArray(keyCooldowns.keyId, changedNow), forModel(model)));
}

/** Whether they include a cap on the key's cost: a cap that was reached may now be higher, or gone. */
function setsCosts(settings: Changes<KeySettings>): boolean {
  return settings.dailyCostUsd !== undefined || settings.monthlyCostUsd !== undefined;
}

/** Whether keys of one quota domain may serve different groups afterwards. */
function setsGroups(settings: Changes<KeySettings>): boolean {
  return settings.groups !== undefined || settings.quotaDomain !== undefined;
}

/** For the keys that change now. A cap that is still reached is recorded again. */
function deleteCapCooldowns(db: Database) {
  const changedNow = db
    .select({ id: providerKeys.id })
    .from(providerKeys)
    .where(eq(providerKeys.version, TAKEN_VERSION));
  return db
    .delete(keyCooldowns)
    .where(and(inArray(keyCooldowns.keyId, changedNow), inArray(keyCooldowns.reason, CAPS)));
}

const CAPS: readonly CapReason[] = ["cost_day", "cost_month"];

function forModel(model: string | undefined): SQL | undefined {
  return model === undefined ? undefined : eq(keyCooldowns.model, model);
}

/** Changes columns of one key; a reset also ends its cooldowns. @returns Whether the key exists. */
export async function updateProviderKey(
  db: Database,
  id: string,
  changes: Changes<ProviderKeyRow>,
  nowMs: number,
  audit: SQL,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(providerKeys)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(eq(providerKeys.id, id)),
    audit,
    ...(changes.resetAtMs === undefined
      ? []
      : [db.delete(keyCooldowns).where(eq(keyCooldowns.keyId, id))]),
    ...(setsCosts(changes) ? [deleteCapCooldowns(db)] : []),
    ...(setsGroups(changes) ? [ASSERT_GROUPS] : []),
  ]);
  return rowCounts[0] !== 0;
}

/** Gives each key its own settings, the same columns for all. @returns The number of keys found. */
export async function putBackSettings(
  db: Database,
  columns: readonly (keyof KeySettings)[],
  previous: readonly ({ readonly id: string } & Changes<KeySettings>)[],
  nowMs: number,
  audit: SQL,
): Promise<number> {
  const { rowCounts } = await changeState(db, [
    sql`
      ${withRows(JSON.stringify(previous), "id")}
      update provider_keys set ${sql.join(columns.map(setFromJson), sql`, `)},
        updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      from e
      where provider_keys.id = e.id`,
    audit,
    ...(previous.some(setsCosts) ? [deleteCapCooldowns(db)] : []),
    ...(previous.some(setsGroups) ? [ASSERT_GROUPS] : []),
  ]);
  return rowCounts[0] ?? 0;
}

/** Unlike `->>`, `->` keeps a list as JSON; `nullif` turns JSON's null into SQL's. */
function setFromJson(column: keyof KeySettings): SQL {
  const name = sql.identifier(providerKeys[column].name);
  if (column === "groups" || column === "models" || column === "limits") {
    return sql`${name} = nullif(e.value -> ${column}, 'null')`;
  }
  return sql`${name} = e.value ->> ${column}`;
}

/**
 * Clears a key's state: ends a block and all cooldowns. Anything isolates recorded until now no longer applies. A
 * disabled key stays disabled.
 *
 * @returns Whether the key exists.
 */
export async function resetProviderKey(
  db: Database,
  id: string,
  nowMs: number,
  audit: SQL,
): Promise<boolean> {
  const isDisabled = sql`${providerKeys.status} = 'disabled'`;
  const { rowCounts } = await changeState(db, [
    db
      .update(providerKeys)
      .set({
        status: sql`iif(${isDisabled}, 'disabled', 'active')`,
        reason: sql`iif(${isDisabled}, ${providerKeys.reason}, null)`,
        evidence: null,
        resetAtMs: nowMs,
        updatedAtMs: nowMs,
        version: TAKEN_VERSION,
      })
      .where(eq(providerKeys.id, id)),
    audit,
    db.delete(keyCooldowns).where(eq(keyCooldowns.keyId, id)),
  ]);
  return rowCounts[0] !== 0;
}

/** Deletes every key that matches the filter, with its cooldowns. @returns How many there were. */
export async function deleteProviderKeys(
  db: Database,
  filter: ProviderKeyFilter,
  nowMs: number,
  audit: SQL,
): Promise<number> {
  const where = whereProviderKey(db, filter, nowMs);
  const buriedNow = db
    .select({ id: tombstones.id })
    .from(tombstones)
    .where(eq(tombstones.version, TAKEN_VERSION));
  const { rowCounts } = await changeState(db, [
    // Comes first, because the filter may refer to the cooldowns that are deleted.
    sql`
      insert into tombstones (kind, id, deleted_at_ms, version)
      select 'provider-key', id, ${nowMs}, ${TAKEN_VERSION} from provider_keys
      where ${where ?? sql`true`}`,
    audit,
    db.delete(providerKeys).where(inArray(providerKeys.id, buriedNow)),
    db.delete(keyCooldowns).where(inArray(keyCooldowns.keyId, buriedNow)),
    db.delete(tombstones).where(lt(tombstones.deletedAtMs, nowMs - TOMBSTONE_LIFE_MS)),
  ]);
  return rowCounts[0] ?? 0;
}

/**
 * Reading, changing and deleting provider keys. Every change takes a new state version.
 * @module
 */
import { and, desc, eq, gt, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "./open-database";
import { type ProviderKeyFilter, whereProviderKey } from "./provider-key-filter";
import { TOMBSTONE_LIFE_MS } from "./read-state";
import {
  type Changes,
  type KeyCooldownRow,
  keyCooldowns,
  type ProviderKeyRow,
  providerKeys,
  tombstones,
} from "./schema";
import { changeState, TAKEN_VERSION } from "./state-version";

export type ListedProviderKey = ProviderKeyRow & { readonly cooldowns: readonly KeyCooldownRow[] };

/** Keys with their live cooldowns, newest first; `beforeId` continues after the last of a page. */
export async function listProviderKeys(
  db: Database,
  filter: ProviderKeyFilter & { readonly beforeId?: string | undefined; readonly limit: number },
  nowMs: number,
): Promise<ListedProviderKey[]> {
  const { beforeId, limit } = filter;
  const keys = await db
    .select()
    .from(providerKeys)
    .where(
      and(
        whereProviderKey(db, filter, nowMs),
        beforeId === undefined ? undefined : lt(providerKeys.id, beforeId),
      ),
    )
    .orderBy(desc(providerKeys.id))
    .limit(limit);
  const ids = JSON.stringify(keys.map((key) => key.id));
  const cooldowns = await db
    .select()
    .from(keyCooldowns)
    .where(
      and(
        sql`${keyCooldowns.keyId} in (select value from json_each(${ids}))`,
        gt(keyCooldowns.untilMs, nowMs),
      ),
    );
  const byKey = Map.groupBy(cooldowns, (cooldown) => cooldown.keyId);
  return keys.map((key) => ({ ...key, cooldowns: byKey.get(key.id) ?? [] }));
}

export async function getProviderKey(
  db: Database,
  id: string,
): Promise<ProviderKeyRow | undefined> {
  return db.select().from(providerKeys).where(eq(providerKeys.id, id)).get();
}

/** @returns Whether there is such a key. */
export async function updateProviderKey(
  db: Database,
  id: string,
  changes: Changes<ProviderKeyRow>,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(providerKeys)
      .set({ ...changes, updatedAtMs: nowMs, version: TAKEN_VERSION })
      .where(eq(providerKeys.id, id)),
  ]);
  return rowCounts[0] !== 0;
}

/**
 * Clears a key's state: a block ends, and so do rests, all or those of the given reasons. What isolates
 * noted until now is void. A disabled key stays disabled.
 *
 * @returns Whether there is such a key.
 */
export async function resetProviderKey(
  db: Database,
  id: string,
  nowMs: number,
  reasons?: readonly string[],
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    db
      .update(providerKeys)
      .set({
        status: sql`iif(${providerKeys.status} = 'disabled', 'disabled', 'active')`,
        reason: sql`iif(${providerKeys.status} = 'disabled', ${providerKeys.reason}, null)`,
        evidence: null,
        resetAtMs: nowMs,
        updatedAtMs: nowMs,
        version: TAKEN_VERSION,
      })
      .where(eq(providerKeys.id, id)),
    db
      .delete(keyCooldowns)
      .where(
        and(eq(keyCooldowns.keyId, id), reasons && inArray(keyCooldowns.reason, [...reasons])),
      ),
  ]);
  return rowCounts[0] !== 0;
}

/** Deletes every key the filter means, with its cooldowns. @returns How many there were. */
export async function deleteProviderKeys(
  db: Database,
  filter: ProviderKeyFilter,
  nowMs: number,
): Promise<number> {
  const where: SQL | undefined = whereProviderKey(db, filter, nowMs);
  const buriedNow = db
    .select({ id: tombstones.id })
    .from(tombstones)
    .where(eq(tombstones.version, TAKEN_VERSION));
  const { rowCounts } = await changeState(db, [
    // First: the filter may ask about the cooldowns that go, too.
    sql`
      insert into tombstones (kind, id, deleted_at_ms, version)
      select 'provider-key', id, ${nowMs}, ${TAKEN_VERSION} from provider_keys
      where ${where ?? sql`true`}`,
    db.delete(providerKeys).where(inArray(providerKeys.id, buriedNow)),
    db.delete(keyCooldowns).where(inArray(keyCooldowns.keyId, buriedNow)),
    db.delete(tombstones).where(lt(tombstones.deletedAtMs, nowMs - TOMBSTONE_LIFE_MS)),
  ]);
  return rowCounts[0] ?? 0;
}

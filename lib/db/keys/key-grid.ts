import { sql } from "drizzle-orm";
import type { KeyStatus } from "../../pool/types";
import type { Database } from "../open-database";
import { runBatch } from "../state/state-version";
import { isVisible } from "./visible-keys";

export interface GridKey {
  readonly id: string;
  readonly masked: string;
  readonly status: KeyStatus;
  /** Null for all. */
  readonly models: readonly string[] | null;
}

/** A provider's newest keys, the oldest of them first, and their total number. */
export async function listGridKeys(
  db: Database,
  provider: string,
  limit: number,
  shownTo?: string,
): Promise<{ readonly keys: readonly GridKey[]; readonly total: number }> {
  const wanted = sql`provider = ${provider} and ${isVisible(shownTo, "provider_keys")}`;
  const [newest, count] = await runBatch(db, [
    sql`
      select id, masked, status, models from provider_keys
      where ${wanted} order by id desc limit ${limit}`,
    sql`select count(*) as total from provider_keys where ${wanted}`,
  ]);
  const rows = (newest?.results ?? []) as (Omit<GridKey, "models"> & {
    readonly models: string | null;
  })[];
  const [{ total } = { total: 0 }] = (count?.results ?? []) as { readonly total: number }[];
  const keys = rows.map((row) => ({ ...row, models: row.models && JSON.parse(row.models) }));
  return { keys: keys.reverse(), total };
}

export interface GridCooldown {
  readonly keyId: string;
  /** `*` for every model. */
  readonly model: string;
  readonly untilMs: number;
}

/** A provider's cooldowns that haven't ended. */
export function listGridCooldowns(
  db: Database,
  provider: string,
  nowMs: number,
  shownTo?: string,
): Promise<GridCooldown[]> {
  return db.all<GridCooldown>(sql`
    select key_id as "keyId", model, until_ms as "untilMs" from key_cooldowns
    where until_ms > ${nowMs} and key_id in (
      select id from provider_keys
      where provider = ${provider} and ${isVisible(shownTo, "provider_keys")})`);
}

import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import type { ProviderKeyRow } from "../schema/schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";

/** What a key is to be called where it is not called anything yet; null where there is nothing to say. */
export type KeyFill = Pick<ProviderKeyRow, "id" | "remark" | "quotaDomain">;

/**
 * Fills what is empty; what people wrote stays.
 *
 * @param audit The statement of `auditChange`.
 * @returns How many keys were changed.
 */
export async function fillProviderKeys(
  db: Database,
  fills: readonly KeyFill[],
  nowMs: number,
  audit: SQL,
): Promise<number> {
  const { rowCounts } = await changeState(db, [
    sql`
      update provider_keys set
        remark = coalesce(remark, e.value ->> 'remark'),
        quota_domain = coalesce(quota_domain, e.value ->> 'quotaDomain'),
        updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      from json_each(${JSON.stringify(fills)}) e
      where provider_keys.id = e.value ->> 'id'
        and ((remark is null and e.value ->> 'remark' is not null)
          or (quota_domain is null and e.value ->> 'quotaDomain' is not null))`,
    audit,
  ]);
  return rowCounts[0] ?? 0;
}

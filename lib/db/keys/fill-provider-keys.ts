import { type SQL, sql } from "drizzle-orm";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import type { ProviderKeyRow } from "../schema/schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";
import { ASSERT_GROUPS } from "../team/groups";

/** The values for a key's empty fields; null if there is nothing to fill in. */
export type KeyFill = Pick<ProviderKeyRow, "id" | "remark" | "quotaDomain">;

/**
 * Fills empty fields only; what people wrote stays.
 *
 * @param audit The statement of `auditChange`.
 * @returns The number of changed keys.
 */
export async function fillProviderKeys(
  db: Database,
  fills: readonly KeyFill[],
  nowMs: number,
  audit: SQL,
): Promise<number> {
  const { rowCounts } = await changeState(db, [
    sql`
      ${withRows(JSON.stringify(fills), "id")}
      update provider_keys set
        remark = coalesce(remark, e.value ->> 'remark'),
        quota_domain = coalesce(quota_domain, e.value ->> 'quotaDomain'),
        updated_at_ms = ${nowMs}, version = ${TAKEN_VERSION}
      from e
      where provider_keys.id = e.id
        and ((remark is null and e.value ->> 'remark' is not null)
          or (quota_domain is null and e.value ->> 'quotaDomain' is not null))`,
    audit,
    ...(fills.some(({ quotaDomain }) => quotaDomain !== null) ? [ASSERT_GROUPS] : []),
  ]);
  return rowCounts[0] ?? 0;
}

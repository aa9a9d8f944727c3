/**
 * The audit entries of a group: of itself, its tokens and the keys that serve it alone.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { accessTokens, providerKeys } from "../schema/schema";
import { type AuditRow, auditLog } from "../schema/team-schema";

/** Newest first. An entry for many keys or tokens is the group's if all of them are. */
export function listGroupAudit(db: Database, groupId: string, limit: number): Promise<AuditRow[]> {
  const { subjectKind, subjectId, after } = auditLog;
  const tokens = sql`(select ${accessTokens.id} from ${accessTokens}
    where ${accessTokens.groupId} = ${groupId})`;
  const keys = sql`(select ${providerKeys.id} from ${providerKeys}
    where ${providerKeys.groups} = ${JSON.stringify([groupId])})`;
  const isOf = (kind: string, ids: SQL) =>
    sql`(${subjectKind} = ${kind} and ${subjectId} in ${ids})`;
  const ids = sql`json_extract(${after}, '$.ids')`;
  const isOfKeys = sql`(${subjectKind} = 'provider-key' and ${subjectId} is null
    and json_array_length(${ids}) > 0
    and not exists (select 1 from json_each(${ids}) each where each.value not in ${keys}))`;
  const isOfTokens = sql`(${subjectKind} = 'access-token' and ${subjectId} is null
    and ${after} ->> 'group' = ${groupId})`;
  return db
    .select()
    .from(auditLog)
    .where(
      sql`${isOf("group", sql`(${groupId})`)} or ${isOf("access-token", tokens)}
        or ${isOf("provider-key", keys)} or ${isOfTokens} or ${isOfKeys}`,
    )
    .orderBy(sql`${auditLog.id} desc`)
    .limit(limit);
}

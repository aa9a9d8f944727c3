/**
 * What happened to keys by themselves, told so that a person can follow it.
 * @module
 */
import { desc, eq, type SQL, sql } from "drizzle-orm";
import type { StateEvent } from "../proxy/ports";
import type { Database } from "./open-database";
import { type KeyEventRow, keyEvents, type ProviderKeyRow } from "./schema";
import { type AuditRow, auditLog } from "./team-schema";

export type KeyEvidence = NonNullable<KeyEventRow["evidence"]>;

export type EventOf<Kind extends StateEvent["kind"]> = Extract<StateEvent, { kind: Kind }>;

/**
 * A key at its limit rests again and again, and every row counts against the plan's daily number: a rest
 * is told once in this time, unless it is for another reason or lasts so much longer.
 */
const SAME_STORY_MS = 15 * 60_000;

/** Later events have greater ids, and the same event always has the same. */
function eventId(kind: string, keyId: string, model: string, atMs: number): string {
  return `ke_${atMs.toString(36).padStart(9, "0")}${keyId.slice("pk_".length)}.${kind}.${model}`;
}

/** The statement that tells of rests; to be run before they are written. */
export function tellCooldowns(events: readonly EventOf<"key-cooled">[]): SQL {
  const rows = events.map((event) => ({
    ...event,
    id: eventId("cooled", event.keyId, event.model, event.evidence.atMs),
  }));
  return sql`
    insert into key_events (id, key_id, provider, kind, model, until_ms, evidence, at_ms)
    select e.value ->> 'id', k.id, k.provider, 'cooled', e.value ->> 'model', e.value ->> 'untilMs',
      e.value -> 'evidence', e.value ->> '$.evidence.atMs'
    from json_each(${JSON.stringify(rows)}) e
    join provider_keys k on k.id = e.value ->> 'keyId'
    where k.reset_at_ms < e.value ->> '$.evidence.atMs'
      and not exists (
        select 1 from key_events told
        where told.key_id = k.id and told.at_ms > (e.value ->> '$.evidence.atMs') - ${SAME_STORY_MS}
          and told.at_ms > k.reset_at_ms
          and told.kind = 'cooled' and told.model = e.value ->> 'model'
          and told.evidence ->> 'meaning' = e.value ->> '$.evidence.meaning'
          and told.until_ms > (e.value ->> 'untilMs') - ${SAME_STORY_MS})
    on conflict (id) do nothing`;
}

/** The statement that tells of blocks; to be run before they are written. */
export function tellBlocks(events: readonly EventOf<"key-blocked">[]): SQL {
  const rows = events.map((event) => ({
    ...event,
    id: eventId("blocked", event.keyId, "", event.evidence.atMs),
  }));
  return sql`
    insert into key_events (id, key_id, provider, kind, model, evidence, at_ms)
    select e.value ->> 'id', k.id, k.provider, 'blocked', e.value ->> '$.evidence.model',
      e.value -> 'evidence', e.value ->> '$.evidence.atMs'
    from json_each(${JSON.stringify(rows)}) e
    join provider_keys k on k.id = e.value ->> 'keyId'
    where k.status = 'active' and k.reset_at_ms < e.value ->> '$.evidence.atMs'
    on conflict (id) do nothing`;
}

/** The statement that tells of checks. */
export function tellChecks(
  checks: readonly {
    readonly key: Pick<ProviderKeyRow, "id" | "provider">;
    readonly evidence: KeyEvidence;
  }[],
): SQL {
  const rows = checks.map(({ key, evidence }) => ({
    id: eventId("checked", key.id, "", evidence.atMs),
    keyId: key.id,
    provider: key.provider,
    evidence,
  }));
  return sql`
    insert into key_events (id, key_id, provider, kind, evidence, at_ms)
    select e.value ->> 'id', e.value ->> 'keyId', e.value ->> 'provider', 'checked',
      e.value -> 'evidence', e.value ->> '$.evidence.atMs'
    from json_each(${JSON.stringify(rows)}) e
    where true
    on conflict (id) do nothing`;
}

export async function listKeyEvents(
  db: Database,
  keyId: string,
  limit: number,
): Promise<KeyEventRow[]> {
  return db
    .select()
    .from(keyEvents)
    .where(eq(keyEvents.keyId, keyId))
    .orderBy(desc(keyEvents.atMs), desc(keyEvents.id))
    .limit(limit);
}

/**
 * What people did to a key, alone or, where the entry names them, among others. Newest first. Checks are left
 * out: their events tell more.
 */
export async function listKeyAudit(
  db: Database,
  keyId: string,
  limit: number,
): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditLog)
    .where(
      sql`${auditLog.subjectKind} = 'provider-key' and ${auditLog.action} <> 'provider-key.check' and (${auditLog.subjectId} = ${keyId}
        or (${auditLog.subjectId} is null and instr(${auditLog.after} ->> 'ids', ${keyId}) > 0))`,
    )
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

/**
 * Automatic changes of keys, reported so that a person can follow them.
 * @module
 */
import { desc, eq, type SQL, sql } from "drizzle-orm";
import type { StateEvent } from "../../proxy/ports";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import { type KeyEventRow, keyEvents, type ProviderKeyRow } from "../schema/schema";
import { type AuditRow, auditLog } from "../schema/team-schema";

export type KeyEvidence = NonNullable<KeyEventRow["evidence"]>;

export type EventOf<Kind extends StateEvent["kind"]> = Extract<StateEvent, { kind: Kind }>;

/**
 * A key at its limit goes into cooldown again and again, and every row counts against the plan's daily number: a
 * cooldown is reported once in this time, unless it has another reason or lasts much longer.
 */
const SAME_STORY_MS = 15 * 60_000;

/** Later events have greater ids, and the same event always has the same id. */
function eventId(kind: string, keyId: string, model: string, atMs: number): string {
  return `ke_${atMs.toString(36).padStart(9, "0")}${keyId.slice("pk_".length)}.${kind}.${model}`;
}

/** The statement that reports cooldowns; must run before they are written. */
export function insertCooldownEvents(events: readonly EventOf<"key-cooled">[]): SQL {
  const rows = events.map((event) => ({
    ...event,
    id: eventId("cooled", event.keyId, event.model, event.evidence.atMs),
  }));
  return sql`
    ${withRows(JSON.stringify(rows), "keyId")}
    insert into key_events (id, key_id, provider, kind, model, until_ms, evidence, at_ms)
    select e.value ->> 'id', k.id, k.provider, 'cooled', e.value ->> 'model', e.value ->> 'untilMs',
      e.value -> 'evidence', e.value ->> '$.evidence.atMs'
    from e
    join provider_keys k on k.id = e.id
    where k.reset_at_ms < e.value ->> '$.evidence.atMs'
      and not exists (
        select 1 from key_events earlier
        where earlier.key_id = k.id and earlier.at_ms > (e.value ->> '$.evidence.atMs') - ${SAME_STORY_MS}
          and earlier.at_ms > k.reset_at_ms
          and earlier.kind = 'cooled' and earlier.model = e.value ->> 'model'
          and earlier.evidence ->> 'meaning' = e.value ->> '$.evidence.meaning'
          and earlier.until_ms > (e.value ->> 'untilMs') - ${SAME_STORY_MS})
    on conflict (id) do nothing`;
}

/** The statement that reports blocks; must run before they are written. */
export function insertBlockEvents(events: readonly EventOf<"key-blocked">[]): SQL {
  const rows = events.map((event) => ({
    ...event,
    id: eventId("blocked", event.keyId, "", event.evidence.atMs),
  }));
  return sql`
    ${withRows(JSON.stringify(rows), "keyId")}
    insert into key_events (id, key_id, provider, kind, model, evidence, at_ms)
    select e.value ->> 'id', k.id, k.provider, 'blocked', e.value ->> '$.evidence.model',
      e.value -> 'evidence', e.value ->> '$.evidence.atMs'
    from e
    join provider_keys k on k.id = e.id
    where k.status = 'active' and k.reset_at_ms < e.value ->> '$.evidence.atMs'
    on conflict (id) do nothing`;
}

/**
 * The statement that reports which keys came under suspicion, and which were cleared. For keys that are blocked in the
 * same flush, only the block is reported.
 */
export function insertSuspicionEvents(events: readonly StateEvent[]): SQL | null {
  const blocked = new Set(
    events.flatMap((event) => (event.kind === "key-blocked" ? [event.keyId] : [])),
  );
  const rows = events.flatMap((event) => {
    if (event.kind !== "key-suspected" && event.kind !== "key-cleared") return [];
    if (blocked.has(event.keyId)) return [];
    const { keyId } = event;
    const [kind, evidence, atMs] =
      event.kind === "key-suspected"
        ? ["suspected", event.evidence, event.evidence.atMs]
        : ["cleared", null, event.atMs];
    return [{ id: eventId(kind, keyId, "", atMs), keyId, kind, evidence, atMs }];
  });
  if (rows.length === 0) return null;
  return sql`
    ${withRows(JSON.stringify(rows), "keyId")}
    insert into key_events (id, key_id, provider, kind, model, evidence, at_ms)
    select e.value ->> 'id', k.id, k.provider, e.value ->> 'kind', e.value ->> '$.evidence.model',
      nullif(e.value -> 'evidence', 'null'), e.value ->> 'atMs'
    from e
    join provider_keys k on k.id = e.id
    where k.reset_at_ms < e.value ->> 'atMs'
    on conflict (id) do nothing`;
}

/** A suspicion without news for this long is outdated: the isolate that had it may be gone. */
const SUSPICION_LIFE_MS = 86_400_000;

/** Suspicions that still lack a second witness. None of keys that were reset, worked, or were blocked since. */
export async function findSuspicions(
  db: Database,
  keyIds: readonly string[],
  nowMs: number,
): Promise<ReadonlyMap<string, KeyEvidence>> {
  if (keyIds.length === 0) return new Map();
  const rows = await db.all<{ readonly keyId: string; readonly evidence: string }>(sql`
    select k.id as "keyId", e.evidence from provider_keys k
    join key_events e on e.key_id = k.id and e.kind = 'suspected'
    where k.id in (select value from json_each(${JSON.stringify(keyIds)}))
      and k.status = 'active' and e.at_ms > k.reset_at_ms
      and e.at_ms > coalesce(k.last_used_at_ms, 0) and e.at_ms > ${nowMs - SUSPICION_LIFE_MS}
      and not exists (
        select 1 from key_events later
        where later.key_id = k.id and later.at_ms >= e.at_ms and later.id <> e.id
          and later.kind in ('suspected', 'cleared', 'blocked', 'reset'))`);
  return new Map(rows.map(({ keyId, evidence }) => [keyId, JSON.parse(evidence)]));
}

/** What happened to keys within a time: blocked, or cleared of a suspicion. The last event counts. */
export async function findVerdicts(
  db: Database,
  ranges: readonly {
    readonly keyIds: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  }[],
): Promise<readonly ReadonlyMap<string, "blocked" | "cleared">[]> {
  if (ranges.length === 0) return [];
  const rows = await db.all<{
    readonly range: number;
    readonly keyId: string;
    readonly kind: "blocked" | "cleared";
  }>(sql`
    select r.key as range, e.key_id as "keyId", e.kind
    from json_each(${JSON.stringify(ranges)}) r, json_each(r.value, '$.keyIds') i
    join key_events e on e.key_id = i.value and e.kind in ('blocked', 'cleared')
      and e.at_ms >= r.value ->> 'fromMs' and e.at_ms <= r.value ->> 'toMs'
    order by e.at_ms, e.id`);
  const verdicts = ranges.map(() => new Map<string, "blocked" | "cleared">());
  for (const { range, keyId, kind } of rows) verdicts[range]?.set(keyId, kind);
  return verdicts;
}

/** The statement that reports checks. */
export function insertCheckEvents(
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
 * People's changes of a key, alone or, if the entry lists them, among others. Newest first. Checks are left out,
 * because their events say more.
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

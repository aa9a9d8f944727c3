/**
 * One flush: what an isolate recorded about keys and tokens, in one transaction.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { StateEvent } from "../../proxy/ports";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import { recordIncidents } from "../team/incidents";
import {
  type EventOf,
  insertBlockEvents,
  insertCooldownEvents,
  insertSuspicionEvents,
} from "./key-events";
import { changeState, runBatch, TAKEN_VERSION } from "./state-version";

/** Stored things are remembered as long as they are used (`prune-usage.ts`), with this precision. */
export const RESOURCE_GRAIN_MS = 30 * 86_400_000;

/** Precision of `last_used_at_ms`: every written row counts against the plan's daily number. */
export const LAST_USED_GRAIN_MS = 3_600_000;

/**
 * Writes events in any order; writing them twice changes nothing more. A cooldown is never shortened, a key that a
 * person disabled stays disabled, and what was recorded before a key's last reset doesn't apply.
 *
 * @returns The version this write took; null if it changed nothing that isolates need to know.
 */
export async function writeStateEvents(
  db: Database,
  events: readonly StateEvent[],
): Promise<number | null> {
  const of = <Kind extends StateEvent["kind"]>(kind: Kind) =>
    events.filter((event): event is EventOf<Kind> => event.kind === kind);
  const [cooled, blocked] = [of("key-cooled"), of("key-blocked")];
  const [usedKeys, usedTokens] = [of("key-used"), of("token-used")];

  const changes = [];
  // The report comes first, because it compares with the previous state.
  if (cooled.length > 0) changes.push(insertCooldownEvents(cooled), upsertCooldowns(cooled));
  if (blocked.length > 0) changes.push(insertBlockEvents(blocked), blockKeys(blocked));
  const uses = [];
  if (usedKeys.length > 0) {
    const rows = usedKeys.map((event) => [event.keyId, event.atMs] as const);
    uses.push(noteLastUse("provider_keys", rows));
  }
  if (usedTokens.length > 0) {
    const rows = usedTokens.map((event) => [event.tokenId, event.atMs] as const);
    uses.push(noteLastUse("access_tokens", rows));
  }

  const resources = of("resource-seen");
  const mentioned = resources.filter(({ isMentioned }) => isMentioned === true);
  const used = resources.filter(({ isMentioned }) => isMentioned !== true);
  if (mentioned.length > 0) uses.push(rememberResources(mentioned, sql`key_id`));
  if (used.length > 0) uses.push(rememberResources(used, sql`excluded.key_id`));
  const suspicions = insertSuspicionEvents(events);
  if (suspicions !== null) uses.push(suspicions);
  uses.push(...recordIncidents(events));

  if (changes.length > 0) return (await changeState(db, [...changes, ...uses])).version;
  if (uses.length > 0) await runBatch(db, uses);
  return null;
}

function upsertCooldowns(events: readonly EventOf<"key-cooled">[]) {
  return sql`
    ${withRows(JSON.stringify(events), "keyId")}
    insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
    select k.id, e.value ->> 'model', e.value ->> 'untilMs', e.value ->> '$.evidence.meaning',
      e.value -> 'evidence', e.value ->> '$.evidence.atMs', ${TAKEN_VERSION}
    from e
    join provider_keys k on k.id = e.id
    where k.reset_at_ms < e.value ->> '$.evidence.atMs'
    on conflict (key_id, model) do update set
      until_ms = excluded.until_ms, reason = excluded.reason, evidence = excluded.evidence,
      set_at_ms = excluded.set_at_ms, version = excluded.version
    where excluded.until_ms > key_cooldowns.until_ms`;
}

function blockKeys(events: readonly EventOf<"key-blocked">[]) {
  return sql`
    ${withRows(JSON.stringify(events), "keyId")}
    update provider_keys set
      status = 'blocked', reason = e.value ->> '$.evidence.meaning',
      evidence = e.value -> 'evidence', updated_at_ms = e.value ->> '$.evidence.atMs',
      version = ${TAKEN_VERSION}
    from e
    where provider_keys.id = e.id and status = 'active'
      and reset_at_ms < e.value ->> '$.evidence.atMs'`;
}

/**
 * The maker is recorded once, with a thing's first row: no one else can come to own it.
 * @param keyId The key of a thing that is known already.
 */
function rememberResources(events: readonly EventOf<"resource-seen">[], keyId: SQL) {
  return sql`
    insert into resource_keys (provider, resource, key_id, token_id, user_id, at_ms)
    select e.value ->> 'provider', e.value ->> 'resource', e.value ->> 'keyId',
      e.value ->> 'tokenId', e.value ->> 'userId', e.value ->> 'atMs'
    from json_each(${JSON.stringify(events)}) e where true
    on conflict (provider, resource) do update set key_id = ${keyId}, at_ms = excluded.at_ms
    where key_id <> ${keyId} or at_ms < excluded.at_ms - ${RESOURCE_GRAIN_MS}`;
}

function noteLastUse(
  table: "provider_keys" | "access_tokens",
  uses: readonly (readonly [id: string, atMs: number])[],
) {
  return sql`
    ${withRows(JSON.stringify(uses), 0)}
    update ${sql.identifier(table)} set last_used_at_ms = e.value ->> 1
    from e
    where ${sql.identifier(table)}.id = e.id
      and coalesce(last_used_at_ms, 0) <= (e.value ->> 1) - ${LAST_USED_GRAIN_MS}`;
}

/**
 * Incidents in the store: one row each, however many isolates see it.
 * @module
 */
import { desc, eq, type SQL, sql } from "drizzle-orm";
import type { StateEvent } from "../../proxy/ports";
import { newRowId } from "../new-row-id";
import type { Database } from "../open-database";
import { type IncidentRow, incidents } from "../schema/incident-schema";
import type { EventOf } from "../state/key-events";

/** An incident without a sighting for this long is over, and the next sighting starts another. */
export const QUIET_MS = 30 * 60_000;

/**
 * The statements that record incidents, in order. Writing the same again changes nothing: a sighting continues the
 * incident that was seen shortly before, and one from before an incident's end doesn't apply.
 */
export function recordIncidents(events: readonly StateEvent[]): SQL[] {
  const seen = events.filter((event) => event.kind === "incident-seen");
  const over = events.filter(
    (event): event is EventOf<"incident-over"> =>
      event.kind === "incident-over" &&
      !seen.some(({ provider, atMs }) => provider === event.provider && atMs > event.atMs),
  );
  return [
    ...(seen.length > 0 ? [goOn(seen), begin(seen)] : []),
    ...(over.length > 0 ? [close(over)] : []),
  ];
}

/** The incident `i` to which a sighting `e` belongs. */
const IS_SAME = sql`
  i.provider = e.value ->> 'provider' and i.rule = e.value ->> 'rule'
  and i.last_seen_ms > (e.value ->> 'atMs') - ${QUIET_MS}`;

function goOn(seen: readonly EventOf<"incident-seen">[]): SQL {
  return sql`
    update incidents as i set
      last_seen_ms = max(i.last_seen_ms, e.value ->> 'atMs'), closed_at_ms = null,
      status = e.value ->> 'status', words = e.value ->> 'words',
      key_ids = (
        select json_group_array(value) from (
          select value from json_each(i.key_ids)
          union select value from json_each(e.value -> 'keyIds')))
    from json_each(${JSON.stringify(seen)}) e
    where ${IS_SAME} and coalesce(i.closed_at_ms, 0) < e.value ->> 'atMs'`;
}

function begin(seen: readonly EventOf<"incident-seen">[]): SQL {
  const rows = seen.map((event, index) => ({
    ...event,
    id: newRowId("in", event.sinceMs, index),
  }));
  return sql`
    insert into incidents (id, provider, rule, meaning, status, words, effect, key_ids,
      opened_at_ms, last_seen_ms)
    select e.value ->> 'id', e.value ->> 'provider', e.value ->> 'rule', e.value ->> 'meaning',
      e.value ->> 'status', e.value ->> 'words', e.value ->> 'effect', e.value -> 'keyIds',
      e.value ->> 'sinceMs', e.value ->> 'atMs'
    from json_each(${JSON.stringify(rows)}) e
    where not exists (select 1 from incidents i where ${IS_SAME})`;
}

/** A key that works ends all of its provider's incidents that were seen before. */
function close(over: readonly EventOf<"incident-over">[]): SQL {
  return sql`
    update incidents as i set closed_at_ms = e.value ->> 'atMs'
    from json_each(${JSON.stringify(over)}) e
    where i.provider = e.value ->> 'provider' and i.closed_at_ms is null
      and i.last_seen_ms <= e.value ->> 'atMs'`;
}

/** The latest first; of one provider or of all. */
export function listIncidents(
  db: Database,
  provider: string | undefined,
  limit: number,
): Promise<IncidentRow[]> {
  return db
    .select()
    .from(incidents)
    .where(provider === undefined ? undefined : eq(incidents.provider, provider))
    .orderBy(desc(incidents.id))
    .limit(limit);
}

/** Those that are not over, by provider. */
export function countOpenIncidents(
  db: Database,
  nowMs: number,
): Promise<{ readonly provider: string; readonly count: number }[]> {
  return db.all(sql`
    select provider, count(*) as count from incidents
    where closed_at_ms is null and last_seen_ms > ${nowMs - QUIET_MS}
    group by provider order by provider`);
}

/**
 * Alerts in the store: what is new, what was reported, what waits for delivery.
 * @module
 */
import { and, asc, desc, isNotNull, like, lte, sql } from "drizzle-orm";
import { DAY_MS } from "../../usage/rollup";
import { withRows } from "../json-rows";
import { newRowId } from "../new-row-id";
import type { Database } from "../open-database";
import {
  type AlertChannel,
  type AlertDetails,
  type AlertKind,
  type AlertRow,
  alerts,
  alertTopics,
} from "../schema/alert-schema";
import { runBatch } from "../state/state-version";
import type { MutableAlert } from "./settings";

/** A block that is older when it is first seen isn't reported. */
const NEWS_MS = DAY_MS;
/** Topics are remembered for longer than anything can be reported: a monthly budget is reported once per month. */
const TOPIC_LIFE_MS = 32 * DAY_MS;
/** What lasts is remembered until it is over: pools with few ready keys, and providers that fail or are slow. */
export type LastingTopic = "pool_low" | "rate";
const isLasting = sql`(topic like 'pool_low/%' or topic like 'rate/%')`;

export interface KeyBlock {
  /** The event's id. */
  readonly id: string;
  readonly keyId: string;
  readonly provider: string;
  readonly masked: string;
}

/** Recent blocks that weren't reported yet, of keys that are still blocked; oldest first. */
export function listUnreportedBlocks(db: Database, nowMs: number): Promise<KeyBlock[]> {
  return db.all<KeyBlock>(sql`
    select e.id, k.id as "keyId", e.provider, k.masked
    from key_events e join provider_keys k on k.id = e.key_id and k.status = 'blocked'
    where e.at_ms > ${nowMs - NEWS_MS} and e.kind = 'blocked'
      and not exists (select 1 from alert_topics earlier where earlier.topic = e.id)
    order by e.at_ms limit 500`);
}

/** Topics of a kind that were reported and aren't known to be over. */
export async function listLasting(db: Database, kind: LastingTopic): Promise<readonly string[]> {
  const rows = await db
    .select({ topic: alertTopics.topic })
    .from(alertTopics)
    .where(like(alertTopics.topic, `${kind}/%`));
  return rows.map(({ topic }) => topic);
}

export interface NewAlert {
  readonly kind: AlertKind;
  readonly details: AlertDetails;
  /** What it reports: ids of events, `{kind}/…`. Nothing is raised if all were reported before. */
  readonly topics: readonly string[];
}

export interface Raising {
  /** Where to send it; without any, nothing is raised. */
  readonly channels: readonly AlertChannel[];
  /** The most alerts, each in all channels. */
  readonly limit: number;
  /** Topics of states that have ended; they are reported again when they come back. */
  readonly over: readonly string[];
  /** Alerts that the team doesn't want. */
  readonly muted: readonly MutableAlert[];
}

/** Alerts that belong to one choice; the others stand for themselves, or are always sent. */
const CHOICES: Readonly<Partial<Record<AlertKind, MutableAlert>>> = {
  key_blocked: "key_blocked",
  quota_dry: "quota_dry",
  incident_opened: "incidents",
  incident_closed: "incidents",
  budget_used: "budget_used",
  writes_used: "writes_used",
};

/**
 * Raises alerts that weren't raised before, and removes topics, in one transaction: each is raised once, whatever the
 * number of runs.
 * @returns How many were raised.
 */
export async function raiseAlerts(
  db: Database,
  found: readonly NewAlert[],
  { channels, limit, over, muted }: Raising,
  nowMs: number,
): Promise<number> {
  if (channels.length === 0) return 0;
  const isMuted = ({ kind }: NewAlert) => muted.some((choice) => choice === CHOICES[kind]);
  const rows = found
    .filter((alert) => !isMuted(alert))
    .flatMap((alert) => channels.map((channel) => ({ ...alert, channel })))
    .map((row, index) => ({ ...row, id: newRowId("al", nowMs, index) }));
  const alertsJson = JSON.stringify(rows);
  const [raised] = await runBatch(db, [
    sql`
      insert into alerts (id, kind, details, channel, created_at_ms, failures, next_try_ms)
      select a.value ->> 'id', a.value ->> 'kind', a.value -> 'details', a.value ->> 'channel',
        ${nowMs}, 0, ${nowMs}
      from json_each(${alertsJson}) a
      where exists (
        select 1 from json_each(a.value, '$.topics') t
        where t.value not in (select topic from alert_topics))
      order by a.key limit ${limit * channels.length}`,
    sql`
      insert into alert_topics (topic, at_ms)
      select t.value, ${nowMs} from json_each(${alertsJson}) a, json_each(a.value, '$.topics') t
      where exists (select 1 from alerts where alerts.id = a.value ->> 'id')
      on conflict (topic) do nothing`,
    sql`
      delete from alert_topics where topic in (select value from json_each(${JSON.stringify(over)}))
        or (not ${isLasting} and at_ms < ${nowMs - TOPIC_LIFE_MS})`,
  ]);
  return (raised?.meta.changes ?? 0) / channels.length;
}

/** Alerts to send now, oldest first. */
export function listDueAlerts(db: Database, limit: number, nowMs: number): Promise<AlertRow[]> {
  return db
    .select()
    .from(alerts)
    .where(and(isNotNull(alerts.nextTryMs), lte(alerts.nextTryMs, nowMs)))
    .orderBy(asc(alerts.id))
    .limit(limit);
}

export type AlertDelivery = Pick<
  AlertRow,
  "id" | "failures" | "nextTryMs" | "deliveredAtMs" | "problem"
>;

/** Records the results of deliveries. */
export async function writeDeliveries(
  db: Database,
  deliveries: readonly AlertDelivery[],
): Promise<void> {
  await runBatch(db, [
    sql`
      ${withRows(JSON.stringify(deliveries), "id")}
      update alerts set failures = e.value ->> 'failures', next_try_ms = e.value ->> 'nextTryMs',
        delivered_at_ms = e.value ->> 'deliveredAtMs', problem = e.value ->> 'problem'
      from e where alerts.id = e.id`,
  ]);
}

/** The newest first. */
export function listAlerts(db: Database, limit: number): Promise<AlertRow[]> {
  return db.select().from(alerts).orderBy(desc(alerts.id)).limit(limit);
}

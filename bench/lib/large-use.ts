/**
 * The stored usage of a large team: a log of two weeks, sums of 90 days by hour and by day, and key events. Counted by
 * the recorder's own arithmetic, and written directly into D1's file, because it is several million rows.
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { NOTE_UNDIGESTED } from "../../lib/db/dump.ts";
import { newRowId } from "../../lib/db/new-row-id.ts";
import {
  CELL_KEY_COLUMNS,
  CELL_VALUE_COLUMNS,
  KEY_HOUR_COLUMNS,
} from "../../lib/db/schema/usage-schema.ts";
import { CELL_COLUMNS } from "../../lib/db/usage/usage-cells.ts";
import { quotaDayStartMs } from "../../lib/providers/answers/quota-day.ts";
import { newRequestId } from "../../lib/proxy/new-request-id.ts";
import type { RequestEvent } from "../../lib/usage/request-event.ts";
import { Cells, DAY_MS, HOUR_MS, type StoredCell } from "../../lib/usage/rollup.ts";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import type { LargeTeam } from "./large-team.ts";
import { modelName, PROVIDERS, sampleRequest } from "./sample-request.ts";

const LOG_MS = 14 * DAY_MS;
const ROLLUP_MS = 90 * DAY_MS;
/** The provider whose keys have a daily quota. */
const DAILY = "google-ai-studio";
const DAILY_ZONE = "America/Los_Angeles";
const KEY_HOUR_TABLE = ["bucket_ms", "provider", "key_id", "answers", "cells"];
const CHUNK_CELLS = 1_000;

/**
 * Fills an empty store; no server may run on the folder. The hour that isn't over stays packed, as compaction leaves
 * it.
 * @param requests In the log's days; earlier days are as busy.
 */
export async function recordLargeUse(
  dataDir: string,
  team: LargeTeam,
  requests: number,
  nowMs: number,
): Promise<void> {
  const store = new DatabaseSync(await databaseFile(dataDir));
  const random = new SeededRandom(4);
  try {
    store.exec("pragma synchronous = off; begin");
    const insertLog = store.prepare(
      `insert into request_log (${LOG_COLUMNS.join(", ")})
       values (${LOG_COLUMNS.map(() => "?").join(", ")})`,
    );
    const insertCell = store.prepare(
      `insert into usage_hourly (${CELL_COLUMNS.join(", ")})
       values (${CELL_COLUMNS.map(() => "?").join(", ")})`,
    );
    const openHourMs = floorTo(nowMs, HOUR_MS);
    const firstHourMs = floorTo(nowMs, DAY_MS) - LOG_MS + DAY_MS;
    const hours = (openHourMs - firstHourMs) / HOUR_MS + 1;
    for (let hour = 0; hour < hours; hour += 1) {
      const hourMs = firstHourMs + hour * HOUR_MS;
      const isOpen = hourMs === openHourMs;
      const spanMs = isOpen ? nowMs - hourMs : HOUR_MS;
      const upTo = (hoursOver: number) => Math.floor((hoursOver * requests) / (hours - 0.5));
      // The open hour is the slowest to read. Whenever this runs, it contains half of the maximum.
      const count = (isOpen ? requests : upTo(hour + 1)) - upTo(hour);
      const cells = new Cells();
      for (let made = 0; made < count; made += 1) {
        const event = sampleRequest(team, random, Math.floor(hourMs + (made * spanMs) / count));
        const costNanoUsd = event.usage === null ? null : random.around(2_000_000);
        cells.add(event, costNanoUsd);
        insertLog.run(...logValues(event, costNanoUsd));
      }
      const stored = cells.toStored();
      if (isOpen) insertOpenHour(store, stored);
      else for (const cell of stored) insertCell.run(...cell);
    }
    sumDays(store);
    packKeyHours(store);
    for (const table of ["usage_hourly", "usage_key_hours", "usage_daily"]) {
      repeatEarlier(store, table, firstHourMs, nowMs);
    }
    insertKeyEvents(store, team, random, nowMs);
    for (const statement of NOTE_UNDIGESTED.values()) store.exec(statement);
    store.exec("commit; pragma wal_checkpoint(truncate)");
  } finally {
    store.close();
  }
}

/** The file of the only D1 in a data folder. */
export async function databaseFile(dataDir: string): Promise<string> {
  const folder = join(dataDir, "d1/miniflare-D1DatabaseObject");
  const files = (await readdir(folder)).filter((file) => /^[0-9a-f]+\.sqlite$/.test(file));
  if (files.length !== 1) throw new Error(`not one D1 in ${folder}: ${files.join(", ")}`);
  return join(folder, files.join());
}

const LOG_COLUMNS = [
  "id",
  "at_ms",
  "provider",
  "model",
  "token_id",
  "user_id",
  "key_id",
  "outcome",
  "status",
  "error_code",
  "duration_ms",
  "time_to_first_token_ms",
  "time_to_first_byte_ms",
  "is_stream",
  "attempt_count",
  "attempts",
  "input_tokens",
  "output_tokens",
  "cached_input_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "is_estimate",
  "cost_nano_usd",
  "gateway_log_id",
] as const;

/** In the order of `LOG_COLUMNS`. */
function logValues(event: RequestEvent, costNanoUsd: number | null) {
  const { usage, attempts } = event;
  return [
    event.id,
    event.atMs,
    event.provider,
    event.model,
    event.tokenId,
    event.userId,
    attempts.at(-1)?.keyId ?? null,
    event.outcome,
    event.status,
    event.errorCode,
    event.durationMs,
    event.timeToFirstTokenMs,
    event.timeToFirstByteMs,
    Number(event.isStream),
    attempts.length,
    JSON.stringify(attempts),
    usage?.inputTokens ?? null,
    usage?.outputTokens ?? null,
    usage?.cachedInputTokens ?? null,
    usage?.cacheWriteTokens ?? null,
    usage?.reasoningTokens ?? null,
    Number(usage?.isEstimate ?? false),
    costNanoUsd,
    event.gatewayLogId,
  ];
}

function insertOpenHour(store: DatabaseSync, cells: readonly StoredCell[]): void {
  const insert = store.prepare("insert into usage_open_hours values (?, ?, ?, ?)");
  const bySide = Map.groupBy(cells, ([, side]) => side);
  for (const [side, own] of bySide) {
    for (let from = 0; from < own.length; from += CHUNK_CELLS) {
      const chunk = own.slice(from, from + CHUNK_CELLS);
      insert.run(chunk[0]?.[0] ?? 0, side, from / CHUNK_CELLS, JSON.stringify(chunk));
    }
  }
}

/** The days of the hours, as compaction sums them: without models on the key side. */
function sumDays(store: DatabaseSync): void {
  const dayColumns: Readonly<Record<string, string>> = {
    bucket_ms: `bucket_ms - bucket_ms % ${DAY_MS}`,
    model: "iif(side = 'key', '', model)",
  };
  const keys = CELL_KEY_COLUMNS.map((column) => dayColumns[column] ?? column);
  const sums = CELL_VALUE_COLUMNS.map((column) => `sum(${column})`);
  store.exec(`
    insert into usage_daily (${CELL_COLUMNS.join(", ")})
    select ${[...keys, ...sums].join(", ")} from usage_hourly
    group by ${keys.map((_, index) => index + 1).join(", ")}`);
}

/** Hours that are over have a row for each key, as compaction packs them. */
function packKeyHours(store: DatabaseSync): void {
  store.exec(`
    insert into usage_key_hours (${KEY_HOUR_TABLE.join(", ")})
    select bucket_ms, provider, subject_id,
      json_group_object(model, requests) filter (where outcome = 'ok'),
      json_group_array(json_array(${KEY_HOUR_COLUMNS.join(", ")}))
    from usage_hourly where side = 'key' group by 1, 2, 3;
    delete from usage_hourly where side = 'key'`);
}

/** The weeks before the log were like those in it. */
function repeatEarlier(store: DatabaseSync, table: string, firstHourMs: number, nowMs: number) {
  const columns = table === "usage_key_hours" ? KEY_HOUR_TABLE : CELL_COLUMNS;
  const rest = columns.filter((column) => column !== "bucket_ms").join(", ");
  for (let backMs = LOG_MS; backMs < ROLLUP_MS; backMs += LOG_MS) {
    store.exec(`
      insert into ${table} (bucket_ms, ${rest}) select bucket_ms - ${backMs}, ${rest} from ${table}
      where bucket_ms >= ${Math.max(firstHourMs, nowMs - ROLLUP_MS + backMs)}`);
  }
}

/**
 * Every day each key of one provider uses up its quota for two models; some go into cooldown for a minute from time to
 * time.
 */
function insertKeyEvents(
  store: DatabaseSync,
  { keyIds }: LargeTeam,
  random: SeededRandom,
  nowMs: number,
): void {
  const insert = store.prepare(`
    insert into key_events (id, key_id, provider, kind, model, until_ms, evidence, at_ms)
    values (?, ?, ?, 'cooled', ?, ?, ?, ?)`);
  const insertRest = store.prepare(`
    insert or ignore into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
    values (?, ?, ?, ?, ?, ?, 1)`);
  const cool = (
    keyId: string,
    provider: string,
    meaning: string,
    atMs: number,
    untilMs: number,
  ) => {
    const model = modelName(provider, random.between(0, 1));
    const evidence = JSON.stringify({
      meaning,
      rule: meaning,
      status: 429,
      words: "Quota exceeded.",
      requestId: newRequestId(atMs, random.next()),
      model,
      atMs,
    });
    insert.run(newRowId("ke", atMs), keyId, provider, model, untilMs, evidence, atMs);
    if (untilMs > nowMs) insertRest.run(keyId, model, untilMs, meaning, evidence, atMs);
  };
  const todayMs = quotaDayStartMs(DAILY_ZONE, nowMs);
  for (let dayMs = todayMs - ROLLUP_MS; dayMs <= todayMs; dayMs += DAY_MS) {
    for (const [place, { slug: provider }] of PROVIDERS.entries()) {
      for (const keyId of keyIds[place] ?? []) {
        const atMs = dayMs + random.between(6 * HOUR_MS, DAY_MS - 1);
        if (atMs > nowMs) continue;
        if (provider === DAILY) cool(keyId, provider, "rate_limit_day", atMs, dayMs + DAY_MS);
        else if (random.chance(0.2))
          cool(keyId, provider, "rate_limit_minute", atMs, atMs + 60_000);
      }
    }
  }
}

function floorTo(ms: number, step: number): number {
  return Math.floor(ms / step) * step;
}

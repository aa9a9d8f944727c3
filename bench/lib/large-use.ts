/**
 * What a large team has used, in the store: a log of two weeks, sums of 90 days by the hour and by the day,
 * and what happened to keys. Counted by the recorder's own arithmetic, and written past D1 straight into its
 * file, since it is some million rows.
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newRowId } from "../../lib/db/new-row-id.ts";
import { CELL_COLUMNS } from "../../lib/db/usage-cells.ts";
import { CELL_KEY_COLUMNS, CELL_VALUE_COLUMNS } from "../../lib/db/usage-schema.ts";
import { quotaDayStartMs } from "../../lib/providers/quota-day.ts";
import { newRequestId } from "../../lib/proxy/new-request-id.ts";
import type { AttemptRecord, RequestEvent } from "../../lib/usage/request-event.ts";
import { Cells, DAY_MS, HOUR_MS, type StoredCell } from "../../lib/usage/rollup.ts";
import { NO_USAGE } from "../../lib/usage/types.ts";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { type LargeTeam, PROVIDERS } from "./large-team.ts";

const MODELS_OF_EACH = 4;
const LOG_MS = 14 * DAY_MS;
const ROLLUP_MS = 90 * DAY_MS;
/** The provider whose keys have a quota a day. */
const DAILY = "google-ai-studio";
const DAILY_ZONE = "America/Los_Angeles";

export const modelName = (provider: string, model: number) => `${provider}-model-${model}`;

/**
 * Fills an empty store; no server may run on the folder. The hour that is not over stays in the journal, as
 * compaction leaves it.
 * @param requests Of the log's days; the older days are as busy.
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
      `insert into request_log values (${Array(LOG_WIDTH).fill("?").join(", ")})`,
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
      // The journal is the slowest to read. Whenever this runs, it holds as much as compaction leaves there.
      const count = (isOpen ? requests : upTo(hour + 1)) - upTo(hour);
      const cells = new Cells();
      for (let made = 0; made < count; made += 1) {
        const event = sampleRequest(team, random, Math.floor(hourMs + (made * spanMs) / count));
        const costNanoUsd = event.usage === null ? null : random.around(2_000_000);
        cells.add(event, costNanoUsd);
        insertLog.run(...logValues(event, costNanoUsd));
      }
      const stored = cells.toStored();
      if (isOpen) insertJournal(store, stored, nowMs);
      else for (const cell of stored) insertCell.run(...cell);
    }
    sumDays(store);
    for (const table of ["usage_hourly", "usage_daily"]) {
      repeatEarlier(store, table, firstHourMs, nowMs);
    }
    insertKeyEvents(store, team, random, nowMs);
    store.exec("commit; pragma wal_checkpoint(truncate)");
  } finally {
    store.close();
  }
}

/** The file of the only D1 in a data folder. */
async function databaseFile(dataDir: string): Promise<string> {
  const folder = join(dataDir, "d1/miniflare-D1DatabaseObject");
  const files = (await readdir(folder)).filter((file) => /^[0-9a-f]+\.sqlite$/.test(file));
  if (files.length !== 1) throw new Error(`not one D1 in ${folder}: ${files.join(", ")}`);
  return join(folder, files.join());
}

function sampleRequest(team: LargeTeam, random: SeededRandom, atMs: number): RequestEvent {
  const place = random.between(0, PROVIDERS.length - 1);
  const provider = PROVIDERS[place] ?? "";
  const model = modelName(provider, random.between(0, MODELS_OF_EACH - 1));
  const token = team.tokens[random.between(0, team.tokens.length - 1)];
  const keyIds = team.keyIds[place] ?? [];
  const attempt = (meaning: AttemptRecord["meaning"], status: number, words: string | null) => ({
    keyId: keyIds[random.between(0, keyIds.length - 1)] ?? "",
    afterMs: random.between(1, 9),
    tookMs: random.around(400),
    status,
    meaning,
    rule: meaning,
    words,
  });
  const limited = () => attempt("rate_limit_minute", 429, "Rate limit reached for requests.");
  const refused = Array.from({ length: random.chance(0.05) ? random.between(1, 3) : 0 }, limited);
  const firstMs = random.around(400);
  const event = {
    id: newRequestId(atMs, random.next()),
    atMs,
    provider,
    model,
    tokenId: token?.id ?? null,
    userId: token?.userId ?? null,
    errorCode: null,
    durationMs: firstMs + random.around(1_200),
    timeToFirstTokenMs: firstMs,
    isStream: true,
    gatewayLogId: null,
  };
  const fate = random.next();
  if (fate < 0.01) {
    const attempts = [...refused, limited()];
    return { ...event, outcome: "limited", status: 429, attempts, usage: null };
  }
  if (fate < 0.03) {
    const attempts = [...refused, attempt("client_error", 400, "Too many tokens.")];
    return { ...event, outcome: "client_error", status: 400, attempts, usage: null };
  }
  const usage = {
    ...NO_USAGE,
    inputTokens: random.around(900),
    outputTokens: random.around(200),
    cachedInputTokens: random.chance(0.3) ? random.between(1, 400) : 0,
    isEstimate: fate < 0.05,
  };
  const attempts = [...refused, attempt("ok", 200, null)];
  if (fate < 0.05) return { ...event, outcome: "aborted", status: 499, attempts, usage };
  return { ...event, outcome: "ok", status: 200, attempts, usage };
}

const LOG_WIDTH = 23;

/** In the order of the table's columns. */
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

function insertJournal(store: DatabaseSync, cells: readonly StoredCell[], nowMs: number): void {
  store
    .prepare("insert into usage_journal values (?, ?, ?, 0, 0, 0)")
    .run(newRowId("uf", nowMs), nowMs, JSON.stringify(cells));
}

/** The days of the hours, as compaction sums them: without models on the key's side. */
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

/** The weeks before the log were like those in it. */
function repeatEarlier(store: DatabaseSync, table: string, firstHourMs: number, nowMs: number) {
  const rest = CELL_COLUMNS.filter((column) => column !== "bucket_ms").join(", ");
  for (let backMs = LOG_MS; backMs < ROLLUP_MS; backMs += LOG_MS) {
    store.exec(`
      insert into ${table} (bucket_ms, ${rest}) select bucket_ms - ${backMs}, ${rest} from ${table}
      where bucket_ms >= ${Math.max(firstHourMs, nowMs - ROLLUP_MS + backMs)}`);
  }
}

/** Every day each key of one provider spends its quota for two models; some rest for a minute now and then. */
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
    for (const [place, provider] of PROVIDERS.entries()) {
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

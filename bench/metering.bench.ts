/**
 * What metering writes, and how fast what it wrote is read: D1 rows per 1,000 requests at 100 requests a
 * second, and the log and the sums of use with 1,000,000 rows of log. `METERING_ROWS` sets another number.
 * @module
 */
import "../scripts/resolve-lib.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../lib/db/open-database.ts";
import type { RequestEvent } from "../lib/usage/request-event.ts";
import { openLocalDatabase } from "../scripts/backup/local-database.ts";
import { SeededRandom } from "../scripts/demo/seeded-random.ts";
import { applyMigrations } from "../scripts/migrate.ts";
import { median, quantile } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

// What imports lib/ waits until Node knows how to.
const { newRequestId } = await import("../lib/proxy/new-request-id.ts");
const { openDatabase } = await import("../lib/db/open-database.ts");
const { DEFAULT_SETTINGS } = await import("../lib/db/settings.ts");
const { UsageRecorder } = await import("../lib/db/usage-recorder.ts");
const { listRequests } = await import("../lib/manage/list-requests.ts");
const { readUsage } = await import("../lib/manage/read-usage.ts");
const { NO_USAGE } = await import("../lib/usage/types.ts");

const LOG_ROWS = Number(process.env.METERING_ROWS ?? 1_000_000);
const RATE_PER_SECOND = 100;
const MEASURED_REQUESTS = 20_000;
const DAY_MS = 86_400_000;
const RUNS = 15;
/** How often one isolate flushes. */
const FLUSH_GAPS = [
  ["all", 1_000],
  ["none", 10_000],
] as const;
const FULL_FLUSH = 500;

const random = new SeededRandom(1);
const dataDir = await mkdtemp(join(tmpdir(), "one-balance-metering-"));
try {
  const writes = [];
  for (const [requests, flushGapMs] of FLUSH_GAPS) {
    const perThousand = await withStore(requests, async (store) => {
      const portion = (flushGapMs / 1_000) * RATE_PER_SECOND;
      const gapMs = 1_000 / RATE_PER_SECOND;
      await record(store, Date.now() - DAY_MS, gapMs, MEASURED_REQUESTS, requests, portion);
      return (store.rowsWritten() / MEASURED_REQUESTS) * 1_000;
    });
    writes.push({ log: requests, rowsPer1000Requests: Math.round(perThousand) });
  }
  console.table(writes);
  const reads = await withStore("large", measureReads);
  console.table(reads);
  await writeResult("metering", {
    requestsPerSecond: RATE_PER_SECOND,
    requests: MEASURED_REQUESTS,
    writes,
    logRows: LOG_ROWS,
    runs: RUNS,
    reads,
  });
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

interface Store {
  readonly db: Database;
  /** As D1 counted them in all batches so far. */
  rowsWritten(): number;
}

async function withStore<Result>(name: string, run: (store: Store) => Promise<Result>) {
  const local = await openLocalDatabase(join(dataDir, name));
  try {
    await applyMigrations(local.database);
    let rows = 0;
    const { database } = local;
    const counted = {
      prepare: (query: string) => database.prepare(query),
      batch: async (statements: Parameters<typeof database.batch>[0]) => {
        const results = await database.batch(statements);
        for (const { meta } of results) rows += meta.rows_written;
        return results;
      },
    };
    // The two methods that lib/db calls; Miniflare's types are the package's, not the global ones.
    const db = openDatabase(counted as unknown as D1Database);
    return await run({ db, rowsWritten: () => rows });
  } finally {
    await local.close();
  }
}

/**
 * Requests at even distances, by the recorder with its clock set to theirs.
 * @param portion Requests between two calls of `flush`.
 */
async function record(
  { db }: Store,
  fromMs: number,
  gapMs: number,
  count: number,
  requests: "all" | "none",
  portion: number,
): Promise<void> {
  let clockMs = fromMs;
  const settings = {
    ...DEFAULT_SETTINGS,
    logging: { ...DEFAULT_SETTINGS.logging, requests },
    metering: { dailyRowBudget: 0 },
  };
  const recorder = new UsageRecorder({
    db,
    nowMs: () => clockMs,
    sleep: async (ms) => {
      clockMs += ms;
    },
    random: random.next,
    settings: () => settings,
  });
  for (let made = 0; made < count; made++) {
    const atMs = Math.floor(fromMs + made * gapMs);
    clockMs = Math.max(clockMs, atMs);
    recorder.add(sampleRequest(atMs));
    if ((made + 1) % portion === 0) await recorder.flush();
  }
  while (recorder.isDue()) await recorder.flush();
}

/** 20 models, 50 tokens, 1,000 keys. */
function sampleRequest(atMs: number): RequestEvent {
  const keyId = `pk_${random.between(0, 999)}`;
  return {
    id: newRequestId(atMs, random.next()),
    atMs,
    provider: `provider-${random.between(0, 4)}`,
    model: `model-${random.between(0, 19)}`,
    tokenId: `at_${random.between(0, 49)}`,
    userId: null,
    outcome: "ok",
    status: 200,
    errorCode: null,
    durationMs: random.around(1_200),
    timeToFirstTokenMs: random.around(400),
    isStream: true,
    attempts: [
      { keyId, afterMs: 1, tookMs: 400, status: 200, meaning: "ok", rule: null, words: null },
    ],
    usage: { ...NO_USAGE, inputTokens: random.around(900), outputTokens: random.around(200) },
    gatewayLogId: null,
  };
}

async function measureReads(store: Store) {
  const spanMs = 13 * DAY_MS;
  const nowMs = Date.now();
  await record(store, nowMs - spanMs, spanMs / LOG_ROWS, LOG_ROWS, "all", FULL_FLUSH);
  const actor = { kind: "system", id: "bench", name: "bench", ip: null, userAgent: null } as const;
  const context = { db: store.db, secrets: null, nowMs: () => nowMs, actor };
  const page = { limit: 50, format: "json" } as const;
  const reads: Readonly<Record<string, () => Promise<unknown>>> = {
    "log, first page": () => listRequests(context, page),
    "log, one key's": () => listRequests(context, { ...page, key: "pk_7" }),
    "log, filter that nothing fits": () => listRequests(context, { ...page, status: 418 }),
    "use of a day by hour and model": () =>
      readUsage(context, { bucket: "hour", groupBy: "model" }),
    "use of 30 days by model": () => readUsage(context, { bucket: "day", groupBy: "model" }),
  };
  const rows = [];
  for (const [read, run] of Object.entries(reads)) {
    const times: number[] = [];
    for (let made = 0; made < RUNS; made++) {
      const beganMs = performance.now();
      await run();
      times.push(performance.now() - beganMs);
    }
    const [p50, p95] = [median(times), quantile(times, 0.95)];
    rows.push({ read, medianMs: Math.round(p50), p95Ms: Math.round(p95) });
  }
  return rows;
}

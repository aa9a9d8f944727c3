/**
 * What metering writes, and how fast it can be read: D1 rows per 1,000 requests at 100 requests per second, over an
 * hour and its end, and the log and the usage sums with 1,000,000 log rows. `METERING_ROWS` sets another number.
 * @module
 */
import "../scripts/resolve-lib.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../lib/db/open-database.ts";
import { openLocalDatabase } from "../scripts/backup/local-database.ts";
import { SeededRandom } from "../scripts/demo/seeded-random.ts";
import { applyMigrations } from "../scripts/migrate.ts";
import { median, quantile } from "./lib/quantile.ts";
import type { Traffic } from "./lib/sample-request.ts";
import { writeResult } from "./lib/write-result.ts";

// Imports of lib/ wait until Node can resolve them.
const { openDatabase } = await import("../lib/db/open-database.ts");
const { listRequests } = await import("../lib/manage/usage/list-requests.ts");
const { readUsage } = await import("../lib/manage/usage/read-usage.ts");
const { RecordingIsolate } = await import("./lib/recording-isolate.ts");
const { PROVIDERS, sampleRequest } = await import("./lib/sample-request.ts");

const LOG_ROWS = Number(process.env.METERING_ROWS ?? 1_000_000);
const RATE_PER_SECOND = 100;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** The requests of an hour, and a few minutes of the next, in which it is folded. */
const MEASURED_MS = HOUR_MS + 300_000;
const RUNS = 15;
const TOKENS = 50;
/** With the log and the tags that usage is counted by: what is written, and how often an isolate does. */
const LOGS = [
  { log: "all", tags: 0, flushGapMs: 1_000, mostRows: 1_200 },
  { log: "none", tags: 0, flushGapMs: 10_000, mostRows: 50 },
  { log: "none", tags: 2, flushGapMs: 10_000, mostRows: 60 },
] as const;
/** By tag; more values of the first than a day tells apart. */
const TAG_VALUES = { customer: 300, feature: 20 } as const;
const FULL_FLUSH = 500;

const random = new SeededRandom(1);
const dataDir = await mkdtemp(join(tmpdir(), "one-balance-metering-"));
let failures = 0;
try {
  const writes = [];
  for (const { log, tags, flushGapMs, mostRows } of LOGS) {
    for (const keys of [20, 1_000]) {
      for (const isolates of [1, 3]) {
        const perThousand = await withStore(`${log}-${tags}-${keys}-${isolates}`, (store) =>
          measureWrites(store, { log, tags, flushGapMs, keys, isolates }),
        );
        const isRight = perThousand <= mostRows;
        if (!isRight) failures += 1;
        const row = {
          log,
          tags,
          keys,
          isolates,
          rowsPer1000Requests: Number(perThousand.toFixed(1)),
          "at most": mostRows,
          "": isRight ? "ok" : "MISSED",
        };
        console.log(Object.values(row).join(", "));
        writes.push(row);
      }
    }
  }
  console.table(writes);
  const reads = await withStore("large", measureReads);
  console.table(reads);
  await writeResult("metering", {
    requestsPerSecond: RATE_PER_SECOND,
    seconds: MEASURED_MS / SECOND_MS,
    writes,
    logRows: LOG_ROWS,
    runs: RUNS,
    reads,
  });
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
if (failures > 0) {
  console.error(`${failures} missed`);
  process.exitCode = 1;
}

interface Store {
  readonly db: Database;
  /** As counted by D1 in all batches so far. */
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

function trafficOf(keys: number): Traffic {
  return {
    tokens: Array.from({ length: TOKENS }, (_, index) => ({ id: `at_${index}`, userId: null })),
    keyIds: PROVIDERS.map(({ slug, share }) =>
      Array.from({ length: keys * share }, (_, index) => `pk_${slug}_${index}`),
    ),
  };
}

function someTags(random: SeededRandom): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(TAG_VALUES).map(([name, values]) => [
      name,
      `${name}-${random.between(1, values)}`,
    ]),
  );
}

/** Rows per 1,000 requests, including all of an hour's folding. */
async function measureWrites(
  store: Store,
  wish: {
    readonly log: "all" | "none";
    readonly tags: number;
    readonly flushGapMs: number;
    readonly keys: number;
    readonly isolates: number;
  },
): Promise<number> {
  const traffic = trafficOf(wish.keys);
  const names = Object.keys(TAG_VALUES).slice(0, wish.tags);
  const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
  const isolates = Array.from(
    { length: wish.isolates },
    () => new RecordingIsolate(store.db, wish.log, startMs, random, names),
  );
  let requests = 0;
  for (let passedMs = 0; passedMs < MEASURED_MS; passedMs += SECOND_MS) {
    for (let made = 0; made < RATE_PER_SECOND; made += 1) {
      const atMs = startMs + passedMs + (made * SECOND_MS) / RATE_PER_SECOND;
      isolates[requests % isolates.length]?.recorder.add({
        ...sampleRequest(traffic, random, atMs),
        ...(names.length > 0 && { tags: someTags(random) }),
      });
      requests += 1;
    }
    const endMs = startMs + passedMs + SECOND_MS;
    for (const [index, isolate] of isolates.entries()) {
      isolate.clockMs = Math.max(isolate.clockMs, endMs);
      const isItsTurn = (passedMs / SECOND_MS + index + 1) % (wish.flushGapMs / SECOND_MS) === 0;
      if (isItsTurn) await isolate.recorder.flush();
    }
  }
  return (store.rowsWritten() / requests) * 1_000;
}

/** Fills the log, at even intervals. */
async function recordLog({ db }: Store, fromMs: number, gapMs: number): Promise<void> {
  const traffic = trafficOf(1_000);
  const isolate = new RecordingIsolate(db, "all", fromMs, random);
  for (let made = 0; made < LOG_ROWS; made += 1) {
    const atMs = Math.floor(fromMs + made * gapMs);
    isolate.clockMs = Math.max(isolate.clockMs, atMs);
    isolate.recorder.add(sampleRequest(traffic, random, atMs));
    if ((made + 1) % FULL_FLUSH === 0) await isolate.recorder.flush();
  }
  while (isolate.recorder.isDue()) await isolate.recorder.flush();
}

async function measureReads(store: Store) {
  const spanMs = 13 * DAY_MS;
  const nowMs = Date.now();
  await recordLog(store, nowMs - spanMs, spanMs / LOG_ROWS);
  const actor = { kind: "system", id: "bench", name: "bench", ip: null, userAgent: null } as const;
  const context = { db: store.db, secrets: null, nowMs: () => nowMs, actor };
  const page = { limit: 50, format: "json" } as const;
  const reads: Readonly<Record<string, () => Promise<unknown>>> = {
    "log, first page": () => listRequests(context, page),
    "log, one key's": () => listRequests(context, { ...page, key: "pk_openai_7" }),
    "log, filter that nothing fits": () => listRequests(context, { ...page, status: 418 }),
    "use of a day by hour and model": () =>
      readUsage(context, { bucket: "hour", groupBy: "model" }),
    "use of a day by hour and key": () => readUsage(context, { bucket: "hour", groupBy: "key" }),
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

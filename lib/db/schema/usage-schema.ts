/**
 * The tables of D1 about use: the log of requests, and what rollups of it are made of. Times are epoch
 * milliseconds, costs whole nano-dollars.
 *
 * Every written row counts against the plan's daily number, and so does every index it touches and every
 * row deleted later, however long it is. So all tables here have no index but their primary key, and are
 * `WITHOUT ROWID` (the migration says so, drizzle cannot), or the key itself would be an index beside the
 * table:
 * - a request in the log is one row;
 * - a flush is one row of `usage_journal`, its cells as JSON, however many keys, models and tokens they
 *   report. Its key is the flush's id, so writing it twice changes nothing;
 * - compaction takes the journal's rows together: cells of hours that are not over go to `usage_open_hours`,
 *   a thousand to a row. The ids that went are kept in `usage_folds`, one row for all, for retries that come
 *   later;
 * - what is over goes to the rollups, one row a cell, but for the key's side of hours, where keys times models
 *   times outcomes would be most of all rows: these are one row for each key and hour, in `usage_key_hours`.
 * Upserting each flush's cells into rollups at once would take some 900 rows for 1,000 requests over 100
 * keys. Readers add up rollups and what is packed (see `usage-cells.ts`).
 * @module
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Provider } from "../../providers/types";
import type { CostBasis } from "../../usage/price";
import type { AttemptRecord } from "../../usage/request-event";
import { CELL_VALUES, LATER_MEASURES, type Side, type StoredCell } from "../../usage/rollup";
import type { Outcome } from "../../usage/types";

/** Newest last: ids begin with the time. */
export const requestLog = sqliteTable("request_log", {
  /** `req_…` */
  id: text("id").primaryKey(),
  atMs: integer("at_ms").notNull(),
  provider: text("provider"),
  model: text("model"),
  tokenId: text("token_id"),
  userId: text("user_id"),
  /** The key of the last attempt. */
  keyId: text("key_id"),
  outcome: text("outcome").$type<Outcome>().notNull(),
  status: integer("status").notNull(),
  errorCode: text("error_code"),
  durationMs: integer("duration_ms").notNull(),
  timeToFirstTokenMs: integer("time_to_first_token_ms"),
  isStream: integer("is_stream", { mode: "boolean" }).notNull(),
  attemptCount: integer("attempt_count").notNull(),
  attempts: text("attempts", { mode: "json" }).$type<readonly AttemptRecord[]>().notNull(),
  inputTokens: integer("input_tokens"),
  outputTokens: integer("output_tokens"),
  cachedInputTokens: integer("cached_input_tokens"),
  cacheWriteTokens: integer("cache_write_tokens"),
  reasoningTokens: integer("reasoning_tokens"),
  isEstimate: integer("is_estimate", { mode: "boolean" }).notNull(),
  /** Null where no price is known. */
  costNanoUsd: integer("cost_nano_usd"),
  /** How the cost came about; null where there is none, and for requests before this was kept. */
  costBasis: text("cost_basis", { mode: "json" }).$type<CostBasis>(),
  gatewayLogId: text("gateway_log_id"),
  /** Answers of a WebSocket's session; null for requests. */
  turns: integer("turns"),
  /** Null too for requests before this was kept. */
  timeToFirstByteMs: integer("time_to_first_byte_ms"),
});

/** What tokens and members with limits have used of a day or a month, for isolates that must know it at once. */
export const tokenSpend = sqliteTable(
  "token_spend",
  {
    /** Id of an access token, or of a user for what all own tokens used together. */
    holderId: text("token_id").notNull(),
    /** `2026-11-23` or `2026-11`, UTC. */
    period: text("period").notNull(),
    requests: integer("requests").notNull(),
    tokens: integer("tokens").notNull(),
    costNanoUsd: integer("cost_nano_usd").notNull(),
  },
  (table) => [primaryKey({ columns: [table.holderId, table.period] })],
);

/** Flushes that are not in the rollups yet. */
export const usageJournal = sqliteTable("usage_journal", {
  /** The flush's id. */
  id: text("id").primaryKey(),
  atMs: integer("at_ms").notNull(),
  cells: text("cells", { mode: "json" }).$type<readonly StoredCell[]>().notNull(),
  /** Rows that the isolate has written since the flush before, as D1 counted them. */
  rowsWritten: integer("rows_written").notNull(),
  /** Requests, and changes of keys, that could not be kept until now. */
  dropped: integer("dropped").notNull(),
  /** Requests that are counted, but were left out of the log to stay within the budget. */
  unlogged: integer("unlogged").notNull(),
});

/** The cells of hours that are not over, taken together from flushes. */
export const usageOpenHours = sqliteTable(
  "usage_open_hours",
  {
    /** Start of the hour. */
    bucketMs: integer("bucket_ms").notNull(),
    side: text("side").$type<Side>().notNull(),
    /** From 0 for each hour and side: a row is short enough for D1, whatever the cells. */
    chunk: integer("chunk").notNull(),
    cells: text("cells", { mode: "json" }).$type<readonly StoredCell[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.bucketMs, table.side, table.chunk] })],
);

/** Ids of flushes that went out of the journal, kept for a day. */
export const usageFolds = sqliteTable("usage_folds", {
  id: text("id").primaryKey(),
  atMs: integer("at_ms").notNull(),
  flushIds: text("flush_ids", { mode: "json" }).$type<readonly string[]>().notNull(),
});

/** The journal's own numbers, by day (UTC). */
export const usageDays = sqliteTable("usage_days", {
  dayMs: integer("day_ms").primaryKey(),
  rowsWritten: integer("rows_written").notNull(),
  dropped: integer("dropped").notNull(),
  unlogged: integer("unlogged").notNull(),
});

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (char) => `_${char.toLowerCase()}`);
/** What cells are told apart by, in the order of the primary key and of `StoredCell`. */
export const CELL_KEY_COLUMNS = [
  "bucket_ms",
  "side",
  "provider",
  "model",
  "subject_id",
  "user_id",
  "outcome",
] as const;

/** The columns of a cell's numbers, in the order of `StoredCell`. */
export const CELL_VALUE_COLUMNS: readonly string[] = CELL_VALUES.map((value) =>
  "measure" in value ? snakeCase(value.measure) : `${value.bucketsOf}_${value.bucket}`,
);

function rollupTable(name: string) {
  const values = CELL_VALUE_COLUMNS.map((column) => [column, countOf(column)] as const);
  return sqliteTable(
    name,
    {
      /** Start of the hour, or of the day (UTC). */
      bucketMs: integer("bucket_ms").notNull(),
      side: text("side").$type<Side>().notNull(),
      provider: text("provider").notNull(),
      /** Empty on the key's side of days, where keys times models would be too many. */
      model: text("model").notNull(),
      subjectId: text("subject_id").notNull(),
      userId: text("user_id").notNull(),
      outcome: text("outcome").$type<Outcome>().notNull(),
      ...Object.fromEntries(values),
    },
    (table) => [
      // The side first: a chart reads one side over a range of time.
      primaryKey({
        columns: [
          table.side,
          table.bucketMs,
          table.provider,
          table.model,
          table.subjectId,
          table.userId,
          table.outcome,
        ],
      }),
    ],
  );
}

/** What rows and packed cells of versions before lack. */
export const LATER_COLUMNS: ReadonlySet<string> = new Set(LATER_MEASURES.map(snakeCase));

function countOf(column: string) {
  const count = integer(column).notNull();
  return LATER_COLUMNS.has(column) ? count.default(0) : count;
}

/** The caller's side; what versions before `usage_key_hours` wrote of the key's side is here too. */
export const usageHourly = rollupTable("usage_hourly");
export const usageDaily = rollupTable("usage_daily");

/** In the order of `usage_key_hours.cells`, of the columns that tell its cells apart. */
export const KEY_HOUR_COLUMNS: readonly string[] = ["model", "outcome", ...CELL_VALUE_COLUMNS];

/** What a key did in an hour that is over. */
export const usageKeyHours = sqliteTable(
  "usage_key_hours",
  {
    bucketMs: integer("bucket_ms").notNull(),
    provider: text("provider").notNull(),
    /** Empty for requests that came to no key. */
    keyId: text("key_id").notNull(),
    /** Good answers by model: what forecasts of quotas ask for, of thousands of hours at once. */
    answers: text("answers", { mode: "json" }).$type<Readonly<Record<string, number>>>().notNull(),
    /** Each an array of the values of `KEY_HOUR_COLUMNS`. */
    cells: text("cells", { mode: "json" }).$type<readonly (readonly unknown[])[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.bucketMs, table.provider, table.keyId] })],
);

/**
 * What a bucket of a rollup comes to on the caller's side, told apart by less and packed: a chart of a month
 * reads 30 rows and no thousands (see `usage-digests.ts`).
 */
export const usageDigests = sqliteTable(
  "usage_digests",
  {
    grain: text("grain").$type<"hour" | "day">().notNull(),
    /** Of `DIGESTS`. */
    name: text("name").notNull(),
    bucketMs: integer("bucket_ms").notNull(),
    /** From 0 for each bucket: a row is short enough for D1, whatever the cells. */
    chunk: integer("chunk").notNull(),
    cells: text("cells", { mode: "json" }).$type<readonly (readonly unknown[])[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.grain, table.name, table.bucketMs, table.chunk] })],
);

/**
 * Buckets whose digests are missing or older than their cells: what writes to the rollups notes them, compaction
 * and a restore. No triggers do, as D1's endpoint for migrations cuts a trigger's body at its semicolons.
 */
export const usageUndigested = sqliteTable(
  "usage_undigested",
  {
    grain: text("grain").$type<"hour" | "day">().notNull(),
    bucketMs: integer("bucket_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.grain, table.bucketMs] })],
);

/**
 * What keys answered of their quota days, so that nobody counts the same hours at each look. Compaction deletes
 * a row whose hours get more cells.
 */
export const quotaDays = sqliteTable(
  "quota_days",
  {
    fromMs: integer("from_ms").notNull(),
    /** The clock that the day follows. */
    zone: text("zone").$type<Provider["quotaDayZone"]>().notNull(),
    /** Nothing later is counted; the day's end where it is over. */
    throughMs: integer("through_ms").notNull(),
    counts: text("counts", { mode: "json" }).$type<readonly KeptCount[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.fromMs, table.zone] })],
);

/** Good answers of a key and model from the day's beginning to `toMs`, the last hour as a whole. */
export type KeptCount = readonly [
  keyId: string,
  provider: string,
  model: string,
  toMs: number,
  answered: number,
];

export type RequestLogRow = typeof requestLog.$inferSelect;

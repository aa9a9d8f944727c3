/**
 * D1 tables for usage: the request log, and the data from which rollups are made. Times are epoch milliseconds, costs
 * whole nano-dollars.
 *
 * Every written row counts against the plan's daily number, and so does every index it touches and every row deleted
 * later, however long it is. So all tables here have no index but their primary key, and are `WITHOUT ROWID` (the
 * migration says so, drizzle can't); otherwise the key itself would be an additional index:
 * - a request in the log is one row;
 * - a flush is one row of `usage_journal`, its cells as JSON, however many keys, models and tokens they cover. Its key
 *   is the flush's id, so writing it twice changes nothing;
 * - compaction combines the journal's rows: cells of hours that aren't over go to `usage_open_hours`, a thousand per
 *   row. The ids of removed rows are kept in `usage_folds`, one row for all, for late retries;
 * - hours that are over go to the rollups, one row per cell, except for the key side of hours, where keys times models
 *   times outcomes would be most of all rows: these are one row per key and hour, in `usage_key_hours`. Upserting each
 *   flush's cells into rollups directly would take about 900 rows for 1,000 requests over 100 keys. Readers add up
 *   rollups and packed cells (see `usage-cells.ts`).
 * @module
 */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Provider } from "../../providers/types";
import type { Tags } from "../../tags/tags";
import type { CostBasis } from "../../usage/price";
import type { AttemptRecord } from "../../usage/request-event";
import { CELL_VALUES, LATER_MEASURES, type Side, type StoredCell } from "../../usage/rollup";
import type { ReachedLimit } from "../../usage/token-limits";
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
  /** Null if no price is known. */
  costNanoUsd: integer("cost_nano_usd"),
  /** How the cost was determined; null if there is none, and for requests before this was recorded. */
  costBasis: text("cost_basis", { mode: "json" }).$type<CostBasis>(),
  gatewayLogId: text("gateway_log_id"),
  /** Responses of a WebSocket session; null for requests. */
  turns: integer("turns"),
  /** Also null for requests before this was recorded. */
  timeToFirstByteMs: integer("time_to_first_byte_ms"),
  /** Null for none. */
  tags: text("tags", { mode: "json" }).$type<Tags>(),
  /** Null unless a limit refused it, and for requests before this was recorded. */
  reachedLimit: text("reached_limit", { mode: "json" }).$type<ReachedLimit>(),
});

/** What tokens and members with limits have used in a day or a month, for isolates that need it immediately. */
export const tokenSpend = sqliteTable(
  "token_spend",
  {
    /** Id of an access token, or of a user for the usage of all their tokens together. */
    holderId: text("token_id").notNull(),
    /** `2026-11-23` or `2026-11`, UTC. */
    period: text("period").notNull(),
    requests: integer("requests").notNull(),
    tokens: integer("tokens").notNull(),
    costNanoUsd: integer("cost_nano_usd").notNull(),
  },
  (table) => [primaryKey({ columns: [table.holderId, table.period] })],
);

/** Flushes that aren't in the rollups yet. */
export const usageJournal = sqliteTable("usage_journal", {
  /** The flush's id. */
  id: text("id").primaryKey(),
  atMs: integer("at_ms").notNull(),
  cells: text("cells", { mode: "json" }).$type<readonly StoredCell[]>().notNull(),
  /** Rows that the isolate has written since the previous flush, as counted by D1. */
  rowsWritten: integer("rows_written").notNull(),
  /** Requests, and changes of keys, that were lost. */
  dropped: integer("dropped").notNull(),
  /** Requests that are counted but were left out of the log to stay within the budget. */
  unlogged: integer("unlogged").notNull(),
});

/** The cells of hours that aren't over, combined from flushes. */
export const usageOpenHours = sqliteTable(
  "usage_open_hours",
  {
    /** Start of the hour. */
    bucketMs: integer("bucket_ms").notNull(),
    side: text("side").$type<Side>().notNull(),
    /** From 0 for each hour and side: a row stays short enough for D1, whatever the cells. */
    chunk: integer("chunk").notNull(),
    cells: text("cells", { mode: "json" }).$type<readonly StoredCell[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.bucketMs, table.side, table.chunk] })],
);

/** Ids of flushes removed from the journal, kept for a day. */
export const usageFolds = sqliteTable("usage_folds", {
  id: text("id").primaryKey(),
  atMs: integer("at_ms").notNull(),
  flushIds: text("flush_ids", { mode: "json" }).$type<readonly string[]>().notNull(),
});

/** The journal's own figures, by day (UTC). */
export const usageDays = sqliteTable("usage_days", {
  dayMs: integer("day_ms").primaryKey(),
  rowsWritten: integer("rows_written").notNull(),
  dropped: integer("dropped").notNull(),
  unlogged: integer("unlogged").notNull(),
});

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (char) => `_${char.toLowerCase()}`);
/** The columns that identify a cell, in the order of the primary key and of `StoredCell`. */
export const CELL_KEY_COLUMNS = [
  "bucket_ms",
  "side",
  "provider",
  "model",
  "subject_id",
  "user_id",
  "outcome",
] as const;

/** The columns of a cell's values, in the order of `StoredCell`. */
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
      /** Empty on the key side of days, where keys times models would be too many. */
      model: text("model").notNull(),
      subjectId: text("subject_id").notNull(),
      userId: text("user_id").notNull(),
      outcome: text("outcome").$type<Outcome>().notNull(),
      ...Object.fromEntries(values),
    },
    (table) => [
      // The side first: a chart reads one side over a time range.
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

/** Columns that rows and packed cells of earlier versions lack. */
export const LATER_COLUMNS: ReadonlySet<string> = new Set(LATER_MEASURES.map(snakeCase));

function countOf(column: string) {
  const count = integer(column).notNull();
  return LATER_COLUMNS.has(column) ? count.default(0) : count;
}

/** The caller side; also what versions before `usage_key_hours` wrote of the key side. */
export const usageHourly = rollupTable("usage_hourly");
export const usageDaily = rollupTable("usage_daily");

/** In the order of `usage_key_hours.cells`: the columns that identify its cells, then the values. */
export const KEY_HOUR_COLUMNS: readonly string[] = ["model", "outcome", ...CELL_VALUE_COLUMNS];

/** A key's usage in an hour that is over. */
export const usageKeyHours = sqliteTable(
  "usage_key_hours",
  {
    bucketMs: integer("bucket_ms").notNull(),
    provider: text("provider").notNull(),
    /** Empty for requests that didn't reach a key. */
    keyId: text("key_id").notNull(),
    /** Successful responses by model: read by quota forecasts, for thousands of hours at once. */
    answers: text("answers", { mode: "json" }).$type<Readonly<Record<string, number>>>().notNull(),
    /** Each an array of the values of `KEY_HOUR_COLUMNS`. */
    cells: text("cells", { mode: "json" }).$type<readonly (readonly unknown[])[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.bucketMs, table.provider, table.keyId] })],
);

/**
 * The totals of a rollup bucket on the caller side, with fewer dimensions and packed: a chart of a month reads 30 rows
 * instead of thousands (see `usage-digests.ts`).
 */
export const usageDigests = sqliteTable(
  "usage_digests",
  {
    grain: text("grain").$type<"hour" | "day">().notNull(),
    /** One of `DIGESTS`. */
    name: text("name").notNull(),
    bucketMs: integer("bucket_ms").notNull(),
    /** From 0 for each bucket: a row stays short enough for D1, whatever the cells. */
    chunk: integer("chunk").notNull(),
    cells: text("cells", { mode: "json" }).$type<readonly (readonly unknown[])[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.grain, table.name, table.bucketMs, table.chunk] })],
);

/**
 * Buckets whose digests are missing or older than their cells, marked by everything that writes to the rollups:
 * compaction and a restore. Not by triggers, because D1's endpoint for migrations splits a trigger's body at its
 * semicolons.
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
 * What was used by the values of a tag in an hour or a day that is over: the tags that an admin chose, packed, because
 * values times models would be too many rows (see `tag-cells.ts`).
 */
export const usageTags = sqliteTable(
  "usage_tags",
  {
    grain: text("grain").$type<"hour" | "day">().notNull(),
    /** The tag's. */
    name: text("name").notNull(),
    bucketMs: integer("bucket_ms").notNull(),
    /** From 0 for each bucket: a row stays short enough for D1, whatever the cells. */
    chunk: integer("chunk").notNull(),
    /** As `StoredCell`. */
    cells: text("cells", { mode: "json" }).$type<readonly StoredCell[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.grain, table.name, table.bucketMs, table.chunk] })],
);

/** The values of a tag that are told apart on a day (UTC): the first ones, up to a bound. The others count together. */
export const usageTagValues = sqliteTable(
  "usage_tag_values",
  {
    dayMs: integer("day_ms").notNull(),
    name: text("name").notNull(),
    /** In the order of their arrival. */
    tagValues: text("tag_values", { mode: "json" }).$type<readonly string[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.dayMs, table.name] })],
);

/**
 * What keys served in their quota days, so that the same hours aren't counted for every page view. Compaction deletes a
 * row whose hours get more cells.
 */
export const quotaDays = sqliteTable(
  "quota_days",
  {
    fromMs: integer("from_ms").notNull(),
    /** The time zone of the day. */
    zone: text("zone").$type<Provider["quotaDayZone"]>().notNull(),
    /** Nothing later is counted; the day's end if it is over. */
    throughMs: integer("through_ms").notNull(),
    counts: text("counts", { mode: "json" }).$type<readonly KeptCount[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.fromMs, table.zone] })],
);

/** Successful responses of a key and model from the day's start to `toMs`, including the whole last hour. */
export type KeptCount = readonly [
  keyId: string,
  provider: string,
  model: string,
  toMs: number,
  answered: number,
];

export type RequestLogRow = typeof requestLog.$inferSelect;

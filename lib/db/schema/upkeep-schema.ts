/**
 * D1 tables for maintenance. Times are epoch milliseconds.
 * @module
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What started a run: the platform's cron, a served request, or a person. */
export type UpkeepTrigger = "cron" | "request" | "person";

export const UPKEEP_FIGURES = [
  "checkedKeys",
  "revivedKeys",
  "writtenUsageRows",
  "digestedBuckets",
  "deletedUsageRows",
  "deletedRecords",
  "endedTokens",
  "readModelLists",
  "countedWorks",
  "raisedAlerts",
  "sentAlerts",
] as const;

export type UpkeepFigure = (typeof UPKEEP_FIGURES)[number];

export type UpkeepFigures = Readonly<Partial<Record<UpkeepFigure, number>>>;

/** What a run did. */
export interface UpkeepReport {
  /** Of the jobs that ran. */
  readonly figures: UpkeepFigures;
  /** Names of jobs that failed; the log says why. */
  readonly failed: readonly string[];
}

/** One row, `id` 1: the current holder, and the result of the previous run. */
export const upkeep = sqliteTable("upkeep", {
  id: integer("id").primaryKey(),
  /** Whose turn it is; null if no run is in progress. */
  holder: text("holder"),
  /** From then on others may take over: the holder has died. */
  leaseUntilMs: integer("lease_until_ms").notNull(),
  /** The start of the last run, whatever its result. */
  startedAtMs: integer("started_at_ms").notNull(),
  startedBy: text("started_by").$type<UpkeepTrigger>().notNull(),
  /** The number of runs started. */
  runs: integer("runs").notNull(),
  /** The end of the last finished run; null before the first. */
  finishedAtMs: integer("finished_at_ms"),
  report: text("report", { mode: "json" }).$type<UpkeepReport>(),
});

/** When blocked keys are re-checked. Kept for a while after a key recovers, because it may be rejected again. */
export const keyRechecks = sqliteTable("key_rechecks", {
  keyId: text("key_id").primaryKey(),
  /** The number of checks since it was first blocked. */
  attempts: integer("attempts").notNull(),
  nextAtMs: integer("next_at_ms").notNull(),
});

export type UpkeepRow = typeof upkeep.$inferSelect;

/**
 * The tables of D1 about what the instance does by itself. Times are epoch milliseconds.
 * @module
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What began a run: the platform's clock, a request that was served, or a person. */
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

/** One row, `id` 1: who runs, and what became of the run before. */
export const upkeep = sqliteTable("upkeep", {
  id: integer("id").primaryKey(),
  /** Whose turn it is; null while nobody runs. */
  holder: text("holder"),
  /** From then on others may take over: the holder has died. */
  leaseUntilMs: integer("lease_until_ms").notNull(),
  /** Of the last run, whatever became of it. */
  startedAtMs: integer("started_at_ms").notNull(),
  startedBy: text("started_by").$type<UpkeepTrigger>().notNull(),
  /** How many runs were started. */
  runs: integer("runs").notNull(),
  /** Of the last run that ended; null before the first. */
  finishedAtMs: integer("finished_at_ms"),
  report: text("report", { mode: "json" }).$type<UpkeepReport>(),
});

/** When blocked keys are asked about again. Kept for a while after a key is back: it may be refused again. */
export const keyRechecks = sqliteTable("key_rechecks", {
  keyId: text("key_id").primaryKey(),
  /** How often it was asked about since it was first blocked. */
  attempts: integer("attempts").notNull(),
  nextAtMs: integer("next_at_ms").notNull(),
});

export type UpkeepRow = typeof upkeep.$inferSelect;

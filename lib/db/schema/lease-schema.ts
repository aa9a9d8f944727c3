/**
 * What isolates report to each other: the limits that they share if no object hands out leases (`lib/leases`), and what
 * they sent to provider keys (`lib/pool/peers`).
 * @module
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ModelReport } from "../../pool/peers/report-format";

/** As in `lib/leases/lease.ts`; the isolate and the time are columns of the row, and times are stored as ages. */
export type StoredReport = readonly [
  limit: string,
  windowMs: number | null,
  permits: number,
  used: number,
  demand: number,
  /** How long it had been in demand then, in milliseconds. */
  heldMs: number,
  /** Absent in rows of earlier releases: 1. */
  unit?: number,
  /** Absent: 0. */
  mayReturn?: number,
];

/**
 * One row per isolate, written while it uses a good part of some limit, and replaced by its next. `WITHOUT ROWID` and
 * without an index, so a report is one written row.
 */
export const isolateLeases = sqliteTable("isolate_leases", {
  isolateId: text("isolate_id").primaryKey(),
  /** By the store's clock. */
  atMs: integer("at_ms").notNull(),
  reports: text("reports", { mode: "json" }).$type<readonly StoredReport[]>().notNull(),
});

/** One row per isolate, written while it uses a good part of provider quotas, and replaced by its next. */
export const isolateUses = sqliteTable("isolate_uses", {
  isolateId: text("isolate_id").primaryKey(),
  /** By the store's clock. */
  atMs: integer("at_ms").notNull(),
  models: text("models", { mode: "json" }).$type<readonly ModelReport[]>().notNull(),
});

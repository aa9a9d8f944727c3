/**
 * The D1 table for incidents: many keys that failed in the same way. Times are epoch milliseconds.
 * @module
 */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { IncidentSighting } from "../../proxy/ports";

export const incidents = sqliteTable("incidents", {
  /** `in_…`; later incidents have greater ids. */
  id: text("id").primaryKey(),
  provider: text("provider").notNull(),
  /** What the failures had in common: the rule that classified them. */
  rule: text("rule").notNull(),
  /** The message of the last one, redacted. */
  meaning: text("meaning").$type<IncidentSighting["meaning"]>().notNull(),
  status: integer("status").notNull(),
  words: text("words").notNull(),
  /** What was undone, and would have been done to the keys. */
  effect: text("effect").$type<IncidentSighting["effect"]>().notNull(),
  keyIds: text("key_ids", { mode: "json" }).$type<readonly string[]>().notNull(),
  openedAtMs: integer("opened_at_ms").notNull(),
  lastSeenMs: integer("last_seen_ms").notNull(),
  /** When a key of the provider worked again; null if none has. */
  closedAtMs: integer("closed_at_ms"),
});

export type IncidentRow = typeof incidents.$inferSelect;

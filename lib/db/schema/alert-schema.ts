/**
 * D1 tables for alerts. Times are epoch milliseconds.
 * @module
 */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export type AlertKind =
  | "key_blocked"
  | "pool_low"
  | "pool_low_group"
  | "quota_dry"
  | "errors_high"
  | "answers_slow"
  | "incident_opened"
  | "incident_closed"
  | "budget_used"
  | "writes_used"
  | "schema_behind"
  | "provider_doubled";

/** How an alert is sent. */
export type AlertChannel = "webhook" | "mail";

/** The values in an alert's text. Never a secret. */
export type AlertDetails = Readonly<Record<string, string | number>>;

/** Alerts and their outcomes, one row per channel: the delivery log. */
export const alerts = sqliteTable(
  "alerts",
  {
    /** `al_…`; later alerts have greater ids. */
    id: text("id").primaryKey(),
    kind: text("kind").$type<AlertKind>().notNull(),
    details: text("details", { mode: "json" }).$type<AlertDetails>().notNull(),
    channel: text("channel").$type<AlertChannel>().notNull().default("webhook"),
    createdAtMs: integer("created_at_ms").notNull(),
    /** Failed deliveries. */
    failures: integer("failures").notNull().default(0),
    /** Null once it is delivered or given up. */
    nextTryMs: integer("next_try_ms"),
    deliveredAtMs: integer("delivered_at_ms"),
    /** Why the last delivery failed. */
    problem: text("problem"),
  },
  (table) => [index("alerts_next_try").on(table.nextTryMs)],
);

/** What was already reported, so that it is reported once. */
export const alertTopics = sqliteTable("alert_topics", {
  topic: text("topic").primaryKey(),
  atMs: integer("at_ms").notNull(),
});

export type AlertRow = typeof alerts.$inferSelect;

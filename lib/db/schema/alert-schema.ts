/**
 * The tables of D1 about alerts. Times are epoch milliseconds.
 * @module
 */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export type AlertKind =
  | "key_blocked"
  | "pool_low"
  | "quota_dry"
  | "incident_opened"
  | "incident_closed"
  | "budget_used"
  | "writes_used"
  | "schema_behind"
  | "provider_doubled";

/** How an alert is sent. */
export type AlertChannel = "webhook" | "mail";

/** What the words of an alert are filled with. Never a secret. */
export type AlertDetails = Readonly<Record<string, string | number>>;

/** Alerts and what became of them, one row a channel: the delivery log. */
export const alerts = sqliteTable(
  "alerts",
  {
    /** `al_…`; later alerts have greater ids. */
    id: text("id").primaryKey(),
    kind: text("kind").$type<AlertKind>().notNull(),
    details: text("details", { mode: "json" }).$type<AlertDetails>().notNull(),
    channel: text("channel").$type<AlertChannel>().notNull().default("webhook"),
    createdAtMs: integer("created_at_ms").notNull(),
    /** How often it was sent without success. */
    failures: integer("failures").notNull().default(0),
    /** Null once it is delivered or given up. */
    nextTryMs: integer("next_try_ms"),
    deliveredAtMs: integer("delivered_at_ms"),
    /** What the last failed try met with. */
    problem: text("problem"),
  },
  (table) => [index("alerts_next_try").on(table.nextTryMs)],
);

/** What was told already, so that it is told once. */
export const alertTopics = sqliteTable("alert_topics", {
  topic: text("topic").primaryKey(),
  atMs: integer("at_ms").notNull(),
});

export type AlertRow = typeof alerts.$inferSelect;

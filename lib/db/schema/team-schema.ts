/**
 * D1 tables about people: who may sign in, and who changed what. Times are epoch milliseconds.
 * @module
 */
import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

/** `admin` may do everything; `member` has their own access tokens, usage and playground; `viewer` reads. */
export type Role = "admin" | "member" | "viewer";

export const users = sqliteTable(
  "users",
  {
    /** `us_…`; later users have greater ids. */
    id: text("id").primaryKey(),
    /** Lower case. */
    email: text("email").notNull(),
    name: text("name").notNull(),
    image: text("image"),
    role: text("role").$type<Role>().notNull(),
    /** Includes the algorithm's parameters; null for people who sign in only through another service. */
    passwordHash: text("password_hash"),
    /** A session with a lower version has ended: raised by "sign out everywhere". */
    sessionVersion: integer("session_version").notNull().default(1),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /** To the hour. */
    lastSeenAtMs: integer("last_seen_at_ms"),
  },
  (table) => [uniqueIndex("users_email").on(table.email)],
);

/** What a member may do in a group: `admin` manages what is the group's, `member` uses it. */
export type GroupRole = "admin" | "member";

/** Who is in a group. A user may be in several. */
export const groupMembers = sqliteTable(
  "group_members",
  {
    groupId: text("group_id").notNull(),
    userId: text("user_id").notNull(),
    role: text("role").$type<GroupRole>().notNull(),
    addedAtMs: integer("added_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.userId] }),
    index("group_members_user").on(table.userId),
  ],
);

/** Accounts at other services (GitHub, Google) by which a user signs in. */
export const accounts = sqliteTable(
  "accounts",
  {
    provider: text("provider").notNull(),
    providerAccountId: text("provider_account_id").notNull(),
    userId: text("user_id").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.providerAccountId] }),
    index("accounts_user").on(table.userId),
  ],
);

export const invites = sqliteTable("invites", {
  /** `iv_…`; later invitations have greater ids. */
  id: text("id").primaryKey(),
  /** SHA-256 of the link's secret, hex. */
  tokenHash: text("token_hash").notNull().unique(),
  role: text("role").$type<Role>().notNull(),
  /** Lower case; the only address that may accept, null for any. */
  email: text("email"),
  createdBy: text("created_by").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  expiresAtMs: integer("expires_at_ms").notNull(),
  acceptedAtMs: integer("accepted_at_ms"),
  acceptedBy: text("accepted_by"),
});

/** A signed-in browser; the row is deleted when it signs out. */
export const sessions = sqliteTable(
  "sessions",
  {
    /** 256 random bits, which the session's cookie contains. */
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** The browser's id in `lib/auth/known-browser.ts`. */
    browserId: text("browser_id").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [index("sessions_user").on(table.userId, table.createdAtMs)],
);

/** Wrong passwords by account, by address and by known browser, in time windows. */
export const loginAttempts = sqliteTable("login_attempts", {
  /** Hash of `account:<email>`, `address:<ip>` or `browser:<email> <id>`. */
  subject: text("subject").primaryKey(),
  failures: integer("failures").notNull(),
  windowStartMs: integer("window_start_ms").notNull(),
  blockedUntilMs: integer("blocked_until_ms").notNull().default(0),
});

export type ActorKind = "user" | "token" | "system";

/** Every change by anyone. Never contains a secret. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    /** `au_…`; later entries have greater ids. */
    id: text("id").primaryKey(),
    atMs: integer("at_ms").notNull(),
    actorKind: text("actor_kind").$type<ActorKind>().notNull(),
    actorId: text("actor_id").notNull(),
    /** At that time: an email address, a token's name. */
    actorName: text("actor_name").notNull(),
    /** `provider-key.update`: what was changed, and how. */
    action: text("action").notNull(),
    subjectKind: text("subject_kind").notNull(),
    /** Null if many were changed at once. */
    subjectId: text("subject_id"),
    /** At that time: a masked key, a token's name. */
    subjectName: text("subject_name").notNull(),
    ip: text("ip"),
    userAgent: text("user_agent"),
    before: text("before", { mode: "json" }).$type<Readonly<Record<string, unknown>>>(),
    after: text("after", { mode: "json" }).$type<Readonly<Record<string, unknown>>>(),
    /** How many rows the change affected. */
    count: integer("count").notNull(),
  },
  (table) => [
    index("audit_log_subject").on(table.subjectKind, table.subjectId),
    index("audit_log_actor").on(table.actorId),
  ],
);

/** Filters, range and sorting of a page of the portal, under a name. */
export const savedViews = sqliteTable(
  "saved_views",
  {
    /** `sv_…`; later views have greater ids. */
    id: text("id").primaryKey(),
    /** The user who saved it. A shared view stays when they leave. */
    ownerId: text("owner_id").notNull(),
    /** The page's: `/requests`. */
    path: text("path").notNull(),
    name: text("name").notNull(),
    /** The page's search parameters, sorted, without `?`. */
    query: text("query").notNull(),
    /** Whether the whole team sees it. */
    isShared: integer("is_shared", { mode: "boolean" }).notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    uniqueIndex("saved_views_name").on(table.ownerId, table.path, table.name),
    index("saved_views_shared").on(table.path).where(sql`is_shared`),
  ],
);

export type UserRow = typeof users.$inferSelect;
export type SessionRow = typeof sessions.$inferSelect;
export type AccountRow = typeof accounts.$inferSelect;
export type InviteRow = typeof invites.$inferSelect;
export type AuditRow = typeof auditLog.$inferSelect;
export type SavedViewRow = typeof savedViews.$inferSelect;

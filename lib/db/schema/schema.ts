/**
 * The tables of D1. Times are epoch milliseconds.
 *
 * `version` is the value of `state_version` at a row's last change. One batch of writes takes one new
 * version, so "what changed since version V" is one indexed read a table.
 * @module
 */
import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { AliasChoice, AliasConversion, RouteTarget } from "../../models/model-alias";
import type { KeyStatus, LimitRule } from "../../pool/types";
import type { Protocol } from "../../providers/custom-provider";
import type { Evidence } from "../../proxy/ports";
import type { LimitCeilings, PriorityClass } from "../../usage/token-limits";
import { limitColumns } from "./limit-columns";

export const providerKeys = sqliteTable(
  "provider_keys",
  {
    /** `pk_…`; later keys have greater ids. */
    id: text("id").primaryKey(),
    provider: text("provider").notNull(),
    /** See `lib/crypto/seal.ts`. */
    sealed: text("sealed").notNull(),
    /** See `lib/crypto/fingerprint.ts`. */
    fingerprint: text("fingerprint").notNull(),
    masked: text("masked").notNull(),
    status: text("status").$type<KeyStatus>().notNull().default("active"),
    /** Why the status is what it is: a `Meaning`, or null. */
    reason: text("reason"),
    /** What the upstream said when it refused the key. */
    evidence: text("evidence", { mode: "json" }).$type<Evidence>(),
    /** 1 to 100. */
    weight: integer("weight").notNull().default(1),
    /** 0 is used first. */
    priority: integer("priority").notNull().default(0),
    quotaDomain: text("quota_domain"),
    /** Model names, `*` is a wildcard; null for all. */
    models: text("models", { mode: "json" }).$type<readonly string[]>(),
    /** Of this key alone, see `lib/pool/limits-for.ts`; null for none. */
    limits: text("limits", { mode: "json" }).$type<readonly LimitRule[]>(),
    remark: text("remark"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by"),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /**
     * When a person, or a check that found the key good, last cleared its state: what an isolate noted
     * before counts no more, however late it is written.
     */
    resetAtMs: integer("reset_at_ms").notNull().default(0),
    /** To the hour; not versioned, since no isolate needs it. */
    lastUsedAtMs: integer("last_used_at_ms"),
    version: integer("version").notNull(),
  },
  (table) => [
    uniqueIndex("provider_keys_fingerprint").on(table.provider, table.fingerprint),
    index("provider_keys_version").on(table.version),
    index("provider_keys_status").on(table.provider, table.status, table.id),
    // Few rows, which upkeep asks for again and again.
    index("provider_keys_blocked").on(table.id).where(sql`status = 'blocked'`),
    // Seals of before, which upkeep replaces: empty most of the time.
    index("provider_keys_old_seals").on(table.id).where(sql`sealed < 'v2.'`),
  ],
);

/** Rests of keys, by model or `*` for every model. Rows outlive their end; readers compare `until_ms`. */
export const keyCooldowns = sqliteTable(
  "key_cooldowns",
  {
    keyId: text("key_id").notNull(),
    model: text("model").notNull(),
    untilMs: integer("until_ms").notNull(),
    /** A `Meaning`, or `manual`. */
    reason: text("reason").notNull(),
    evidence: text("evidence", { mode: "json" }).$type<Evidence>().notNull(),
    setAtMs: integer("set_at_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.keyId, table.model] }),
    index("key_cooldowns_version").on(table.version),
  ],
);

export type KeyEventKind = "cooled" | "blocked" | "reset" | "checked" | "suspected" | "cleared";

/** What happened to keys by itself; what people did to them is in the audit log. */
export const keyEvents = sqliteTable(
  "key_events",
  {
    /** `ke_…`, made where the event was seen, so that writing it again changes nothing. */
    id: text("id").primaryKey(),
    keyId: text("key_id").notNull(),
    provider: text("provider").notNull(),
    kind: text("kind").$type<KeyEventKind>().notNull(),
    model: text("model"),
    untilMs: integer("until_ms"),
    evidence: text("evidence", { mode: "json" }).$type<Evidence>(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    index("key_events_key").on(table.keyId, table.atMs),
    index("key_events_time").on(table.atMs),
  ],
);

export type TokenStatus = "active" | "paused" | "revoked";

/** `playground`: one a user, made and renewed by the playground itself; it stands in no list. */
export type TokenKind = "app" | "playground";

export const accessTokens = sqliteTable(
  "access_tokens",
  {
    /** `at_…`; later tokens have greater ids. */
    id: text("id").primaryKey(),
    kind: text("kind").$type<TokenKind>().notNull().default("app"),
    name: text("name").notNull(),
    /** SHA-256, hex. */
    tokenHash: text("token_hash").notNull().unique(),
    masked: text("masked").notNull(),
    status: text("status").$type<TokenStatus>().notNull().default("active"),
    /** Provider slugs; null for all. */
    providers: text("providers", { mode: "json" }).$type<readonly string[]>(),
    /** Model names, `*` is a wildcard; null for all. They hold for each of the providers. */
    models: text("models", { mode: "json" }).$type<readonly string[]>(),
    /** Null in this and the limits below: none. */
    expiresAtMs: integer("expires_at_ms"),
    ...limitColumns(),
    /** What the owner may set limits to at most, by an admin's word; null: anything. */
    limitCeilings: text("limit_ceilings", { mode: "json" }).$type<LimitCeilings>(),
    /** 1 to 100: share of the quota among tokens that want more than there is. */
    weight: integer("weight").notNull().default(1),
    priorityClass: text("priority_class").$type<PriorityClass>().notNull().default("interactive"),
    /** How long its requests may wait for quota; null: 10 s, and up to 120 s where they say so. */
    maxWaitSeconds: integer("max_wait_seconds"),
    /** US dollars that a request counts for whose price nobody knows; null: such requests are refused under a budget. */
    unpricedReserveUsd: real("unpriced_reserve_usd"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by"),
    /** The user whose token it is; null for one of the team's. */
    ownerId: text("owner_id"),
    /** The token that takes this one's place, which works until `expires_at_ms`; null if not rotated. */
    rotatedToId: text("rotated_to_id"),
    /** Whose budgets it shares: the token its rotations began with; null for its own. */
    budgetId: text("budget_id"),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /** To the hour; not versioned, since no isolate needs it. */
    lastUsedAtMs: integer("last_used_at_ms"),
    version: integer("version").notNull(),
  },
  (table) => [
    index("access_tokens_version").on(table.version),
    index("access_tokens_owner").on(table.ownerId),
    uniqueIndex("access_tokens_playground").on(table.ownerId).where(sql`kind = 'playground'`),
  ],
);

/** Limits of members, for all own tokens together; a member without a row has none. */
export const memberLimits = sqliteTable(
  "member_limits",
  {
    userId: text("user_id").primaryKey(),
    ...limitColumns(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [index("member_limits_version").on(table.version)],
);

/** Deleted rows, so that isolates learn of them. Kept for `TOMBSTONE_LIFE_MS`. */
export const tombstones = sqliteTable(
  "tombstones",
  {
    kind: text("kind").$type<"provider-key" | "custom-provider" | "model-alias">().notNull(),
    id: text("id").notNull(),
    deletedAtMs: integer("deleted_at_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.id] }),
    index("tombstones_version").on(table.version),
  ],
);

/** One row, `id` 1: the version of the last write. */
export const stateVersion = sqliteTable("state_version", {
  id: integer("id").primaryKey(),
  version: integer("version").notNull(),
});

/** Which key and who made what only the key's account knows: a file, a batch, a stored response. */
export const resourceKeys = sqliteTable(
  "resource_keys",
  {
    provider: text("provider").notNull(),
    /** The upstream's id: `file-…`, `cachedContents/…`. */
    resource: text("resource").notNull(),
    keyId: text("key_id").notNull(),
    /** The access token that made it, the first of those that took each other's place; null where that is not known. */
    tokenId: text("token_id"),
    /** Its owner. */
    userId: text("user_id"),
    atMs: integer("at_ms").notNull(),
    /**
     * Who began what works on in the background, as JSON (see `background-work.ts`), for its use to be counted
     * when it is finished; `counted` from then on, null for what is no such work.
     */
    work: text("work"),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.resource] }),
    index("resource_keys_time").on(table.atMs),
  ],
);

export const settings = sqliteTable("settings", {
  name: text("name").primaryKey(),
  value: text("value", { mode: "json" }).$type<unknown>().notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer("version").notNull().default(0),
});

/** Providers that the team added to the built-in ones. */
export const customProviders = sqliteTable("custom_providers", {
  slug: text("slug").primaryKey(),
  label: text("label").notNull(),
  /** https, without a trailing slash. */
  baseUrl: text("base_url").notNull(),
  /** Header that carries the key, lower case. */
  keyHeader: text("key_header").notNull(),
  /** What stands before the key in that header, such as `Bearer `. */
  keyPrefix: text("key_prefix").notNull(),
  /** Whose API it speaks: judges errors, finds the model and the usage. */
  protocol: text("protocol").$type<Protocol>().notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  createdBy: text("created_by"),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer("version").notNull(),
});

/** Names that lead to models of providers, see `lib/pool/model-alias.ts`. */
export const modelAliases = sqliteTable("model_aliases", {
  name: text("name").primaryKey(),
  choice: text("choice").$type<AliasChoice>().notNull(),
  targets: text("targets", { mode: "json" }).$type<readonly RouteTarget[]>().notNull(),
  conversion: text("conversion").$type<AliasConversion>().notNull().default("needed"),
  /** US dollars per million tokens; null in both for no limit. */
  maxInputUsd: real("max_input_usd"),
  maxOutputUsd: real("max_output_usd"),
  createdAtMs: integer("created_at_ms").notNull(),
  createdBy: text("created_by"),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer("version").notNull(),
});

/** Limits that people set for a provider's keys; a key's own stand with the key. */
export const quotaLimits = sqliteTable(
  "quota_limits",
  {
    provider: text("provider").notNull(),
    /** A quota domain, whose keys share the limits; empty for each of the provider's keys. */
    domain: text("domain").notNull(),
    /** Empty where there are none any more, so that isolates learn of it. */
    rules: text("rules", { mode: "json" }).$type<readonly LimitRule[]>().notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.domain] })],
);

/** Hints that some keys share one quota, which people did not want to see again. */
export const dismissedQuotaHints = sqliteTable("dismissed_quota_hints", {
  /** Ids, sorted, with blanks between. */
  keyIds: text("key_ids").primaryKey(),
  provider: text("provider").notNull(),
  dismissedAtMs: integer("dismissed_at_ms").notNull(),
});

/** Model names of each provider, as it last listed them. */
export const modelLists = sqliteTable("model_lists", {
  /** Slug. */
  provider: text("provider").primaryKey(),
  models: text("models", { mode: "json" }).$type<readonly string[]>().notNull(),
  readAtMs: integer("read_at_ms").notNull(),
});

/** Some columns of a row; undefined leaves one as it is. */
export type Changes<Row> = { readonly [Column in keyof Row]?: Row[Column] | undefined };

export type ProviderKeyRow = typeof providerKeys.$inferSelect;
export type KeyCooldownRow = typeof keyCooldowns.$inferSelect;
export type KeyEventRow = typeof keyEvents.$inferSelect;
export type CustomProviderRow = typeof customProviders.$inferSelect;
export type ModelAliasRow = typeof modelAliases.$inferSelect;
export type QuotaLimitRow = typeof quotaLimits.$inferSelect;
export type AccessTokenRow = typeof accessTokens.$inferSelect;
export type MemberLimitsRow = typeof memberLimits.$inferSelect;

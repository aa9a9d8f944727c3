/**
 * The tables of D1. Times are epoch milliseconds.
 *
 * `version` is the value of `state_version` at a row's last change. One batch of writes takes one new version, so "what
 * changed since version V" is one indexed read per table.
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
import type { Tags } from "../../tags/tags";
import type { LimitCeilings, PriorityClass } from "../../usage/token-limits";
import { capColumns, limitColumns } from "./limit-columns";

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
    /** The reason for the status: a `Meaning`, or null. */
    reason: text("reason"),
    /** The upstream's message when it rejected the key. */
    evidence: text("evidence", { mode: "json" }).$type<Evidence>(),
    /** 1 to 100. */
    weight: integer("weight").notNull().default(1),
    /** 0 is used first. */
    priority: integer("priority").notNull().default(0),
    quotaDomain: text("quota_domain"),
    /** Ids of the groups that it serves, sorted; null for a common key, which serves everyone. Never empty. */
    groups: text("groups", { mode: "json" }).$type<readonly string[]>(),
    /** Model names, `*` is a wildcard; null for all. */
    models: text("models", { mode: "json" }).$type<readonly string[]>(),
    /** For this key alone, see `lib/pool/limits/limits-for.ts`; null for none. */
    limits: text("limits", { mode: "json" }).$type<readonly LimitRule[]>(),
    /** Caps, see `lib/pool/caps`; null for none. */
    ...capColumns(),
    remark: text("remark"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by"),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /**
     * When a person, or a successful check, last cleared its state: anything isolates recorded before no longer
     * applies, however late it is written.
     */
    resetAtMs: integer("reset_at_ms").notNull().default(0),
    /** To the hour; not versioned, because no isolate needs it. */
    lastUsedAtMs: integer("last_used_at_ms"),
    version: integer("version").notNull(),
  },
  (table) => [
    uniqueIndex("provider_keys_fingerprint").on(table.provider, table.fingerprint),
    index("provider_keys_version").on(table.version),
    index("provider_keys_status").on(table.provider, table.status, table.id),
    // Few rows, which maintenance queries again and again.
    index("provider_keys_blocked").on(table.id).where(sql`status = 'blocked'`),
    // Old encrypted texts that maintenance replaces: usually empty.
    index("provider_keys_old_seals").on(table.id).where(sql`sealed < 'v2.'`),
  ],
);

/** Cooldowns of keys, by model or `*` for every model. Rows outlive their end; readers compare `until_ms`. */
export const keyCooldowns = sqliteTable(
  "key_cooldowns",
  {
    keyId: text("key_id").notNull(),
    model: text("model").notNull(),
    untilMs: integer("until_ms").notNull(),
    /** A `Meaning`, a `CapReason`, or `manual`. */
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

/** Automatic changes of keys; people's changes are in the audit log. */
export const keyEvents = sqliteTable(
  "key_events",
  {
    /** `ke_…`, created where the event occurred, so that writing it again changes nothing. */
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

/** `playground`: one per user, created and renewed by the playground itself; not in any list. */
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
    /** Model names, `*` is a wildcard; null for all. They apply to each of the providers. */
    models: text("models", { mode: "json" }).$type<readonly string[]>(),
    /** Null in this and the following limits: none. */
    expiresAtMs: integer("expires_at_ms"),
    ...limitColumns(),
    /** The maximum limits that the owner may set, as configured by an admin; null for no maximum. */
    limitCeilings: text("limit_ceilings", { mode: "json" }).$type<LimitCeilings>(),
    /** 1 to 100: share of the quota among tokens when demand exceeds it. */
    weight: integer("weight").notNull().default(1),
    priorityClass: text("priority_class").$type<PriorityClass>().notNull().default("interactive"),
    /** How long its requests may wait for quota; null: 10 s, and up to 120 s if they ask for it. */
    maxWaitSeconds: integer("max_wait_seconds"),
    /** US dollars counted for a request without a known price; null: such requests are rejected under a budget. */
    unpricedReserveUsd: real("unpriced_reserve_usd"),
    /** Of all its requests, whatever the caller sends; null for none. */
    fixedTags: text("fixed_tags", { mode: "json" }).$type<Tags>(),
    /** Names of tags without which its requests are rejected; null for none. */
    requiredTags: text("required_tags", { mode: "json" }).$type<readonly string[]>(),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by"),
    /** The user who owns the token; null for a team token. */
    ownerId: text("owner_id"),
    /** Whether it acts in the admin API as its owner; then it has no providers, and calls none. */
    forAdminApi: integer("for_admin_api", { mode: "boolean" }).notNull().default(false),
    /** The group whose keys, limits and costs it uses; null for none. Once set, it stays. */
    groupId: text("group_id"),
    /** The token that replaces this one, which works until `expires_at_ms`; null if not rotated. */
    rotatedToId: text("rotated_to_id"),
    /** The token whose budgets it shares, the first in its chain of rotations; null for its own. */
    budgetId: text("budget_id"),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /** To the hour; not versioned, since no isolate needs it. */
    lastUsedAtMs: integer("last_used_at_ms"),
    version: integer("version").notNull(),
  },
  (table) => [
    index("access_tokens_version").on(table.version),
    index("access_tokens_owner").on(table.ownerId),
    // Without groups it is empty, and costs nothing.
    index("access_tokens_group").on(table.groupId).where(sql`group_id is not null`),
    uniqueIndex("access_tokens_playground").on(table.ownerId).where(sql`kind = 'playground'`),
  ],
);

/** Limits of members, for all of a member's tokens together; a member without a row has none. */
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

/** Groups: projects with tokens, keys, members and limits of their own. The limits are for all of a group's tokens together. */
export const teamGroups = sqliteTable(
  "team_groups",
  {
    /** `gr_…`; later groups have greater ids. */
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    /** Whether its tokens are also served by the common keys, after its own. */
    usesCommonKeys: integer("uses_common_keys", { mode: "boolean" }).notNull().default(true),
    /** 1 to 100: its share of common keys when demand exceeds the quota. */
    weight: integer("weight").notNull().default(1),
    ...limitColumns(),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by"),
    updatedAtMs: integer("updated_at_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [
    uniqueIndex("team_groups_name").on(table.name),
    index("team_groups_version").on(table.version),
  ],
);

export type TombstoneKind = "provider-key" | "custom-provider" | "model-alias" | "group";

/** Deleted rows, so that isolates learn about them. Kept for `TOMBSTONE_LIFE_MS`. */
export const tombstones = sqliteTable(
  "tombstones",
  {
    kind: text("kind").$type<TombstoneKind>().notNull(),
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

/** Work that goes on, for which something was reserved; as the index's condition has it, its queries must have it. */
export const HAS_ESTIMATE = sql.raw(`instr(work, '"estimate":{') > 0`);

/** The key and the maker of what only the key's account knows: a file, a batch, a stored response. */
export const resourceKeys = sqliteTable(
  "resource_keys",
  {
    provider: text("provider").notNull(),
    /** The upstream's id: `file-…`, `cachedContents/…`. */
    resource: text("resource").notNull(),
    keyId: text("key_id").notNull(),
    /** The access token that created it, the first in its chain of rotations; null if unknown. */
    tokenId: text("token_id"),
    /** Its owner. */
    userId: text("user_id"),
    atMs: integer("at_ms").notNull(),
    /**
     * The request that started background work, as JSON (see `background-work.ts`), so that its usage is counted when
     * it is finished; `counted` afterwards, null for anything else.
     */
    work: text("work"),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.resource] }),
    index("resource_keys_time").on(table.atMs),
    index("resource_keys_work").on(table.atMs).where(HAS_ESTIMATE),
  ],
);

export const settings = sqliteTable("settings", {
  name: text("name").primaryKey(),
  value: text("value", { mode: "json" }).$type<unknown>().notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer("version").notNull().default(0),
});

/** Custom providers. */
export const customProviders = sqliteTable("custom_providers", {
  slug: text("slug").primaryKey(),
  label: text("label").notNull(),
  /** https, without a trailing slash. */
  baseUrl: text("base_url").notNull(),
  /** Header that carries the key, lower case. */
  keyHeader: text("key_header").notNull(),
  /** What precedes the key in that header, such as `Bearer `. */
  keyPrefix: text("key_prefix").notNull(),
  /** The API it supports: decides how errors are classified, and where the model and the usage are. */
  protocol: text("protocol").$type<Protocol>().notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  createdBy: text("created_by"),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer("version").notNull(),
});

/** Model aliases, see `lib/models/model-alias.ts`. */
export const modelAliases = sqliteTable("model_aliases", {
  name: text("name").primaryKey(),
  choice: text("choice").$type<AliasChoice>().notNull(),
  targets: text("targets", { mode: "json" }).$type<readonly RouteTarget[]>().notNull(),
  conversion: text("conversion").$type<AliasConversion>().notNull().default("needed"),
  /** US dollars per million tokens; null for no limit. */
  maxInputUsd: real("max_input_usd"),
  maxOutputUsd: real("max_output_usd"),
  createdAtMs: integer("created_at_ms").notNull(),
  createdBy: text("created_by"),
  updatedAtMs: integer("updated_at_ms").notNull(),
  version: integer("version").notNull(),
});

/** Configured limits for a provider's keys; a key's own limits are in its row. */
export const quotaLimits = sqliteTable(
  "quota_limits",
  {
    provider: text("provider").notNull(),
    /** A quota domain, whose keys share the limits; empty for each of the provider's keys. */
    domain: text("domain").notNull(),
    /** Empty if all were removed, so that isolates learn about it. */
    rules: text("rules", { mode: "json" }).$type<readonly LimitRule[]>().notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.domain] })],
);

/** Dismissed suggestions that keys share one quota. */
export const dismissedQuotaHints = sqliteTable("dismissed_quota_hints", {
  /** Sorted ids, separated by spaces. */
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

/** Some columns of a row; undefined leaves one unchanged. */
export type Changes<Row> = { readonly [Column in keyof Row]?: Row[Column] | undefined };

export type ProviderKeyRow = typeof providerKeys.$inferSelect;
export type KeyCooldownRow = typeof keyCooldowns.$inferSelect;
export type KeyEventRow = typeof keyEvents.$inferSelect;
export type CustomProviderRow = typeof customProviders.$inferSelect;
export type ModelAliasRow = typeof modelAliases.$inferSelect;
export type QuotaLimitRow = typeof quotaLimits.$inferSelect;
export type AccessTokenRow = typeof accessTokens.$inferSelect;
export type MemberLimitsRow = typeof memberLimits.$inferSelect;
export type TeamGroupRow = typeof teamGroups.$inferSelect;

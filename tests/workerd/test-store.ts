/**
 * The D1 of the test run, and what tests store in it.
 * @module
 */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { fingerprintKey } from "../../lib/crypto/fingerprint";
import { hashToken } from "../../lib/crypto/hash-token";
import { maskKey } from "../../lib/crypto/mask-key";
import { sealKey } from "../../lib/crypto/seal";
import { insertProviderKeys } from "../../lib/db/keys/insert-provider-keys";
import { newRowId } from "../../lib/db/new-row-id";
import { openDatabase } from "../../lib/db/open-database";
import type { AccessTokenRow } from "../../lib/db/schema/schema";
import type { Actor } from "../../lib/db/team/audit-log";
import { insertAccessToken } from "../../lib/db/tokens/access-tokens";
import { USUAL_SHARE } from "../../lib/manage/tokens/token-share";
import { NO_LIMITS } from "../../lib/usage/token-limits";

export const SECRETS = { current: "a secret for tests", previous: null };

export const db = openDatabase(env.DB);

export const ACTOR: Actor = {
  kind: "token",
  id: "env_test",
  name: "test",
  ip: null,
  userAgent: null,
};
/** Replaces an entry of the audit log in tests that write without the verbs. */
export const NO_AUDIT = () => sql`select 1`;

/** Everything that metering wrote. */
export async function emptyUsage(): Promise<void> {
  await db.batch([
    db.run(sql`delete from request_log`),
    db.run(sql`delete from token_spend`),
    db.run(sql`delete from usage_journal`),
    db.run(sql`delete from usage_open_hours`),
    db.run(sql`delete from usage_folds`),
    db.run(sql`delete from usage_key_hours`),
    db.run(sql`delete from usage_hourly`),
    db.run(sql`delete from usage_daily`),
    db.run(sql`delete from usage_days`),
    db.run(sql`delete from usage_digests`),
    db.run(sql`delete from usage_tags`),
    db.run(sql`delete from usage_tag_values`),
    db.run(sql`delete from quota_days`),
    db.run(sql`delete from usage_undigested`),
  ]);
}

export async function emptyStore(): Promise<void> {
  await db.batch([
    db.run(sql`delete from provider_keys`),
    db.run(sql`delete from key_cooldowns`),
    db.run(sql`delete from access_tokens`),
    db.run(sql`delete from member_limits`),
    db.run(sql`delete from tombstones`),
    db.run(sql`delete from users`),
    db.run(sql`delete from custom_providers`),
    db.run(sql`delete from model_aliases`),
    db.run(sql`delete from settings`),
    db.run(sql`delete from quota_limits`),
    db.run(sql`delete from team_groups`),
    db.run(sql`delete from group_members`),
    db.run(sql`delete from key_events`),
    db.run(sql`delete from audit_log`),
  ]);
}

/** Adds an active key; returns its id. */
export async function storeKey(text: string, provider = "openai"): Promise<string> {
  const id = newRowId("pk", Date.now());
  const key = {
    id,
    sealed: await sealKey(text, SECRETS.current, { provider, id }),
    fingerprint: await fingerprintKey(provider, text, SECRETS.current),
    previousFingerprint: null,
    masked: maskKey(text),
    weight: 1,
    priority: 0,
    quotaDomain: null,
    models: null,
    limits: null,
    remark: null,
  };
  await insertProviderKeys(
    db,
    { provider, createdAtMs: Date.now(), createdBy: null },
    [key],
    NO_AUDIT,
  );
  return id;
}

/** Adds an active token with this text; returns its id. */
export async function storeToken(
  text: string,
  limits: Partial<AccessTokenRow> = {},
): Promise<string> {
  const id = newRowId("at", Date.now());
  const row: Omit<AccessTokenRow, "version"> = {
    id,
    kind: "app",
    name: "test",
    tokenHash: await hashToken(text),
    masked: maskKey(text),
    status: "active",
    providers: null,
    models: null,
    expiresAtMs: null,
    ...NO_LIMITS,
    limitCeilings: null,
    ...USUAL_SHARE,
    createdAtMs: Date.now(),
    createdBy: null,
    ownerId: null,
    rotatedToId: null,
    forAdminApi: false,
    groupId: null,
    budgetId: null,
    updatedAtMs: Date.now(),
    lastUsedAtMs: null,
    ...limits,
  };
  await insertAccessToken(db, "everyone", row, NO_AUDIT());
  return id;
}

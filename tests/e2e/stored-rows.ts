/**
 * Rows that the admin API would write, put into D1 directly, for servers without the portal.
 * @module
 */
import "../../scripts/resolve-lib.ts";
import type { ProxyServer } from "./proxy-server.ts";

type Database = ProxyServer["database"];

// Whatever imports lib/ has to wait until Node can.
const { openDatabase } = await import("../../lib/db/open-database.ts");
const { insertProviderKeys } = await import("../../lib/db/keys/insert-provider-keys.ts");
const { insertAccessToken } = await import("../../lib/db/tokens/access-tokens.ts");
const { fingerprintKey } = await import("../../lib/crypto/fingerprint.ts");
const { hashToken } = await import("../../lib/crypto/hash-token.ts");
const { maskKey } = await import("../../lib/crypto/mask-key.ts");
const { sealKey } = await import("../../lib/crypto/seal.ts");
const { newRowId } = await import("../../lib/db/new-row-id.ts");
const { NO_LIMITS } = await import("../../lib/usage/token-limits.ts");
const { USUAL_SHARE } = await import("../../lib/manage/tokens/token-share.ts");
const { sql } = await import("drizzle-orm");

/** Miniflare's types are the package's, not the global ones. */
const open = (database: Database) => openDatabase(database as unknown as D1Database);

/** Adds this many active keys of a provider. */
export async function storeKeys(
  database: Database,
  secret: string,
  provider: string,
  count: number,
): Promise<void> {
  const nowMs = Date.now();
  const keys = [];
  for (let index = 0; index < count; index += 1) {
    const text = `sk-fake-${provider}-${String(index).padStart(40, "0")}`;
    const id = newRowId("pk", nowMs, index);
    keys.push({
      id,
      sealed: await sealKey(text, secret, { id, provider }),
      fingerprint: await fingerprintKey(provider, text, secret),
      previousFingerprint: null,
      masked: maskKey(text),
      weight: 1,
      priority: 0,
      quotaDomain: null,
      models: null,
      limits: null,
      remark: null,
    });
  }
  const origin = { provider, createdAtMs: nowMs, createdBy: null };
  await insertProviderKeys(open(database), origin, keys, () => sql`select 1`);
}

export interface StoredToken {
  readonly text: string;
  readonly dailyRequests?: number;
  readonly dailyCostUsd?: number;
}

export async function storeTokens(
  database: Database,
  tokens: readonly StoredToken[],
): Promise<void> {
  const nowMs = Date.now();
  for (const [index, { text, ...limits }] of tokens.entries()) {
    await insertAccessToken(
      open(database),
      "everyone",
      {
        id: newRowId("at", nowMs, index),
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
        createdAtMs: nowMs,
        createdBy: null,
        ownerId: null,
        rotatedToId: null,
        forAdminApi: false,
        groupId: null,
        budgetId: null,
        updatedAtMs: nowMs,
        lastUsedAtMs: null,
        ...limits,
      },
      sql`select 1`,
    );
  }
}

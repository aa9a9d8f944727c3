/**
 * The people, keys and tokens of a large team, created by the verbs that the portal calls: 20 members with 50 tokens,
 * and 1,000 keys of five providers.
 * @module
 */
import { openDatabase } from "../../lib/db/open-database.ts";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys.ts";
import { listProviderKeyIds } from "../../lib/manage/keys/list-provider-key-ids.ts";
import { acceptInvite } from "../../lib/manage/team/accept-invite.ts";
import { createFirstAdmin } from "../../lib/manage/team/create-first-admin.ts";
import { inviteMember } from "../../lib/manage/team/invite-member.ts";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token.ts";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { applyMigrations } from "../../scripts/migrate.ts";
import { PROVIDERS, type Traffic } from "./sample-request.ts";

export const LARGE_TEAM_ADMIN = {
  name: "Ada Lovelace",
  email: "ada@example.com",
  password: "bench-balance",
} as const;

export interface LargeTeam extends Traffic {
  readonly userIds: readonly string[];
}

const KEYS = 1_000;
const MEMBERS = 20;
const TOKENS = 50;

/** Creates people, keys and tokens in the D1 of an empty data folder. */
export async function makeLargeTeam(dataDir: string, secret: string): Promise<LargeTeam> {
  const local = await openLocalDatabase(dataDir);
  try {
    await applyMigrations(local.database);
    // The same binding; Miniflare's type for it is the package's, not the global one.
    const db = openDatabase(local.database as unknown as D1Database);
    const actor = {
      kind: "system",
      id: "bench",
      name: "bench",
      ip: null,
      userAgent: null,
    } as const;
    const secrets = { current: secret, previous: null };
    const context = { db, secrets, nowMs: Date.now, actor };
    const { id: adminId } = await createFirstAdmin(context, LARGE_TEAM_ADMIN);
    const userIds = [adminId];
    const { password } = LARGE_TEAM_ADMIN;
    for (let member = 1; member < MEMBERS; member += 1) {
      const email = `member-${member}@example.com`;
      const { token } = await inviteMember(context, { role: "member", email, expiresInDays: 7 });
      const { id } = await acceptInvite(context, {
        token,
        name: `Member ${member}`,
        email,
        password,
      });
      userIds.push(id);
    }
    const keyIds = [];
    for (const { slug: provider, share } of PROVIDERS) {
      const keys = Array.from(
        { length: KEYS * share },
        (_, index) => `fake-${provider}-${String(index).padStart(4, "0")}-${"x".repeat(40)}`,
      );
      await addProviderKeys(context, { provider, keys });
      keyIds.push(await listProviderKeyIds(context, { provider }));
    }
    const tokens = [];
    for (let token = 0; token < TOKENS; token += 1) {
      const userId = token % 5 === 0 ? null : (userIds[token % MEMBERS] ?? null);
      const { id } = await createAccessToken(context, "everyone", userId, { name: `App ${token}` });
      tokens.push({ id, userId });
    }
    return { userIds, tokens, keyIds };
  } finally {
    await local.close();
  }
}

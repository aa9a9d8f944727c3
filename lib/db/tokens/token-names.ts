import { and, desc, eq, ne } from "drizzle-orm";
import type { Database } from "../open-database";
import { accessTokens } from "../schema/schema";

/** Names of tokens that aren't revoked, newest first; `ownerId` null for everyone's. */
export function listTokenNames(db: Database, ownerId: string | null, limit: number) {
  return db
    .select({
      id: accessTokens.id,
      name: accessTokens.name,
      masked: accessTokens.masked,
      status: accessTokens.status,
    })
    .from(accessTokens)
    .where(
      and(
        eq(accessTokens.kind, "app"),
        ne(accessTokens.status, "revoked"),
        ownerId === null ? undefined : eq(accessTokens.ownerId, ownerId),
      ),
    )
    .orderBy(desc(accessTokens.id))
    .limit(limit);
}

import { eq, sql } from "drizzle-orm";
import type { Database } from "../open-database";
import { providerKeys } from "../schema/schema";

/** How many keys a provider's pool has, whatever their status. */
export async function countProviderKeys(db: Database, provider: string): Promise<number> {
  return db.$count(providerKeys, eq(providerKeys.provider, provider));
}

/** The same for every pool that has any, by slug. */
export async function countKeysByProvider(db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ slug: providerKeys.provider, keys: sql<number>`count(*)` })
    .from(providerKeys)
    .groupBy(providerKeys.provider);
  return new Map(rows.map(({ slug, keys }) => [slug, keys]));
}

import { and, eq, sql } from "drizzle-orm";
import type { StoredThing } from "../../proxy/ports";
import type { Database } from "../open-database";
import { resourceKeys } from "../schema/schema";

/** One of the requested things, if it was ever seen. */
export interface StoredRow extends StoredThing {
  readonly resource: string;
  readonly atMs: number;
}

/** In whose account, and by whom, things were created. */
export async function readStoredThings(
  db: Database,
  provider: string,
  resources: readonly string[],
): Promise<readonly StoredRow[]> {
  const { resource, keyId, tokenId, userId, atMs } = resourceKeys;
  return db
    .select({ resource, keyId, tokenId, userId, atMs })
    .from(resourceKeys)
    .where(
      and(
        eq(resourceKeys.provider, provider),
        sql`${resource} in (select value from json_each(${JSON.stringify(resources)}))`,
      ),
    );
}

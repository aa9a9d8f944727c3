import { and, eq } from "drizzle-orm";
import type { Database } from "./open-database";
import { resourceKeys } from "./schema";

/** Id of the key in whose account a resource was seen; null if it never was. */
export async function readResourceKey(
  db: Database,
  provider: string,
  resource: string,
): Promise<string | null> {
  const [row] = await db
    .select({ keyId: resourceKeys.keyId })
    .from(resourceKeys)
    .where(and(eq(resourceKeys.provider, provider), eq(resourceKeys.resource, resource)));
  return row?.keyId ?? null;
}

import { and, eq, type SQL, sql } from "drizzle-orm";
import type { StoredThing } from "../../proxy/ports";
import type { Database } from "../open-database";
import { resourceKeys } from "../schema/schema";
import { isOlderSchema } from "./read-older-state";

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
  const rows = await select(db, provider, resources, GROUP).catch((error: unknown) => {
    if (isOlderSchema(error)) return select(db, provider, resources, sql`null`);
    throw error;
  });
  return rows.map(({ groupId, ...row }) => (groupId === null ? row : { ...row, groupId }));
}

/** Of the token that created a thing: a token keeps its group, also when it is revoked. */
const GROUP = sql`(select t.group_id from access_tokens t where t.id = resource_keys.token_id)`;

function select(db: Database, provider: string, resources: readonly string[], group: SQL) {
  const { resource, keyId, tokenId, userId, atMs } = resourceKeys;
  return db
    .select({ resource, keyId, tokenId, userId, atMs, groupId: sql<string | null>`${group}` })
    .from(resourceKeys)
    .where(
      and(
        eq(resourceKeys.provider, provider),
        sql`${resource} in (select value from json_each(${JSON.stringify(resources)}))`,
      ),
    );
}

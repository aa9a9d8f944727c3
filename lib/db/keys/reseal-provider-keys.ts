/**
 * Provider keys by the secret that encrypts them (`v2.<keyId>.…`, see `lib/crypto/seal.ts`), and their re-encryption.
 * No state version is taken: an isolate's copy of an encrypted key can be decrypted as long as the isolate lives,
 * because its secrets don't change.
 * @module
 */
import { and, asc, count, gt, type SQL, sql } from "drizzle-orm";
import { withRows } from "../json-rows";
import type { Database } from "../open-database";
import { type ProviderKeyRow, providerKeys } from "../schema/schema";
import { runBatch } from "../state/state-version";

export type SealedKey = Pick<ProviderKeyRow, "id" | "provider" | "sealed">;

export interface NewSeal {
  readonly id: string;
  /** The encrypted text that was read. A key that has another one by now is left alone. */
  readonly from: string;
  readonly to: string;
  readonly fingerprint: string;
}

const KEY_ID = sql<string>`substr(${providerKeys.sealed}, 4, 8)`;

/** Encrypted texts that aren't bound to a row. With exactly this condition, SQLite uses `provider_keys_old_seals`. */
const IS_OLD_FORM = sql.raw("sealed < 'v2.'");

/** Keys that need to be re-encrypted. */
export interface StaleSeals {
  /** Id of the secret that encrypts them. */
  readonly secretId: string;
  /** Only those whose encrypted text isn't bound to a row. */
  readonly isOldForm: boolean;
}

function isStale({ secretId, isOldForm }: StaleSeals): SQL {
  const isOfSecret = sql`${KEY_ID} = ${secretId}`;
  return isOldForm ? sql`${IS_OLD_FORM} and ${isOfSecret}` : isOfSecret;
}

/** Oldest first. */
export async function readSealedKeys(
  db: Database,
  which: StaleSeals,
  page: { readonly afterId: string; readonly limit: number },
): Promise<SealedKey[]> {
  return db
    .select({ id: providerKeys.id, provider: providerKeys.provider, sealed: providerKeys.sealed })
    .from(providerKeys)
    .where(and(gt(providerKeys.id, page.afterId), isStale(which)))
    .orderBy(asc(providerKeys.id))
    .limit(page.limit);
}

/** How many keys of a secret have an encrypted text that isn't bound to a row. */
export async function countOldForm(db: Database, secretId: string): Promise<number> {
  const [row] = await db
    .select({ keys: count() })
    .from(providerKeys)
    .where(isStale({ secretId, isOldForm: true }));
  return row?.keys ?? 0;
}

/** How many keys each secret encrypts, by its id. */
export async function countKeysBySecret(db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db.select({ keyId: KEY_ID, keys: count() }).from(providerKeys).groupBy(KEY_ID);
  return new Map(rows.map(({ keyId, keys }) => [keyId, keys]));
}

/**
 * If a key was added a second time in the meantime, by an isolate that didn't know the new secret yet, this one keeps
 * its fingerprint: the other already has the new one.
 *
 * @param audit The statement of `auditChange`.
 * @returns How many keys have their new text.
 */
export async function writeSeals(
  db: Database,
  seals: readonly NewSeal[],
  audit: SQL,
): Promise<number> {
  const [written] = await runBatch(db, [
    sql`
      ${withRows(JSON.stringify(seals), "id")}
      update provider_keys set
        sealed = e.value ->> 'to',
        fingerprint = iif(
          exists (
            select 1 from provider_keys other
            where other.provider = provider_keys.provider
              and other.fingerprint = e.value ->> 'fingerprint' and other.id <> provider_keys.id
          ),
          provider_keys.fingerprint, e.value ->> 'fingerprint')
      from e
      where provider_keys.id = e.id and provider_keys.sealed = e.value ->> 'from'`,
    audit,
  ]);
  return written?.meta.changes ?? 0;
}

/**
 * The D1 database of a deployment, and what must be known about it.
 * @module
 */
import { ExpectedError } from "../expected-error.ts";
import type { Journal } from "./journal.ts";
import type { Wrangler } from "./wrangler.ts";

/** Stands for the id of a database that a dry run doesn't create. */
const NEW_DATABASE_ID = "00000000-0000-0000-0000-000000000000";

interface ListedDatabase {
  readonly uuid: string;
  readonly name: string;
}

/**
 * @param mayMake False if a missing database is an error.
 * @returns The database's id.
 */
export async function findOrMakeDatabase(
  wrangler: Wrangler,
  journal: Journal,
  name: string,
  mayMake = true,
): Promise<string> {
  const isKnown = wrangler.accountId !== null;
  const found = isKnown ? await findDatabase(wrangler, name) : undefined;
  if (found !== undefined) {
    journal.note(`D1 database ${name} is there (${found.uuid})`);
    return found.uuid;
  }
  if (!mayMake) throw new ExpectedError(`the account has no D1 database ${name}`);
  await wrangler.change(["d1", "create", name]);
  if (journal.isDryRun) return NEW_DATABASE_ID;
  const made = await findDatabase(wrangler, name);
  if (made === undefined)
    throw new ExpectedError(`D1 database ${name} was made, but is not listed`);
  journal.note(`D1 database ${name} made (${made.uuid})`);
  return made.uuid;
}

async function findDatabase(wrangler: Wrangler, name: string): Promise<ListedDatabase | undefined> {
  const databases = await wrangler.readJson<readonly ListedDatabase[]>(["d1", "list", "--json"]);
  return databases.find((database) => database.name === name);
}

export interface StoredState {
  readonly hasAdmin: boolean;
  /** Ids of the secrets that encrypt the stored provider keys (see `lib/crypto/seal.ts`). */
  readonly secretIds: readonly string[];
}

export const EMPTY_STATE: StoredState = { hasAdmin: false, secretIds: [] };

const STATE_QUERY =
  "select (select count(*) from users where role = 'admin') as admins, " +
  "(select json_group_array(distinct substr(sealed, 4, 8)) from provider_keys) as secretIds";

/** Queries the migrated database. @param config Path of the wrangler configuration that names it. */
export async function readStoredState(wrangler: Wrangler, config: string): Promise<StoredState> {
  const args = ["d1", "execute", "DB", "--remote", "--json", "--config", config];
  const [answer] = await wrangler.readJson<
    readonly { results: readonly { admins: number; secretIds: string }[] }[]
  >([...args, "--command", STATE_QUERY]);
  const row = answer?.results[0];
  if (row === undefined) throw new ExpectedError("the D1 database did not answer a query");
  return { hasAdmin: row.admins > 0, secretIds: JSON.parse(row.secretIds) };
}

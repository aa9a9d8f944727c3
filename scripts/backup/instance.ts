/**
 * The instance that is backed up or restored: the local one of a data folder, or a deployed one.
 * @module
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Query } from "../../lib/db/dump.ts";
import { chooseAccount } from "../deploy/account.ts";
import { CloudflareApi } from "../deploy/cloudflare-api.ts";
import { findOrMakeDatabase } from "../deploy/database.ts";
import { Journal } from "../deploy/journal.ts";
import { NOT_MIGRATED } from "../deploy/portal-object.ts";
import { keepSecrets, keptSecretsFile, readKeptSecrets } from "../deploy/secrets.ts";
import {
  deploymentFiles,
  namesOf,
  readBaseConfig,
  workerConfig,
  writeConfig,
} from "../deploy/worker-config.ts";
import { Wrangler } from "../deploy/wrangler.ts";
import { ExpectedError } from "../expected-error.ts";
import { applyMigrations, knownMigrations } from "../migrate.ts";
import { root } from "../root.ts";
import { readSettings } from "../settings.ts";
import { openLocalDatabase } from "./local-database.ts";

type Secrets = Readonly<Record<string, string>>;

export interface Instance {
  readonly query: Query;
  /** Secrets included in a backup. */
  readonly secrets: Secrets;
  /** Applies migrations up to these, or fails: the database must end with exactly these. */
  migrate(migrations: readonly string[]): Promise<void>;
  /** Gives the instance the secrets of a backup. @returns What is left to do, for people. */
  takeSecrets(secrets: Secrets): Promise<string>;
  close(): Promise<void>;
}

const BACKED_UP_SECRETS = [
  "AUTH_KEY",
  "AUTH_SECRET",
  "KEY_ENCRYPTION_SECRET",
  "KEY_ENCRYPTION_SECRET_PREVIOUS",
];

/** @param isNew Whether the data folder may be missing, and is then created. */
export async function openLocalInstance(isNew: boolean): Promise<Instance> {
  const { dataDir, vars } = await readSettings();
  const file = join(dataDir, "secrets.json");
  if (!isNew && !existsSync(file)) {
    throw new ExpectedError(`there is no instance in ${dataDir}; set DATA_DIR to its folder`);
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const made: Secrets = existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : {};
  const { database, query, close } = await openLocalDatabase(dataDir);
  return {
    query,
    close,
    secrets: backedUp({ ...made, ...vars }),
    async migrate(migrations) {
      await applyMigrations(database, migrations.at(-1));
    },
    async takeSecrets(secrets) {
      await keepSecrets(relative(root, file), secrets);
      const other = Object.keys(secrets).filter(
        (name) => vars[name] !== undefined && vars[name] !== secrets[name],
      );
      return other.length === 0
        ? "Start it with `npm start`."
        : `The backup has another ${other.join(", ")} than is set here: unset it before \`npm start\`.`;
    },
  };
}

/** The deployment that `npm run deploy` creates under this name. */
export async function openDeployedInstance(
  name: string | undefined,
  isNew: boolean,
): Promise<Instance> {
  const journal = new Journal(false);
  const wrangler = new Wrangler(journal);
  const api = new CloudflareApi(wrangler, journal);
  journal.step("Account");
  const accountId = await chooseAccount(wrangler, journal);
  const base = await readBaseConfig();
  const { databaseName, ...known } = namesOf(base, name);
  const secretsFile = keptSecretsFile(accountId ?? "", databaseName);
  const kept = await readKeptSecrets(secretsFile);
  const { vars } = await readSettings();
  const secrets = backedUp({ ...kept, ...vars });
  if (!isNew && secrets.KEY_ENCRYPTION_SECRET === undefined) {
    throw new ExpectedError(
      `without KEY_ENCRYPTION_SECRET a backup is worth nothing, and ${secretsFile} is not there; set it`,
    );
  }
  const databaseId =
    known.databaseId ?? (await findOrMakeDatabase(wrangler, journal, databaseName, isNew));
  return {
    secrets,
    query: async (sql, params = []) => {
      const path = `/accounts/${accountId}/d1/database/${databaseId}/query`;
      const [answer] =
        (await api.request<readonly { results: Awaited<ReturnType<Query>> }[]>("POST", path, {
          sql,
          params,
        })) ?? [];
      return answer?.results ?? [];
    },
    async migrate(migrations) {
      if ((await knownMigrations()).length !== migrations.length) {
        throw new ExpectedError(
          "the backup was made by an earlier version: restore it locally, start that once, and back it up again",
        );
      }
      const { config } = deploymentFiles(accountId, known.name);
      const deployment = {
        name: known.name,
        databaseName,
        databaseId,
        vars: {},
        // Only the database is used.
        object: { hasObject: false, hasLeases: false, migrated: NOT_MIGRATED },
        compilesLate: true,
      };
      await writeConfig(join(root, config), workerConfig(base, deployment, config));
      const apply = ["d1", "migrations", "apply", "DB", "--remote", "--config", config];
      await wrangler.change(apply, { env: { CI: "true" } });
    },
    async takeSecrets(restored) {
      await keepSecrets(secretsFile, { ...kept, ...restored });
      return "Run `npm run deploy` (or `npm run deploy:pages`): it puts the secrets of the backup.";
    },
    close: async () => undefined,
  };
}

function backedUp(secrets: Secrets): Secrets {
  return Object.fromEntries(
    Object.entries(secrets).filter(([name]) => BACKED_UP_SECRETS.includes(name)),
  );
}

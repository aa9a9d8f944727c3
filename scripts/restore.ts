/**
 * `npm run restore -- file`: a backup into the empty instance of `DATA_DIR`, bit for bit and with its secrets; with
 * `--remote` into an account without a deployment of that name.
 * @module
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { appliedMigrations, assertEmpty, loadRows } from "../lib/db/dump.ts";
import { openArchive } from "./backup/archive.ts";
import { openDeployedInstance, openLocalInstance } from "./backup/instance.ts";
import { readPassphrase } from "./backup/passphrase.ts";
import { ExpectedError } from "./expected-error.ts";
import { knownMigrations } from "./migrate.ts";
import { reportAndExit } from "./report-and-exit.ts";

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { remote: { type: "boolean", default: false }, name: { type: "string" } },
  });
  const [path] = positionals;
  if (path === undefined)
    throw new ExpectedError("no backup file given. Usage: npm run restore -- <file>");
  const archive = await openArchive(
    resolve(process.env.INIT_CWD ?? "", path),
    await readPassphrase(false),
  );
  const { migrations, secrets } = archive.head;
  const known = await knownMigrations();
  if (migrations.some((name, index) => known[index] !== name)) {
    throw new ExpectedError("the backup was made by a newer version: restore it with that one");
  }
  const instance = values.remote
    ? await openDeployedInstance(values.name, true)
    : await openLocalInstance(true);
  try {
    await instance.migrate(migrations);
    const applied = await appliedMigrations(instance.query);
    if (applied.length !== migrations.length) {
      throw new ExpectedError(
        "the instance has newer tables than the backup: restore into a new one",
      );
    }
    await assertEmpty(instance.query);
    // Comes first: if the rows stop half-way, only time was lost.
    const next = await instance.takeSecrets(secrets);
    const rows = await loadRows(instance.query, archive.lines());
    console.log(`${rows} rows restored. ${next}`);
  } finally {
    await instance.close();
  }
  process.exit(0);
} catch (error) {
  reportAndExit(error);
}

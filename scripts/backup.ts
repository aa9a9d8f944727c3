/**
 * `npm run backup [-- file]`: the instance of `DATA_DIR` in one encrypted file, even while it is serving; with
 * `--remote` the deployed one.
 * @module
 */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { dumpDatabase } from "../lib/db/dump.ts";
import { writeArchive } from "./backup/archive.ts";
import { openDeployedInstance, openLocalInstance } from "./backup/instance.ts";
import { readPassphrase } from "./backup/passphrase.ts";
import { ExpectedError } from "./expected-error.ts";
import { reportAndExit } from "./report-and-exit.ts";

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { remote: { type: "boolean", default: false }, name: { type: "string" } },
  });
  const day = new Date().toISOString().slice(0, 10);
  // npm runs scripts at the root; a path is relative to the caller's folder.
  const file = resolve(process.env.INIT_CWD ?? "", positionals[0] ?? `one-balance-${day}.backup`);
  if (existsSync(file)) throw new ExpectedError(`${file} already exists`);
  const passphrase = await readPassphrase(true);
  const instance = values.remote
    ? await openDeployedInstance(values.name, false)
    : await openLocalInstance(false);
  try {
    await writeArchive(file, dumpDatabase(instance.query, instance.secrets), passphrase);
  } finally {
    await instance.close();
  }
  const { size } = await stat(file);
  console.log(`${file}, ${Math.ceil(size / 1024)} KiB`);
  process.exit(0);
} catch (error) {
  reportAndExit(error);
}

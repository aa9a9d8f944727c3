/**
 * Data folders of test servers, with the database as the migrations leave it: each of them applied to each server's
 * own would cost a second of CPU a server.
 * @module
 */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { applyMigrations } from "../../scripts/migrate.ts";

/** Names the folder to copy, for the processes that run files of tests. Without it a server migrates by itself. */
const MIGRATED = "TEST_MIGRATED_DATA";

/**
 * Makes the folder that others are copies of.
 * @returns The folder that contains it and its copies, for the caller to remove.
 */
export async function makeMigratedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "one-balance-data-"));
  const migrated = join(folder, "migrated");
  const { database, close } = await openLocalDatabase(migrated);
  await applyMigrations(database);
  await close();
  process.env[MIGRATED] = migrated;
  return folder;
}

/** A new folder, for the caller to remove. */
export async function newDataFolder(prefix = "one-balance-e2e-"): Promise<string> {
  const migrated = process.env[MIGRATED];
  const folder = await mkdtemp(join(migrated === undefined ? tmpdir() : dirname(migrated), prefix));
  await fillDataFolder(folder);
  return folder;
}

export async function fillDataFolder(folder: string): Promise<void> {
  const migrated = process.env[MIGRATED];
  if (migrated !== undefined) await cp(migrated, folder, { recursive: true });
}

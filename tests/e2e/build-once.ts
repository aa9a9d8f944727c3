import { rm } from "node:fs/promises";
import { buildIfChanged } from "../../scripts/build.ts";
import { makeMigratedFolder } from "./data-folder.ts";

/** The production build and a migrated database, before any test file starts a server on them. */
export default async function buildOnce(): Promise<() => Promise<void>> {
  await buildIfChanged();
  const migrated = await makeMigratedFolder();
  return () => rm(migrated, { recursive: true, force: true });
}

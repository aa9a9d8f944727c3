/**
 * Makes a running server's instance as good as new, for the next file of tests.
 * @module
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningServer } from "../../scripts/serve.ts";

/** Isolates write what they counted a second after a response. */
const SETTLE_MS = 1_200;

/** What the migrations made. */
const KEPT = ["d1_migrations", "state_version"];

/**
 * Deletes every row and sets the version of the state back, which isolates take for a restored database; then
 * makes each read it: a token that nobody knows is looked up in the store. These calls are refused, and logged.
 */
export async function emptyServer({ database, url }: RunningServer): Promise<void> {
  await sleep(SETTLE_MS);
  const { results } = await database
    .prepare(
      `select name from sqlite_master
      where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like '\\_cf\\_%' escape '\\'`,
    )
    .all<{ name: string }>();
  const tables = results.map(({ name }) => name).filter((name) => !KEPT.includes(name));
  const empty = () =>
    database.batch([
      database.prepare("pragma defer_foreign_keys = on"),
      ...tables.map((table) => database.prepare(`delete from "${table}"`)),
      database.prepare("update state_version set version = 0"),
    ]);
  await empty();
  for (const path of ["/api/compat/models", "/api/admin/provider-keys"]) {
    const headers = { authorization: `Bearer ${randomUUID()}` };
    const { status } = await fetch(`${url}${path}`, { headers });
    if (status !== 401) throw new Error(`${path} answered ${status} to a token that nobody knows`);
  }
  await sleep(SETTLE_MS);
  await empty();
}

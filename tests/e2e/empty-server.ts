/**
 * Makes a running server's instance as good as new, for the next test file.
 * @module
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningServer } from "../../scripts/serve.ts";
import { emptyDatabase } from "../empty-database.ts";

/** Isolates write what they counted a second after a response. */
const SETTLE_MS = 1_200;

/**
 * Empties the database, and makes each isolate read it: an unknown token is looked up in the store. These calls are
 * rejected, and logged.
 */
export async function emptyServer({ database, url }: RunningServer): Promise<void> {
  await sleep(SETTLE_MS);
  await emptyDatabase(database);
  for (const path of ["/api/compat/models", "/api/admin/provider-keys"]) {
    const headers = { authorization: `Bearer ${randomUUID()}` };
    const { status } = await fetch(`${url}${path}`, { headers });
    if (status !== 401) throw new Error(`${path} answered ${status} to a token that nobody knows`);
  }
  await sleep(SETTLE_MS);
  await emptyDatabase(database);
}

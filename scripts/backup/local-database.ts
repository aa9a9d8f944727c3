import type { D1Database } from "@cloudflare/workers-types";
import { Miniflare, NoOpLog } from "miniflare";
import type { Query } from "../../lib/db/dump.ts";
import { keepPrivate } from "../private-folder.ts";

export interface LocalDatabase {
  readonly database: D1Database;
  readonly query: Query;
  close(): Promise<void>;
}

const NO_WORKER = "export default { fetch: () => new Response(null, { status: 404 }) };";

/** The D1 of a data folder as in `scripts/serve.ts`, without a server. Creates it if there is none. */
export async function openLocalDatabase(dataDir: string): Promise<LocalDatabase> {
  await keepPrivate(dataDir);
  const miniflare = new Miniflare({
    log: new NoOpLog(),
    // Would be fetched from the web.
    cf: false,
    enableDevRegistry: false,
    resourcePersistencePath: dataDir,
    workers: [
      {
        config: {
          name: "one-balance",
          compatibilityDate: "2026-11-01",
          manifest: {
            mainModule: "no-worker.js",
            modules: { "no-worker.js": { type: "esm", contents: NO_WORKER } },
          },
          env: { DB: { type: "d1", id: "DB" } },
        },
      },
    ],
  });
  await miniflare.ready;
  const database = await miniflare.getD1Database("DB", "one-balance");
  return {
    database,
    query: async (sql, params = []) =>
      (
        await database
          .prepare(sql)
          .bind(...params)
          .all<Record<string, string | number | null>>()
      ).results,
    close: () => miniflare.dispose(),
  };
}

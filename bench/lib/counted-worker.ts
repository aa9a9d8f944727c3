/**
 * The built Worker with a count of its D1 calls, for `workerDir` of the server.
 * @module
 */
import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/root.ts";

/**
 * Returns the D1 calls since the Worker started: `CountedAsks`, with those of a batch counted one by one. With
 * `?record=1` rows and statements are recorded from then on, which has a cost; `?record=0` discards them and stops
 * recording.
 */
export const COUNT_PATH = "/bench/d1-statements";

export interface CountedRequests {
  readonly statements: number;
  /** As counted by D1, while recorded. */
  readonly rows: number;
  /** While recorded. */
  readonly asked: readonly { readonly sql: string; readonly params: readonly unknown[] }[];
}

/** D1's two objects, unchanged except for the counted calls. */
const COUNTED_WORKER = `
import worker from "./counted.js";
export * from "./counted.js";
let statements = 0;
let rows = 0;
let isRecorded = false;
let asked = [];
const ASKS = new Set(["first", "all", "raw", "run"]);
const originals = new WeakMap();
const note = (results) => {
  for (const { meta } of results) rows += meta?.rows_read ?? 0;
  return results;
};
const counted = (statement, sql, params = []) => {
  const proxy = new Proxy(statement, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== "function") return value;
      if (name === "bind") return (...values) => counted(target.bind(...values), sql, values);
      return async (...values) => {
        if (ASKS.has(name)) statements += 1;
        if (ASKS.has(name) && isRecorded) {
          asked.push({ sql, params });
          // By a call that reports the rows, which not every one does.
          if (/^\\s*(select|with)/i.test(sql)) note([await target.all()]);
        }
        return value.apply(target, values);
      };
    },
  });
  originals.set(proxy, { statement, sql, params });
  return proxy;
};
const countedDatabase = (database) => ({
  prepare: (query) => counted(database.prepare(query), query),
  batch: async (batch) => {
    statements += batch.length;
    const known = batch.map((statement) => originals.get(statement));
    const results = await database.batch(known.map(({ statement }) => statement));
    if (isRecorded) {
      note(results);
      asked.push(...known.map(({ sql, params }) => ({ sql, params })));
    }
    return results;
  },
  exec: (query) => database.exec(query),
});
const envs = new WeakMap();
export default {
  fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "${COUNT_PATH}") {
      const told = Response.json({ statements, rows, asked });
      if (searchParams.has("record")) {
        isRecorded = searchParams.get("record") === "1";
        [rows, asked] = [0, []];
      }
      return told;
    }
    if (!envs.has(env)) envs.set(env, { ...env, DB: countedDatabase(env.DB) });
    return worker.fetch(request, envs.get(env), context);
  },
};
`;

/**
 * Creates the folder, to be served without the portal's object, whose statements wouldn't be counted; the caller
 * removes it.
 */
export async function makeCountedWorker(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "one-balance-counted-"));
  await copyFile(join(root, "dist/worker/worker.js"), join(folder, "counted.js"));
  await copyFile(join(root, "dist/worker/portal.js"), join(folder, "portal.js"));
  await writeFile(join(folder, "worker.js"), COUNTED_WORKER);
  return folder;
}

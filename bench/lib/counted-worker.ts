/**
 * The built Worker with a count of what it asks D1, for `workerDir` of the server.
 * @module
 */
import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/root.ts";

/** Answers the statements that were asked since the Worker began, those of a batch one by one. */
export const COUNT_PATH = "/bench/d1-statements";

/** D1's two objects handed on as they are, but for the calls that are counted. */
const COUNTED_WORKER = `
import worker from "./counted.js";
export * from "./counted.js";
let statements = 0;
const ASKS = new Set(["first", "all", "raw", "run"]);
const originals = new WeakMap();
const counted = (statement) => {
  const proxy = new Proxy(statement, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== "function") return value;
      if (name === "bind") return (...values) => counted(target.bind(...values));
      return (...values) => {
        if (ASKS.has(name)) statements += 1;
        return value.apply(target, values);
      };
    },
  });
  originals.set(proxy, statement);
  return proxy;
};
const countedDatabase = (database) => ({
  prepare: (query) => counted(database.prepare(query)),
  batch: (asked) => {
    statements += asked.length;
    return database.batch(asked.map((statement) => originals.get(statement)));
  },
  exec: (query) => database.exec(query),
});
const envs = new WeakMap();
export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "${COUNT_PATH}") return Response.json(statements);
    if (!envs.has(env)) envs.set(env, { ...env, DB: countedDatabase(env.DB) });
    return worker.fetch(request, envs.get(env), context);
  },
};
`;

/** Makes the folder, to be served without the portal's object, whose statements would not be counted; it is the caller's to remove. */
export async function makeCountedWorker(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "one-balance-counted-"));
  await copyFile(join(root, "dist/worker/worker.js"), join(folder, "counted.js"));
  await copyFile(join(root, "dist/worker/portal.js"), join(folder, "portal.js"));
  await writeFile(join(folder, "worker.js"), COUNTED_WORKER);
  return folder;
}

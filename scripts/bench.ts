/**
 * `npm run bench [-- name…]`: runs `bench/<name>.bench.ts`, or all of them, one after the other.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buildIfChanged } from "./build.ts";
import { root } from "./root.ts";

const SUFFIX = ".bench.ts";

const known = (await readdir(join(root, "bench")))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")} (there are: ${known.join(", ")})`);
  process.exit(1);
}

await buildIfChanged();
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`\n${name}`);
  const file = join(root, "bench", `${name}${SUFFIX}`);
  const child = spawn(process.execPath, ["--no-warnings", file], { stdio: "inherit" });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", forward).on("SIGTERM", forward);
  const [exitCode] = await once(child, "exit");
  process.off("SIGINT", forward).off("SIGTERM", forward);
  if (exitCode !== 0) process.exit(exitCode ?? 1);
}

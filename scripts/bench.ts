/**
 * `npm run bench [-- name… [--option…]]`: runs `bench/<name>.bench.ts`, or all of them, one after the other. Options,
 * from the first on, belong to the benchmark, of which there must then be one.
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
const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith("-"));
const wanted = firstOption === -1 ? given : given.slice(0, firstOption);
const options = firstOption === -1 ? [] : given.slice(firstOption);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")} (there are: ${known.join(", ")})`);
  process.exit(1);
}
if (options.length > 0 && wanted.length !== 1) {
  console.error("options are for one benchmark: npm run bench -- report --peer name=url");
  process.exit(1);
}

await buildIfChanged();
for (const name of wanted.length > 0 ? wanted : known) {
  console.log(`\n${name}`);
  const file = join(root, "bench", `${name}${SUFFIX}`);
  const child = spawn(process.execPath, ["--no-warnings", file, ...options], { stdio: "inherit" });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", forward).on("SIGTERM", forward);
  const [exitCode] = await once(child, "exit");
  process.off("SIGINT", forward).off("SIGTERM", forward);
  if (exitCode !== 0) process.exit(exitCode ?? 1);
}

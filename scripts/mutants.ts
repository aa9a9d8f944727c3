/**
 * `npm run mutants [-- word…]`: plants faults, one at a time, and runs the tests that must notice them. Runs those
 * whose name contains one of the words, or all; the end of the output lists the survivors.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { mutants } from "../tests/mutants/index.ts";
import type { Mutant } from "../tests/mutants/mutant.ts";
import { root } from "./root.ts";

const AT_ONCE = 2;
/** Tests that take this long hang, which counts as noticed: none of them takes a minute. */
const HANGS_MS = 180_000;

const words = process.argv.slice(2);
const wanted = mutants.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (wanted.length === 0) {
  console.error(`no mutant is named like ${words.join(", ")}`);
  process.exit(1);
}

/** @returns Whether a test failed. */
async function isCaught({ name, tests }: Mutant): Promise<boolean> {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const options = ["run", "--project", "unit", "--bail", "1", "--reporter", "dot", ...tests];
  const child = spawn(process.execPath, [vitest, ...options], {
    cwd: root,
    stdio: "ignore",
    env: { ...process.env, MUTANT: name },
  });
  const hanging = setTimeout(() => child.kill("SIGKILL"), HANGS_MS);
  const [exitCode] = await once(child, "exit");
  clearTimeout(hanging);
  return exitCode !== 0;
}

const survivors: string[] = [];
const left = [...wanted];
async function work(): Promise<void> {
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
    const caught = await isCaught(mutant);
    if (!caught) survivors.push(mutant.name);
    console.log(`${caught ? "caught  " : "SURVIVED"} ${mutant.name}`);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));

console.log(`${wanted.length - survivors.length} of ${wanted.length} caught`);
for (const name of survivors) console.error(`survived: ${name}`);
if (survivors.length > 0) process.exitCode = 1;

/**
 * `npm run fuzz [-- word…]`: the properties of `tests/fuzz` with ten million cases, or `FUZZ_CASES`. A word selects the
 * properties whose parser's file contains it. `FUZZ_SEED` repeats a run.
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./root.ts";

const CASES = "10000000";

const words = process.argv.slice(2);
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const named = words.length === 0 ? [] : ["--testNamePattern", words.join("|")];
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    "run",
    "--project",
    "unit",
    "--reporter",
    "verbose",
    "tests/unit/fuzz.test.ts",
    ...named,
  ],
  { cwd: root, stdio: "inherit", env: { FUZZ_CASES: CASES, ...process.env } },
);
process.exitCode = status ?? 1;

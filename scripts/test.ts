/**
 * `npm test`: lint and format, types, vitest's projects and the portal in a browser, each to its end whatever failed
 * before. The last line is `N passed, N failed`; lint and types count as one check each.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExpectedError } from "./expected-error.ts";
import { ensureChromium } from "./find-chromium.ts";
import { root } from "./root.ts";
import { seconds } from "./run-command.ts";
import {
  type PlaywrightReport,
  type Tally,
  tallyOfPlaywright,
  tallyOfVitest,
  type VitestReport,
} from "./test-reports.ts";

process.env.NEXT_TELEMETRY_DISABLED = "1";
process.env.WRANGLER_SEND_METRICS = "false";

const NOTHING: Tally = { passed: 0, failures: [], flaky: [], skipped: 0 };

const biomeOptions = [
  "--error-on-warnings",
  "--diagnostic-level=warn",
  "--max-diagnostics=50",
  `--colors=${process.stdout.isTTY ? "force" : "off"}`,
];

const children = new Set<ReturnType<typeof spawn>>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(130);
  });
}

const reportsDir = await mkdtemp(join(tmpdir(), "one-balance-test-"));
const tallies = [
  await stage("lint and format", () => check(["biome", "ci", ...biomeOptions])),
  await stage("types", types),
  await stage("unit, workerd and e2e", vitest),
  await stage("portal", playwright),
];
await rm(reportsDir, { recursive: true });

printNotes("passed at a later try only", tallies, "flaky");
// Last, because of a long log it is often the end that is kept.
printNotes("failed", tallies, "failures");
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failures = tallies.reduce((sum, tally) => sum + tally.failures.length, 0);
console.log(`\n${passed} passed, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);

function printNotes(title: string, of: readonly Tally[], kind: "flaky" | "failures"): void {
  const notes = of.flatMap((tally) => tally[kind]);
  if (notes.length === 0) return;
  console.log(`\n── ${title}`);
  for (const { test, words } of notes) console.log(`${test}\n${words.replace(/^/gm, "    ")}`);
}

/** Runs a stage and prints its outcome with the time it took. */
async function stage(name: string, work: () => Promise<Tally>): Promise<Tally> {
  const startedAtMs = performance.now();
  console.log(`\n── ${name}`);
  const tally = await work();
  const time = seconds(performance.now() - startedAtMs);
  if (tally.skipped > 0) console.log(`${tally.skipped} skipped`);
  console.log(`── ${name}: ${tally.passed} passed, ${tally.failures.length} failed (${time})`);
  return tally;
}

/** Otherwise route types of an earlier build would be checked, although pages were added and removed since. */
async function types(): Promise<Tally> {
  await rm(join(root, ".next/types"), { recursive: true, force: true });
  return check(["next", "typegen"], ["tsc", "--noEmit"]);
}

/** Commands that together are one check: it passes if all exit with 0. */
async function check(...commands: readonly (readonly string[])[]): Promise<Tally> {
  for (const command of commands) {
    if ((await run(command)) !== 0) return failed(command.join(" "));
  }
  return { ...NOTHING, passed: 1 };
}

async function vitest(): Promise<Tally> {
  const reportFile = join(reportsDir, "vitest.json");
  const exitCode = await run([
    "vitest",
    "run",
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
  ]);
  const report: VitestReport | null = await readReport(reportFile);
  if (report === null) return failed("vitest");
  return withUnseen(tallyOfVitest(report, root), exitCode, "vitest");
}

async function playwright(): Promise<Tally> {
  const reportFile = join(reportsDir, "portal.json");
  try {
    process.env.CHROME_PATH = await ensureChromium();
  } catch (error) {
    return failed("chromium", error instanceof ExpectedError ? error.message : String(error));
  }
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = reportFile;
  const exitCode = await run(["playwright", "test", "--reporter=list,json"]);
  const report: PlaywrightReport | null = await readReport(reportFile);
  if (report === null) return failed("playwright");
  return withUnseen(tallyOfPlaywright(report), exitCode, "portal");
}

/** Null if the runner didn't write it. */
async function readReport(file: string) {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : JSON.parse(text);
}

/** Errors outside of tests, and no tests at all, show only in the exit code. */
function withUnseen(tally: Tally, exitCode: number, name: string): Tally {
  const ranNothing = tally.passed === 0;
  if (tally.failures.length > 0 || (exitCode === 0 && !ranNothing)) return tally;
  const words = ranNothing ? "ran no test" : `ended with exit code ${exitCode}; see its output`;
  return { ...tally, failures: [{ test: name, words }] };
}

function failed(test: string, words = "see its output"): Tally {
  return { ...NOTHING, failures: [{ test, words }] };
}

/** Runs a tool of the project with its output shown; returns the exit code. */
async function run([command = "", ...args]: readonly string[]): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  children.add(child);
  const [exitCode] = await once(child, "exit");
  children.delete(child);
  return exitCode ?? 1;
}

/**
 * `npm test`: lint and format, types, the build, vitest's projects and the portal in a browser, each to its end whatever
 * failed before. The last line is `N passed, N failed`; lint, types and the build count as one check each.
 *
 * Two rows of stages run at the same time, so that no processor is idle. The first builds, then tests what was built,
 * and waits a lot: for servers, for browsers, for time to pass. The second only computes, and has the lower priority: it
 * delays nothing that others wait for.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
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

/** Workers of the lists that start servers: together they keep two processors busy, with the second row's help. */
const E2E_WORKERS = 2;
const PORTAL_WORKERS = 2;

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

/** Runs a command of the stage; resolves to its exit code. */
type Run = (command: readonly string[]) => Promise<number>;
/** Gives a command the priority of its row. */
type Row = (command: readonly string[]) => readonly string[];

const first: Row = (command) => command;
/** A third of the first row's weight. */
const second: Row = (command) =>
  process.platform === "win32" ? command : ["nice", "-n", "5", ...command];

/** Reports, and what the stages write. */
const reportsDir = await mkdtemp(join(tmpdir(), "one-balance-test-"));
const build = stage("build", first, (run) =>
  check(run, [process.execPath, "--no-warnings", "scripts/build-server.ts"]),
);
const tallies = (await Promise.all([firstRow(), secondRow()])).flat();
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

async function firstRow(): Promise<readonly Tally[]> {
  // If there is none, it is installed while the build is running.
  const chromium = ensureChromium().then(
    (path) => ({ path }),
    (error: unknown) => ({ problem: error instanceof ExpectedError ? error.message : `${error}` }),
  );
  const tally = await build;
  if (tally.failures.length > 0) return [tally];
  const found = await chromium;
  return Promise.all([
    tally,
    stage("e2e", first, (run) => vitest(run, ["e2e"], [`--maxWorkers=${E2E_WORKERS}`])),
    "problem" in found
      ? failed("chromium", found.problem)
      : stage("portal", first, (run) => playwright(run, found.path)),
  ]);
}

async function secondRow(): Promise<readonly Tally[]> {
  const lint = await stage("lint and format", second, (run) =>
    check(run, ["biome", "ci", ...biomeOptions]),
  );
  const tests = await stage("unit and workerd", second, (run) => vitest(run, ["unit", "workerd"]));
  // It writes route types too.
  await build;
  return [lint, tests, await stage("types", second, types)];
}

/** Runs a stage; at its end prints what it wrote, its outcome and its time: others run meanwhile. */
async function stage(name: string, row: Row, work: (run: Run) => Promise<Tally>): Promise<Tally> {
  const startedAtMs = performance.now();
  const logFile = join(reportsDir, `${name.replaceAll(" ", "-")}.log`);
  const log = await open(logFile, "a");
  console.log(`── ${name} … (${logFile})`);
  const tally = await work((command) => run(row(command), log.fd));
  await log.close();
  const time = seconds(performance.now() - startedAtMs);
  console.log(`\n── ${name}\n${await readFile(logFile, "utf8")}`);
  if (tally.skipped > 0) console.log(`${tally.skipped} skipped`);
  console.log(`── ${name}: ${tally.passed} passed, ${tally.failures.length} failed (${time})\n`);
  return tally;
}

/** Otherwise route types of an earlier build would be checked, although pages were added and removed since. */
async function types(run: Run): Promise<Tally> {
  await rm(join(root, ".next/types"), { recursive: true, force: true });
  // The work of several checkers overlaps, and others use the processors meanwhile.
  const tsc = ["tsc", "--noEmit", "--checkers", "1"];
  const isOnce = process.env.CI !== undefined;
  return check(run, ["next", "typegen"], isOnce ? [...tsc, "--incremental", "false"] : tsc);
}

/** Commands that together are one check: it passes if all exit with 0. */
async function check(run: Run, ...commands: readonly (readonly string[])[]): Promise<Tally> {
  for (const command of commands) {
    if ((await run(command)) !== 0) return failed(command.join(" "));
  }
  return { ...NOTHING, passed: 1 };
}

async function vitest(
  run: Run,
  projects: readonly string[],
  options: readonly string[] = [],
): Promise<Tally> {
  const name = projects.join(" and ");
  const reportFile = join(reportsDir, `${projects.join("-")}.json`);
  const exitCode = await run([
    "vitest",
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
    ...options,
  ]);
  const report: VitestReport | null = await readReport(reportFile);
  if (report === null) return failed(name);
  return withUnseen(tallyOfVitest(report, root), exitCode, name);
}

async function playwright(run: Run, chromium: string): Promise<Tally> {
  const reportFile = join(reportsDir, "portal.json");
  process.env.CHROME_PATH = chromium;
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = reportFile;
  const workers = `--workers=${PORTAL_WORKERS}`;
  const exitCode = await run(["playwright", "test", "--reporter=list,json", workers]);
  const report: PlaywrightReport | null = await readReport(reportFile);
  if (report === null) return failed("portal");
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

/** Runs a command that writes into this file; returns its exit code. */
async function run([command = "", ...args]: readonly string[], log: number): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", log, log] });
  children.add(child);
  const [exitCode] = await once(child, "exit");
  children.delete(child);
  return exitCode ?? 1;
}

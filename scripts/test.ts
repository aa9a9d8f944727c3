/**
 * `npm test`: lint and format, types, every vitest project and the portal in a browser, each to its end
 * whatever failed before.
 * The last line is `N passed, N failed`; lint and types count as one check each.
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

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** What is read of vitest's JSON report. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/** What is read of Playwright's JSON report. */
interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

process.env.NEXT_TELEMETRY_DISABLED = "1";
process.env.WRANGLER_SEND_METRICS = "false";

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
  await stage("unit", () => vitest("unit")),
  await stage("workerd", () => vitest("workerd")),
  await stage("e2e", () => vitest("e2e")),
  await stage("portal", playwright),
];
await rm(reportsDir, { recursive: true });

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs a stage and prints its outcome with the time it took. */
async function stage(name: string, work: () => Promise<Tally>): Promise<Tally> {
  const startedAtMs = performance.now();
  console.log(`\n── ${name}`);
  const tally = await work();
  const time = seconds(performance.now() - startedAtMs);
  console.log(`── ${name}: ${tally.passed} passed, ${tally.failed} failed (${time})`);
  return tally;
}

/** Route types that a build left behind would be checked against, though pages have come and gone since. */
async function types(): Promise<Tally> {
  await rm(join(root, ".next/types"), { recursive: true, force: true });
  return check(["next", "typegen"], ["tsc", "--noEmit"]);
}

/** Commands that together are one check: it passes if all exit with 0. */
async function check(...commands: readonly (readonly string[])[]): Promise<Tally> {
  for (const command of commands) {
    if ((await run(command)) !== 0) return { passed: 0, failed: 1 };
  }
  return { passed: 1, failed: 0 };
}

async function vitest(project: string): Promise<Tally> {
  const reportFile = join(reportsDir, `${project}.json`);
  const exitCode = await run([
    "vitest",
    "run",
    `--project=${project}`,
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
  ]);
  const text = await readFile(reportFile, "utf8").catch(() => null);
  if (text === null) return { passed: 0, failed: 1 };
  const report: VitestReport = JSON.parse(text);
  // A file that cannot be loaded has no tests, yet must not pass unseen.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  if (report.numPendingTests > 0) console.log(`${report.numPendingTests} skipped`);
  const failures = report.numFailedTests + brokenFiles;
  const ranNothing = report.numPassedTests + failures === 0;
  // Errors outside of tests, and no tests at all, show in the exit code alone.
  const unseenFailure = failures === 0 && (exitCode !== 0 || ranNothing) ? 1 : 0;
  return { passed: report.numPassedTests, failed: failures + unseenFailure };
}

async function playwright(): Promise<Tally> {
  const reportFile = join(reportsDir, "portal.json");
  try {
    process.env.CHROME_PATH = await ensureChromium();
  } catch (error) {
    console.error(error instanceof ExpectedError ? error.message : error);
    return { passed: 0, failed: 1 };
  }
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = reportFile;
  const exitCode = await run(["playwright", "test", "--reporter=list,json"]);
  const text = await readFile(reportFile, "utf8").catch(() => null);
  if (text === null) return { passed: 0, failed: 1 };
  const { stats }: PlaywrightReport = JSON.parse(text);
  if (stats.skipped > 0) console.log(`${stats.skipped} skipped`);
  if (stats.flaky > 0) console.log(`${stats.flaky} passed at the second try only`);
  const passed = stats.expected + stats.flaky;
  const unseenFailure = stats.unexpected === 0 && (exitCode !== 0 || passed === 0) ? 1 : 0;
  return { passed, failed: stats.unexpected + unseenFailure };
}

/** Runs a tool of the project with its output shown; returns the exit code. */
async function run([command = "", ...args]: readonly string[]): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  children.add(child);
  const [exitCode] = await once(child, "exit");
  children.delete(child);
  return exitCode ?? 1;
}

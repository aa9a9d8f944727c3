/**
 * Totals of the test runners' JSON reports.
 * @module
 */
import { stripVTControlCharacters } from "node:util";

/** A test, by its place and name, with its output. */
export interface TestNote {
  readonly test: string;
  /** The first lines of the error; empty if there was none. */
  readonly words: string;
}

export interface Tally {
  readonly passed: number;
  readonly failures: readonly TestNote[];
  /** Passed only on a retry. */
  readonly flaky: readonly TestNote[];
  readonly skipped: number;
}

/** The part of vitest's JSON report that is read. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      /** Including those of tries before the one that passed. */
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The part of Playwright's JSON report that is read. */
export interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly flaky: number; readonly skipped: number };
  readonly suites: readonly PlaywrightSuite[];
  /** Of the run itself: a file that can't be loaded, a failed set-up. */
  readonly errors: readonly { readonly message?: string }[];
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly file: string;
    readonly title: string;
    readonly tests: readonly {
      readonly status: "expected" | "unexpected" | "flaky" | "skipped";
      readonly results: readonly { readonly errors?: readonly { readonly message?: string }[] }[];
    }[];
  }[];
}

/** @param root Removed from the files' paths. */
export function tallyOfVitest(report: VitestReport, root: string): Tally {
  const failures: TestNote[] = [];
  const flaky: TestNote[] = [];
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = name.replace(`${root}/`, "");
    // A file that can't be loaded has no tests, but must not pass unnoticed.
    if (status === "failed" && assertionResults.length === 0) {
      failures.push({ test: file, words: firstLines(message) });
    }
    for (const { fullName, status: outcome, failureMessages } of assertionResults) {
      const note = { test: `${file} › ${fullName}`, words: firstLines(failureMessages[0]) };
      if (outcome === "failed") failures.push(note);
      else if (failureMessages.length > 0) flaky.push(note);
    }
  }
  return { passed: report.numPassedTests, failures, flaky, skipped: report.numPendingTests };
}

export function tallyOfPlaywright({ stats, suites, errors }: PlaywrightReport): Tally {
  const failures = errors.map(({ message }) => ({ test: "portal", words: firstLines(message) }));
  const flaky: TestNote[] = [];
  for (const { file, title, tests } of suites.flatMap(specsOf)) {
    for (const { status, results } of tests) {
      const message = results.flatMap((result) => result.errors ?? [])[0]?.message;
      const note = { test: `${file} › ${title}`, words: firstLines(message) };
      if (status === "unexpected") failures.push(note);
      else if (status === "flaky") flaky.push(note);
    }
  }
  return { passed: stats.expected + stats.flaky, failures, flaky, skipped: stats.skipped };
}

function specsOf({ suites = [], specs = [] }: PlaywrightSuite): NonNullable<typeof specs> {
  return [...specs, ...suites.flatMap(specsOf)];
}

const NOTED_LINES = 12;

function firstLines(message = ""): string {
  return stripVTControlCharacters(message).split("\n").slice(0, NOTED_LINES).join("\n");
}

import { expect, test } from "vitest";
import { tallyOfPlaywright, tallyOfVitest } from "./test-reports";

const RED = "\u001B[31mexpected 1\u001B[39m";

test("vitest: failed tests, files that can't be loaded and retries are distinguished", () => {
  const assertion = (fullName: string, status: string, failureMessages: string[]) => ({
    fullName,
    status,
    failureMessages,
  });
  const tally = tallyOfVitest(
    {
      numPassedTests: 2,
      numPendingTests: 1,
      testResults: [
        {
          name: "/repo/a.test.ts",
          status: "failed",
          message: "no such module",
          assertionResults: [],
        },
        {
          name: "/repo/b.test.ts",
          status: "failed",
          message: "",
          assertionResults: [
            assertion("adds", "passed", []),
            assertion("waits", "passed", ["timed out"]),
            assertion("counts", "failed", [RED, "again"]),
          ],
        },
      ],
    },
    "/repo",
  );
  expect(tally).toEqual({
    passed: 2,
    skipped: 1,
    failures: [
      { test: "a.test.ts", words: "no such module" },
      { test: "b.test.ts › counts", words: "expected 1" },
    ],
    flaky: [{ test: "b.test.ts › waits", words: "timed out" }],
  });
});

test("Playwright: tests are found at any depth, and what broke the run itself is a failure", () => {
  const spec = (title: string, status: "expected" | "unexpected" | "flaky", message?: string) => ({
    file: "keys.spec.ts",
    title,
    tests: [{ status, results: [{ errors: message === undefined ? [] : [{ message }] }, {}] }],
  });
  const tally = tallyOfPlaywright({
    stats: { expected: 1, flaky: 1, skipped: 0 },
    suites: [
      {
        specs: [spec("opens", "expected")],
        suites: [{ specs: [spec("adds", "unexpected", RED), spec("undo", "flaky", "too slow")] }],
      },
    ],
    errors: [{ message: "set-up failed" }],
  });
  expect(tally).toEqual({
    passed: 2,
    skipped: 0,
    failures: [
      { test: "portal", words: "set-up failed" },
      { test: "keys.spec.ts › adds", words: "expected 1" },
    ],
    flaky: [{ test: "keys.spec.ts › undo", words: "too slow" }],
  });
});

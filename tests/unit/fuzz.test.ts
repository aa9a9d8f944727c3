/**
 * Every parser of foreign text, with text that is nearly right. `npm test` plays 100,000 cases, `npm run fuzz` ten
 * million.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeSpans, readDocument, tableRows } from "../docs/markdown.ts";
import { answerParsers } from "../fuzz/answer-parsers.ts";
import { fileParsers } from "../fuzz/file-parsers.ts";
import { requestParsers } from "../fuzz/request-parsers.ts";

const CASES = Number(process.env.FUZZ_CASES ?? 100_000);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Ten million cases take about half an hour. */
const TIMEOUT_MS = Math.max(60_000, CASES);

const properties = [...requestParsers, ...answerParsers, ...fileParsers];
const parts = properties.reduce((sum, { weight = 1 }) => sum + weight, 0);

describe(`FUZZ_SEED=${SEED}`, () => {
  test.each(properties)(
    "$parser $holds",
    { timeout: TIMEOUT_MS },
    async ({ property, weight = 1 }) => {
      const numRuns = Math.ceil((CASES * weight) / parts);
      await fc.assert(property, { numRuns, seed: SEED });
    },
  );
});

test("CONTRIBUTING.md lists them", () => {
  const listed = tableRows(readDocument("CONTRIBUTING.md"), "fuzzed parsers").flatMap(
    ([files = ""]) => codeSpans(files),
  );
  expect(listed.toSorted()).toEqual(properties.map(({ parser }) => parser).toSorted());
});

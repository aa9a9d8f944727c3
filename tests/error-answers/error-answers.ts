/**
 * Answers that are composed after the vendors' pages and reports: short, each for what one rule must see or leave.
 * Recorded ones, with their source, are in `tests/fixtures/error-samples.json`.
 * @module
 */
import { commonAnswers } from "./common.ts";
import { edgeAnswers } from "./edge.ts";
import type { ErrorAnswer } from "./error-answer.ts";
import { googleAnswers } from "./google.ts";
import { openrouterAnswers } from "./openrouter.ts";
import { vendorAnswers } from "./vendors.ts";

export const ERROR_ANSWERS: readonly ErrorAnswer[] = [
  ...edgeAnswers,
  ...vendorAnswers,
  ...googleAnswers,
  ...openrouterAnswers,
  ...commonAnswers,
];

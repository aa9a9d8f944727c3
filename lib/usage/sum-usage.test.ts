import { expect, test } from "vitest";
import { sumUsage } from "./sum-usage";
import { NO_USAGE, type Usage } from "./types";

const usage = (model: string, inputTokens: number | null, more: Partial<Usage> = {}): Usage => ({
  ...NO_USAGE,
  ...{ model, inputTokens, answers: 1 },
  ...more,
});

test("answers of one model are one use of it", () => {
  const sum = sumUsage([usage("m", 10), usage("m", 5, { outputTokens: 2 }), usage("m", null)]);
  expect(sum).toMatchObject({ model: "m", inputTokens: 15, outputTokens: 2, answers: 3 });
  expect([sum.parts, sum.isEstimate, sum.reasoningTokens]).toEqual([null, false, null]);
});

test("answers of several models stand as parts, since each has its price", () => {
  const parts = [usage("dear", 10), usage("cheap", 5, { isEstimate: true })];
  expect(sumUsage(parts)).toMatchObject({ model: null, inputTokens: 15, parts, isEstimate: true });
});

import { expect, test } from "vitest";
import type { LimitRule } from "../types";
import { closestFirst, limitsFor } from "./limits-for";

function rule(model: string, limits: Partial<LimitRule>): LimitRule {
  return { model, rpm: null, tpm: null, dailyRequests: null, ...limits };
}

test("each limit comes from the closest rule that sets it", () => {
  const own = closestFirst([rule("*", { rpm: 100 }), rule("pro", { rpm: 5 })]);
  const provider = closestFirst([
    rule("*", { rpm: 10, tpm: 1000 }),
    rule("pro*", { dailyRequests: 50 }),
  ]);
  expect(limitsFor([own, provider], "pro")).toEqual({ rpm: 5, tpm: 1000, dailyRequests: 50 });
  expect(limitsFor([own, provider], "flash")).toEqual({
    rpm: 100,
    tpm: 1000,
    dailyRequests: null,
  });
  expect(limitsFor([[], provider], "")).toEqual({ rpm: 10, tpm: 1000, dailyRequests: null });
});

test("nothing set is no limit", () => {
  expect(limitsFor([[], [rule("pro", { rpm: 5 })]], "flash")).toBeNull();
});

test("names go before patterns, longer patterns before shorter ones", () => {
  const models = ["*", "gpt-*", "gpt-5", "gpt-5*", "o4"].map((model) => ({ model }));
  expect(closestFirst(models).map(({ model }) => model)).toEqual([
    "gpt-5",
    "o4",
    "gpt-5*",
    "gpt-*",
    "*",
  ]);
});

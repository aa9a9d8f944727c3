import { describe, expect, test } from "vitest";
import { readSetting, toTexts } from "./settings-form";

describe("readSetting", () => {
  test.each([
    ["remark", " Team A ", { remark: "Team A" }],
    ["remark", "  ", { remark: null }],
    ["weight", "100", { weight: 100 }],
    ["weight", "101", null],
    ["weight", "1.5", null],
    ["weight", "", null],
    ["weight", "x", null],
    ["priority", "0", { priority: 0 }],
    ["priority", "10", null],
    ["quotaDomain", "org-1", { quotaDomain: "org-1" }],
    ["quotaDomain", "", { quotaDomain: null }],
    ["models", "gpt-4o\n gpt-5* ,\n", { models: ["gpt-4o", "gpt-5*"] }],
    ["models", "\n", { models: null }],
    ["models", "x".repeat(201), null],
    ["groups", "gr_2\ngr_1\ngr_2", { groups: ["gr_1", "gr_2"] }],
    ["groups", "", { groups: null }],
    ["concurrentRequests", "4", { concurrentRequests: 4 }],
    ["concurrentRequests", "", { concurrentRequests: null }],
    ["concurrentRequests", "0", null],
    ["concurrentRequests", "1.5", null],
    ["dailyCostUsd", "2.50", { dailyCostUsd: 2.5 }],
    ["dailyCostUsd", "$2", null],
    ["monthlyCostUsd", " ", { monthlyCostUsd: null }],
    ["monthlyCostUsd", "-1", null],
  ] as const)("%s %j", (field, text, setting) => {
    expect(readSetting(field, text)).toEqual(setting);
  });
});

test("what was written is read as it was", () => {
  const settings = {
    remark: null,
    weight: 3,
    priority: 2,
    quotaDomain: "org",
    groups: ["gr_1", "gr_2"],
    models: ["a", "b*"],
    concurrentRequests: 4,
    dailyCostUsd: 0.5,
    monthlyCostUsd: null,
  };
  const texts = toTexts(settings);
  expect(texts).toEqual({
    remark: "",
    weight: "3",
    priority: "2",
    quotaDomain: "org",
    groups: "gr_1\ngr_2",
    models: "a\nb*",
    concurrentRequests: "4",
    dailyCostUsd: "0.5",
    monthlyCostUsd: "",
  });
  const read = Object.entries(texts).map(([field, text]) =>
    readSetting(field as keyof typeof texts, text),
  );
  expect(Object.assign({}, ...read)).toEqual(settings);
});

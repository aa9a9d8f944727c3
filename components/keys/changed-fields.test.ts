import { expect, test } from "vitest";
import { changedFields } from "./changed-fields";

test("tells each setting that was changed, and nothing else", () => {
  expect(
    changedFields(
      { remark: null, weight: 1, status: "active" },
      {
        ...{ remark: "A", weight: 7, models: ["a", "b"], status: "disabled", provider: "openai" },
        groups: ["gr_1"],
      },
      (id) => `name of ${id}`,
    ),
  ).toEqual([
    { field: "remark", from: "–", to: "A" },
    { field: "weight", from: "1", to: "7" },
    { field: "groups", from: "–", to: "name of gr_1" },
    { field: "models", from: "–", to: "a, b" },
  ]);
  expect(changedFields(null, null)).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { NO_LIMITS } from "../../usage/token-limits";
import { ManageError } from "../manage-error";
import { assertBelowCeilings, ceilingsAfter } from "./limit-ceilings";

const TOKEN = {
  ...NO_LIMITS,
  rpm: 60,
  dailyCostUsd: 2,
  limitCeilings: { dailyCostUsd: 5 },
};

describe("what an admin changes becomes a ceiling", () => {
  test.each([
    [
      "what is set or raised",
      { rpm: 100, concurrentRequests: 2, dailyCostUsd: 3 },
      { rpm: 100, concurrentRequests: 2, dailyCostUsd: 3 },
    ],
    ["not what stays as it was", { rpm: 60, dailyCostUsd: 2 }, { dailyCostUsd: 5 }],
    ["not what is left out", {}, { dailyCostUsd: 5 }],
    ["what is taken away is none any more", { dailyCostUsd: null }, null],
  ])("%s", (_, changes, ceilings) => {
    expect(ceilingsAfter(TOKEN, changes)).toEqual(ceilings);
  });
});

describe("an owner", () => {
  const ceilings = { rpm: 60, dailyCostUsd: 5 };

  test("may go lower, up to the ceiling, and do anything with other limits", () => {
    expect(() =>
      assertBelowCeilings(ceilings, { rpm: 1, dailyCostUsd: 5, tpm: null, dailyRequests: 1e6 }),
    ).not.toThrow();
    expect(() => assertBelowCeilings(null, { rpm: null })).not.toThrow();
  });

  test("may not exceed one, nor lack it, and the error names it", () => {
    const refuse = () => assertBelowCeilings(ceilings, { rpm: null, dailyCostUsd: 5.01 });
    expect(refuse).toThrow(ManageError);
    expect(refuse).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        issues: [
          { path: "rpm", message: "an admin allows 60 at most" },
          { path: "dailyCostUsd", message: "an admin allows 5 at most" },
        ],
      }),
    );
  });
});
